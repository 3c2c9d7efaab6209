/**
 * Access over time: a plan is tried, bought, renewed by the provider or by a saved method, changed,
 * paused, given, canceled, resumed and expired. Driven by payments and by rows that are due; never
 * by a timer in memory.
 *
 * @module
 */

export { type ChangePreview, convertTime, PRORATIONS, type Proration } from './changes/change.ts'
export type { ChangeRequest } from './changes/change-plan.ts'
export {
  activeCourse,
  canceledCourse,
  DUNNING_DAYS,
  declinedCourse,
  LAST_CHANCE_MS,
  RENEWAL_GRACE_MS,
  unfrozen,
} from './course.ts'
export type { GiftRequest } from './grants/gift.ts'
export { subscriptionGift, subscriptionTrial } from './grants/grant.table.ts'
export { GrantsRepository } from './grants/grants.repository.ts'
export { paidPeriod } from './paid-period.ts'
export { subscriptionsPart } from './person-part.ts'
export { RenewalsService } from './renewals/renewals.service.ts'
export type { NextCharge } from './renewals/renewals.ts'
export { subscription } from './subscription.table.ts'
export {
  paidUntil,
  SUBSCRIPTION_STATUSES,
  SUBSCRIPTION_STEPS,
  type Subscription,
  type SubscriptionStatus,
  type SubscriptionStep,
  transition,
} from './subscription.ts'
export * as subscriptionErrors from './subscriptions.errors.ts'
export * as subscriptionEvents from './subscriptions.events.ts'
export { subscriptionFulfilment } from './subscriptions.fulfilment.ts'
export {
  expireDueSubscriptions,
  noticeDueSubscriptions,
  renewDueSubscriptions,
  returnDuplicate,
  switchRenewal,
} from './subscriptions.jobs.ts'
export { SubscriptionsRepository } from './subscriptions.repository.ts'
export type { SubscriptionsScope } from './subscriptions.scope.ts'
export { SubscriptionsService } from './subscriptions.service.ts'
