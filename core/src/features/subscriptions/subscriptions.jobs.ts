import { z } from 'zod'
import { type DueWork, defineJob } from '../../platform/jobs/index.ts'
import type { DueKind } from './subscriptions.repository.ts'

/** Brings a provider's own renewals in line after a cancellation, a pause or a refund. */
export const switchRenewal = defineJob({
  name: 'subscriptions.switch_renewal',
  schema: z.object({ subscriptionId: z.uuid(), isCanceled: z.boolean() }),
  // Waits grow to an hour: a week, as a cancellation that never arrives goes on costing money.
  attemptsMax: 180,
  runOutside: (
    services: {
      readonly renewals: { switchRenewal(id: string, isCanceled: boolean): Promise<void> }
    },
    { subscriptionId, isCanceled },
  ) => services.renewals.switchRenewal(subscriptionId, isCanceled),
})

/** Gives back a charge that bought nothing, and ends what the provider began for it. */
export const returnDuplicate = defineJob({
  name: 'subscriptions.return_duplicate',
  schema: z.object({ paymentId: z.uuid() }),
  attemptsMax: 180,
  runOutside: (
    services: { readonly renewals: { returnDuplicate(paymentId: string): Promise<void> } },
    { paymentId },
  ) => services.renewals.returnDuplicate(paymentId),
})

interface DueScope {
  readonly renewals: {
    renewDue(): Promise<number>
    expireDue(): Promise<number>
    noticeDue(): Promise<number>
  }
  readonly repos: {
    readonly subscriptions: { findNextDueAt(kind: DueKind): Promise<Date | undefined> }
  }
}

/** Tells people of charges and ends of access that come soon. */
export const noticeDueSubscriptions: DueWork<DueScope> = {
  name: 'subscriptions.notice_due',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.subscriptions.findNextDueAt('noticeAt')) ?? null,
  runDue: ({ renewals }) => renewals.noticeDue(),
}

/** Charges saved methods when a period is over. */
export const renewDueSubscriptions: DueWork<DueScope> = {
  name: 'subscriptions.renew_due',
  everyMs: 15_000,
  nextDueAt: async ({ repos }) => (await repos.subscriptions.findNextDueAt('nextChargeAt')) ?? null,
  runDue: ({ renewals }) => renewals.renewDue(),
}

/** Ends access when its time is over. */
export const expireDueSubscriptions: DueWork<DueScope> = {
  name: 'subscriptions.expire_due',
  everyMs: 15_000,
  nextDueAt: async ({ repos }) => (await repos.subscriptions.findNextDueAt('expiresAt')) ?? null,
  runDue: ({ renewals }) => renewals.expireDue(),
}
