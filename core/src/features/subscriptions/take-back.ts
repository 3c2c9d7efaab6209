import { addPeriod, type Period } from '../../kernel/index.ts'
import type { Payment } from '../payments/index.ts'
import { tellProvider } from './announcement.ts'
import { activeCourse, canceledCourse, NOT_CANCELED, pausedCourse, trialCourse } from './course.ts'
import { takeBackCarried } from './join-subscriptions.ts'
import { expire, renewedBy } from './renewals/renewals.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriptionsScope } from './subscriptions.scope.ts'

const NOT_PAID = {
  gateway: null,
  firstPaymentId: null,
  savedMethodId: null,
  amount: null,
  currency: null,
  ...NOT_CANCELED,
} as const

/** Takes a paid period back in the caller's transaction; see `SubscriptionsService.takeBack`. */
export async function takeBack(tx: SubscriptionsScope, payment: Payment): Promise<void> {
  if (!payment.subscriptionId) return
  const subscription = await tx.repos.subscriptions.getByIdWithLock(payment.subscriptionId)
  const { id, status, extraMs } = subscription
  if (status === 'expired' && subscription.heirId) {
    const { currentPeriodEnd: end, period, anchorDay } = subscription
    const periodMs = end.getTime() - periodBefore(end, period, anchorDay).getTime()
    return takeBackCarried(tx, subscription, { paymentId: payment.id, periodMs })
  }
  const now = tx.clock.now()
  // The time of a paused subscription stands still.
  const at = subscription.pausedAt ?? now
  // What a provider renews it dates by itself, so there is but the latest.
  const isByProvider = renewedBy(tx.gateways, subscription) === 'provider'
  const count = isByProvider ? 1 : countPeriodsLeft(subscription, at)
  const isLeft = await tx.repos.payments.isAmongLatestOf(id, payment.id, count)
  // A refund of a period that is over leaves the others as they are.
  if (status === 'expired' || !isLeft) return
  if (subscription.currentPeriodStart > at) return takeLastOff(tx, subscription)
  const canceled = {
    canceledAt: subscription.canceledAt ?? now,
    cancelReason: subscription.cancelReason ?? 'refunded',
  }
  if (extraMs > 0) {
    await tx.repos.subscriptions.update(id, {
      ...canceledCourse({ ...subscription, currentPeriodEnd: now }),
      ...canceled,
      updatedAt: now,
    })
  } else await expire(tx, subscription, canceled)
  await tellProvider(tx, id, 'stop')
}

/** Takes off the last period, which has not begun: what comes before it stays as it was. */
async function takeLastOff(tx: SubscriptionsScope, subscription: Subscription): Promise<void> {
  const { currentPeriodStart: end, period, anchorDay, userId, planGroup, pausedAt } = subscription
  const now = tx.clock.now()
  const trial = await tx.repos.grants.findTrial(userId, planGroup)
  const isTrial = trial?.subscriptionId === subscription.id && trial.endsAt >= end
  const before = {
    ...subscription,
    currentPeriodStart: isTrial ? now : periodBefore(end, period, anchorDay),
    currentPeriodEnd: end,
  }
  await tx.repos.subscriptions.update(subscription.id, {
    ...(isTrial ? { ...trialCourse(before), ...NOT_PAID } : paidCourse()),
    updatedAt: now,
  })

  function paidCourse() {
    if (pausedAt) return pausedCourse(before, pausedAt)
    if (subscription.status === 'canceled') return canceledCourse(before)
    return activeCourse(before, renewedBy(tx.gateways, subscription))
  }
}

/** How many periods are not over: the last, and each before it that ends later than an instant. */
function countPeriodsLeft(
  { currentPeriodStart, period, anchorDay }: Subscription,
  at: Date,
): number {
  let count = 1
  for (let start = currentPeriodStart; start > at; count += 1) {
    start = periodBefore(start, period, anchorDay)
  }
  return count
}

function periodBefore(end: Date, period: Period, anchorDay: number): Date {
  const back = 'days' in period ? { days: -period.days } : { months: -period.months }
  return addPeriod(end, back, anchorDay)
}
