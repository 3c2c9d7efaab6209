import { addPeriod, assert } from '../../../kernel/index.ts'
import type { Payment } from '../../payments/index.ts'
import { announce, tellProvider } from '../announcement.ts'
import { activeCourse, canceledCourse, type Span } from '../course.ts'
import { renewedBy } from '../renewals/renewals.ts'
import { paidUntil, type Subscription, transition } from '../subscription.ts'
import {
  type ChangeRefusal,
  ChangeRefused,
  SubscriptionStateConflict,
} from '../subscriptions.errors.ts'
import { subscriptionCanceled, subscriptionChanged } from '../subscriptions.events.ts'
import type { SubscriptionsScope } from '../subscriptions.scope.ts'
import { type ChangePreview, convertedSpan, type Proration, type TargetPlan } from './change.ts'

/** A change of plan that is wanted. */
export interface ChangeRequest {
  readonly productId: string
  readonly proration: Proration
}

/** Finds the plan that somebody wants to change to, and what their time makes of it, or refuses. */
async function targetOf(
  scope: SubscriptionsScope,
  subscription: Subscription,
  { productId, proration }: ChangeRequest,
): Promise<{ readonly target: TargetPlan; readonly converted: Span }> {
  const refuse = (reason: ChangeRefusal): never => {
    throw new ChangeRefused({ subscriptionId: subscription.id, productId, reason })
  }
  const { status, currency, planGroup } = subscription
  if (transition(status, 'change') === 'refuse') {
    throw new SubscriptionStateConflict({
      subscriptionId: subscription.id,
      status,
      wanted: 'changed',
    })
  }
  const { plan, title, prices } = scope.payments.sellable(productId)
  if (plan?.group !== planGroup) return refuse('not_a_plan_of_the_group')
  const amount = currency === null ? undefined : prices[currency]
  if (amount === undefined) return refuse('no_price_in_the_currency')
  const by = renewedBy(scope.gateways, subscription)
  if (by === 'provider' && proration !== 'next_period') return refuse('provider_cannot')
  if (by === 'nobody' && proration !== 'time') return refuse('no_saved_method')
  if (await scope.repos.payments.hasOpenOf(subscription.id)) return refuse('a_charge_is_open')
  const target = { productId, title, period: plan.period, amount }
  const price = subscription.amount ?? 0n
  const converted = convertedSpan(subscription, price, target, scope.clock.now())
  if (!converted && proration === 'time') return refuse('more_than_ten_years')
  return { target, converted: converted ?? subscription }
}

/** Tells what a change would do; see `SubscriptionsService.previewChange`. */
export async function previewChange(
  scope: SubscriptionsScope,
  subscription: Subscription,
  request: ChangeRequest,
): Promise<ChangePreview> {
  const { target, converted } = await targetOf(scope, subscription, request)
  const { currency, currentPeriodEnd, anchorDay } = subscription
  assert(currency, 'What has a price has a currency')
  const now = scope.clock.now()
  const by = renewedBy(scope.gateways, subscription)
  const { productId, title } = target
  const { proration } = request
  const shared = { productId, title, proration, lostMs: 0 }
  const charge = (at: Date) =>
    by === 'nobody'
      ? null
      : {
          at,
          amount: target.amount,
          currency,
          by: by === 'kit' ? ('saved_method' as const) : ('buyer' as const),
        }
  if (proration === 'time') {
    const until = converted.currentPeriodEnd
    return { ...shared, startsAt: now, until, charge: charge(until) }
  }
  if (proration === 'next_period') {
    const startsAt = by === 'provider' ? paidUntil(subscription) : currentPeriodEnd
    const day = by === 'provider' ? startsAt.getUTCDate() : anchorDay
    const until = addPeriod(startsAt, target.period, day)
    return { ...shared, startsAt, until, charge: charge(startsAt) }
  }
  const until = addPeriod(now, target.period, now.getUTCDate())
  const lostMs = Math.max(0, paidUntil(subscription).getTime() - now.getTime())
  return { ...shared, startsAt: now, until, charge: charge(now), lostMs }
}

/**
 * Makes a change, in the caller's transaction and under the subscription's lock. Gives the payment
 * that is to be charged for it, where it takes effect once it is paid.
 */
export async function changePlan(
  tx: SubscriptionsScope,
  subscription: Subscription,
  request: ChangeRequest,
): Promise<Payment | undefined> {
  const { id, productId, nextProductId, changePaymentId } = subscription
  if (changePaymentId) {
    const payment = await tx.repos.payments.findById(changePaymentId)
    if (payment?.productId === request.productId) return payment
  }
  const now = tx.clock.now()
  if (request.productId === productId) {
    // Back to the plan one has: a change that was to come is not wanted any more.
    if (!nextProductId || subscription.status !== 'active') return undefined
    const kept = await tx.repos.subscriptions.update(id, {
      nextProductId: null,
      nextAmount: null,
      updatedAt: now,
    })
    await announce(tx, subscriptionChanged, kept, { nextProductId: kept.nextProductId })
    return undefined
  }
  const { target, converted } = await targetOf(tx, subscription, request)
  if (request.proration === 'none') return openChangeCharge(tx, subscription, target)
  const next = { nextProductId: target.productId, nextAmount: target.amount }
  if (request.proration === 'time') {
    const by = renewedBy(tx.gateways, subscription)
    await switchPlan(tx, subscription, target, activeCourse(converted, by))
  } else if (renewedBy(tx.gateways, subscription) === 'provider') {
    // Telegram cannot change a plan: it ends, and a new link is paid at the end.
    const canceled = await tx.repos.subscriptions.update(id, {
      ...canceledCourse(subscription),
      ...next,
      canceledAt: now,
      cancelReason: 'changed',
      updatedAt: now,
    })
    await tellProvider(tx, id, 'stop')
    await announce(tx, subscriptionCanceled, canceled, {})
    await announce(tx, subscriptionChanged, canceled, { nextProductId: canceled.nextProductId })
  } else {
    const changed = await tx.repos.subscriptions.update(id, { ...next, updatedAt: now })
    await announce(tx, subscriptionChanged, changed, { nextProductId: changed.nextProductId })
  }
  return undefined
}

/** The new plan begins now, and what was left of the old one is lost: its charge has been paid. */
export async function applyPaidChange(
  tx: SubscriptionsScope,
  subscription: Subscription,
  payment: Payment,
): Promise<Subscription> {
  const { plan, title } = payment.product
  assert(plan, 'A change is to a plan')
  const now = tx.clock.now()
  const anchorDay = now.getUTCDate()
  const currentPeriodEnd = addPeriod(now, plan.period, anchorDay)
  const span = { currentPeriodStart: now, currentPeriodEnd, extraMs: 0, anchorDay }
  const target = {
    productId: payment.productId,
    title,
    period: plan.period,
    amount: payment.amount,
  }
  // Cancelled while the charge was on its way: the new period is the last one.
  const course = subscription.canceledAt
    ? canceledCourse(span)
    : activeCourse(span, renewedBy(tx.gateways, subscription))
  return switchPlan(tx, subscription, target, course)
}

async function openChangeCharge(
  tx: SubscriptionsScope,
  subscription: Subscription,
  target: TargetPlan,
): Promise<Payment> {
  const { id, firstPaymentId, savedMethodId } = subscription
  const original = await tx.repos.payments.findById(firstPaymentId ?? '')
  const product = tx.products.find(target.productId)
  assert(original && product && savedMethodId, 'What the kit renews has a payment and a method')
  const payment = await tx.payments.openRenewal({
    ...{ original, savedMethodId, subscriptionId: id, product },
    amount: target.amount,
  })
  await tx.repos.subscriptions.update(id, {
    changePaymentId: payment.id,
    updatedAt: tx.clock.now(),
  })
  return payment
}

async function switchPlan(
  tx: SubscriptionsScope,
  subscription: Subscription,
  target: TargetPlan,
  course: ReturnType<typeof activeCourse>,
): Promise<Subscription> {
  const { productId, title, period, amount } = target
  const changed = await tx.repos.subscriptions.update(subscription.id, {
    ...course,
    ...{ productId, title, period, amount },
    nextProductId: null,
    nextAmount: null,
    changePaymentId: null,
    updatedAt: tx.clock.now(),
  })
  await announce(tx, subscriptionChanged, changed, { nextProductId: changed.nextProductId })
  return changed
}
