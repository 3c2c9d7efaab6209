/**
 * Core's background work: what falls due, and what is done about events and deliveries.
 *
 * @module
 */
import { sealDueAudit } from './features/audit/index.ts'
import {
  expireDueHolds,
  ledgerDiffers,
  takeBalanceSnapshots,
  verifyLedger,
} from './features/balance/index.ts'
import {
  billDueSubscriptions,
  chargeDueInvoices,
  chargeLateFees,
  fallOverdueInvoices,
  forgetOldWebhooks,
  goAfterDebts,
  notifyCustomer,
  postDueWebhooks,
  recogniseDueRevenue,
  tellDueQuotas,
} from './features/billing/index.ts'
import { expireDueInvitations } from './features/invites/index.ts'
import {
  checkDuePayments,
  checkDueReceipts,
  forgetOldContacts,
  paymentDiffers,
  paymentDisputed,
  paymentReportRefused,
  receiptOverdue,
  receiptRejected,
  reconcilePayments,
} from './features/payments/index.ts'
import {
  escalateDueAlerts,
  evaluateByNewThresholds,
  evaluateDueQuality,
  measureDueQuality,
  tellAlertEscalated,
  tellAlertOpened,
} from './features/quality/index.ts'
import { checkDueReferrals, givePremium, tellReferralJoined } from './features/referrals/index.ts'
import {
  expireDueSubscriptions,
  noticeDueSubscriptions,
  renewDueSubscriptions,
  returnDuplicate,
  switchRenewal,
} from './features/subscriptions/index.ts'
import {
  forgetEmailCodes,
  forgetLoginLinks,
  forgetOpenedInitData,
  sendEmailCode,
  sweepDepartures,
} from './features/users/index.ts'
import {
  forgetUnconfirmedEntries,
  inviteByPlan,
  requeueExpiredInvites,
  sendWaitlistMail,
  warnExpiringInvites,
} from './features/waitlist/index.ts'
import { forgetStrangers } from './people.ts'
import type { ServicesHost } from './platform/database/index.ts'
import { forgetOldMessages } from './platform/inbox/index.ts'
import {
  type DueWork,
  type EventSubscription,
  type Job,
  type JobsLogger,
  subscribe,
} from './platform/jobs/index.ts'
import { forgetOldLimits } from './platform/limits/index.ts'
import type { DomainEvent } from './platform/outbox/index.ts'
import type { Platform } from './platform.ts'
import type { CoreServices } from './services.ts'

export { CUSTOMER_NOTICES } from './features/billing/index.ts'
export * from './platform/jobs/index.ts'
export { referralSubscriptions } from './referral-subscriptions.ts'

/** Scheduled work of core's features. */
export const CORE_DUE_WORK: readonly DueWork<CoreServices>[] = [
  expireDueHolds,
  expireDueInvitations,
  checkDuePayments,
  checkDueReceipts,
  forgetOldContacts,
  reconcilePayments,
  checkDueReferrals,
  noticeDueSubscriptions,
  renewDueSubscriptions,
  expireDueSubscriptions,
  sealDueAudit,
  billDueSubscriptions,
  fallOverdueInvoices,
  goAfterDebts,
  chargeLateFees,
  recogniseDueRevenue,
  postDueWebhooks,
  forgetOldWebhooks,
  chargeDueInvoices,
  tellDueQuotas,
  sweepDepartures,
  takeBalanceSnapshots,
  verifyLedger,
  forgetOldLimits,
  forgetOldMessages,
  forgetStrangers,
  forgetLoginLinks,
  forgetOpenedInitData,
  forgetEmailCodes,
]

/** Scheduled work of a launch by invitation: the waitlist and its growth gate. */
export const GROWTH_DUE_WORK: readonly DueWork<CoreServices>[] = [
  measureDueQuality,
  evaluateDueQuality,
  escalateDueAlerts,
  forgetUnconfirmedEntries,
  inviteByPlan,
  requeueExpiredInvites,
  warnExpiringInvites,
]

/** What the growth gate does about events; the app declares the two templates of alerts. */
export const GROWTH_SUBSCRIPTIONS: readonly EventSubscription<CoreServices>[] = [
  evaluateByNewThresholds,
  tellAlertOpened,
  tellAlertEscalated,
]

/** Jobs of core's features. */
export const CORE_JOBS: readonly Job<CoreServices>[] = [
  switchRenewal,
  returnDuplicate,
  givePremium,
  tellReferralJoined,
  sendEmailCode,
  sendWaitlistMail,
  notifyCustomer,
]

/** Tells the log what a person has to look into: what a program cannot decide about money. */
export function alertSubscriptions(
  logger: Pick<JobsLogger, 'error'>,
): readonly EventSubscription<CoreServices>[] {
  const alert = (message: string) => async (_tx: CoreServices, event: DomainEvent) =>
    logger.error({ eventId: event.id, facts: event.payload }, message)
  return [
    subscribe({
      event: ledgerDiffers,
      consumer: 'balance.alert_ledger_differs',
      handle: alert('the ledger does not add up: look before more is moved'),
    }),
    subscribe({
      event: paymentReportRefused,
      consumer: 'payments.alert_refused_report',
      handle: alert('a provider’s report does not fit its payment and was refused'),
    }),
    subscribe({
      event: paymentDisputed,
      consumer: 'payments.alert_disputed',
      handle: alert(
        'a buyer’s bank or an app store wants money back: answer it, then record how it ended',
      ),
    }),
    subscribe({
      event: paymentDiffers,
      consumer: 'payments.alert_differs',
      handle: alert('the provider’s books and ours differ: find out where money is'),
    }),
    subscribe({
      event: receiptRejected,
      consumer: 'receipts.alert_rejected',
      handle: alert('a receipt was not registered: issue it by hand or ask the provider'),
    }),
    subscribe({
      event: receiptOverdue,
      consumer: 'receipts.alert_overdue',
      handle: alert('a receipt has been waiting for three days: ask the provider'),
    }),
  ]
}

/** Core's own services as the runtime of jobs and inbox wants them. */
export function coreHost(platform: Platform<unknown>): ServicesHost<CoreServices> {
  const { core, clock } = platform
  return { services: core, clock, transaction: (work) => core.transaction(work) }
}

/** Lets an app's job run on the runtime of core's services. */
export function adaptJob<Services>(
  job: Job<Services>,
  servicesOf: (core: CoreServices) => Services,
): Job<CoreServices> {
  const { run, runOutside, ...rest } = job
  return {
    ...rest,
    ...(run ? { run: (tx, ...more) => run(servicesOf(tx), ...more) } : {}),
    ...(runOutside
      ? { runOutside: (services, ...more) => runOutside(servicesOf(services), ...more) }
      : {}),
  }
}

/** Lets an app's consumer of events run on the runtime of core's services. */
export function adaptSubscription<Services>(
  subscription: EventSubscription<Services>,
  servicesOf: (core: CoreServices) => Services,
): EventSubscription<CoreServices> {
  return {
    ...subscription,
    handle: (tx, event) => subscription.handle(servicesOf(tx), event),
  }
}
