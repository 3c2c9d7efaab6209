import { assert, DAY_MS, newId } from '../../kernel/index.ts'
import type { Payment } from '../payments/index.ts'
import { announce, tellProvider } from './announcement.ts'
import { applyPaidChange } from './changes/change-plan.ts'
import { activeCourse, canceledCourse, pausedCourse, type Span, unfrozen } from './course.ts'
import { giveToHeir } from './join-subscriptions.ts'
import { paidPeriod } from './paid-period.ts'
import { renewedBy } from './renewals/renewals.ts'
import { type Subscription, type SubscriptionStep, transition } from './subscription.ts'
import { subscriptionRenewed, subscriptionStarted } from './subscriptions.events.ts'
import { returnDuplicate } from './subscriptions.jobs.ts'
import type { SubscriptionsScope } from './subscriptions.scope.ts'

/** Gives what a payment has paid for, in the caller's transaction; see `SubscriptionsService.extend`. */
export async function extendBy(tx: SubscriptionsScope, payment: Payment): Promise<Subscription> {
  const { plan } = payment.product
  assert(plan, 'A payment for a subscription has a plan')
  const now = tx.clock.now()
  const live = await tx.repos.subscriptions.findLiveWithLock(payment.userId, plan.group)
  const merged = live && (await findMerged(tx, payment, live))
  if (merged) {
    const heir = await giveToHeir(tx, payment, { own: merged, heir: live })
    await announce(tx, subscriptionRenewed, heir, {})
    return heir
  }
  if (live && (await isDuplicate(tx, live, payment))) {
    await tx.repos.payments.update(payment.id, { subscriptionId: null, updatedAt: now })
    await tx.repos.jobs.enqueue(returnDuplicate, { paymentId: payment.id })
    return live
  }
  // A renewal that comes after the end goes on with the subscription that it belongs to.
  const { subscriptionId } = payment
  const current =
    live ??
    (subscriptionId ? await tx.repos.subscriptions.getByIdWithLock(subscriptionId) : undefined)
  if (current?.changePaymentId === payment.id) return applyPaidChange(tx, current, payment)
  const saved = current ? await lengthen(tx, current, payment) : await begin(tx, payment)
  await tx.repos.payments.update(payment.id, { subscriptionId: saved.id, updatedAt: now })
  await announce(tx, current ? subscriptionRenewed : subscriptionStarted, saved, {})
  return saved
}

/** The guest's subscription that a payment was for, where the user's own goes on in its place. */
async function findMerged(
  tx: SubscriptionsScope,
  { subscriptionId }: Payment,
  live: Subscription,
): Promise<Subscription | undefined> {
  if (!subscriptionId || subscriptionId === live.id) return undefined
  const own = await tx.repos.subscriptions.getByIdWithLock(subscriptionId)
  return own.heirId ? own : undefined
}

async function begin(tx: SubscriptionsScope, payment: Payment): Promise<Subscription> {
  const { plan } = payment.product
  assert(plan, 'A payment for a subscription has a plan')
  const now = tx.clock.now()
  const span = paidPeriod({
    current: undefined,
    ...{ now, period: plan.period, providerPeriodEnd: payment.providerPeriodEnd },
    isRenewal: false,
  })
  return tx.repos.subscriptions.insert({
    id: newId(),
    userId: payment.userId,
    planGroup: plan.group,
    ...soldBy(payment),
    firstPaymentId: payment.originalPaymentId ?? payment.id,
    ...activeCourse(span, renewedBy(tx.gateways, payment)),
    createdAt: now,
    updatedAt: now,
  })
}

async function lengthen(
  tx: SubscriptionsScope,
  current: Subscription,
  payment: Payment,
): Promise<Subscription> {
  const root = payment.originalPaymentId ?? payment.id
  const isRenewal = payment.originalPaymentId !== null && current.firstPaymentId === root
  const step = stepOf(current, isRenewal)
  const to = transition(current.status, step)
  const now = tx.clock.now()
  const before = isRenewal ? current : thawed(tx, current, now)
  const span = paidPeriod({
    current: before,
    now,
    period: soldBy(payment).period,
    providerPeriodEnd: payment.providerPeriodEnd,
    isRenewal,
  })
  const isEnding = to === 'canceled'
  const lengthened = await tx.repos.subscriptions.update(current.id, {
    ...soldBy(payment),
    // A method that was forgotten meanwhile stays forgotten.
    savedMethodId: isEnding
      ? current.savedMethodId
      : (payment.savedMethodId ?? (isRenewal ? current.savedMethodId : null)),
    firstPaymentId: isRenewal ? current.firstPaymentId : root,
    ...courseOf(tx, to, span, { current, payment }),
    ...(isEnding ? {} : { canceledAt: null, cancelReason: null, cancelFeedback: null }),
    ...(isRenewal && payment.productId !== current.nextProductId
      ? {}
      : { nextProductId: null, nextAmount: null }),
    updatedAt: now,
  })
  if (isEnding) await tellProvider(tx, current.id, 'stop')
  return lengthened
}

function stepOf(current: Subscription, isRenewal: boolean): SubscriptionStep {
  if (!isRenewal) return 'buy'
  return current.canceledAt ? 'renew_late' : 'renew'
}

/** Buying makes the time of a paused subscription run again. */
function thawed(tx: SubscriptionsScope, current: Subscription, now: Date): Subscription {
  const span = unfrozen(current, now, renewedBy(tx.gateways, current))
  return { ...current, ...span, pausedAt: null }
}

function courseOf(
  tx: SubscriptionsScope,
  to: ReturnType<typeof transition>,
  span: Span,
  { current, payment }: { readonly current: Subscription; readonly payment: Payment },
) {
  if (to === 'canceled') return canceledCourse(span)
  if (to === 'paused' && current.pausedAt) return pausedCourse(span, current.pausedAt)
  const savedMethodId = payment.savedMethodId ?? null
  return activeCourse(span, renewedBy(tx.gateways, { gateway: payment.gateway, savedMethodId }))
}

/** What a payment says of the subscription that it pays for. */
function soldBy(payment: Payment) {
  const { productId, product, gateway, savedMethodId, amount, currency } = payment
  assert(product.plan, 'A payment for a subscription has a plan')
  const { title, plan } = product
  return { productId, title, period: plan.period, gateway, savedMethodId, amount, currency }
}

/**
 * Tells whether a provider has charged twice for one period: it states the same end for both, as
 * when two links were paid at the same moment, and runs two subscriptions from then on.
 */
async function isDuplicate(
  tx: SubscriptionsScope,
  live: Subscription,
  payment: Payment,
): Promise<boolean> {
  if (!payment.providerPeriodEnd || live.gateway !== payment.gateway) return false
  return tx.repos.payments.hasPaidUntil(live.id, {
    end: payment.providerPeriodEnd,
    toleranceMs: DAY_MS,
    except: payment.id,
  })
}
