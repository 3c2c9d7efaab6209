/**
 * Access over time: a plan is bought, renewed by the provider or by a saved method, canceled,
 * resumed and expired. Driven by payments and by rows that are due; never by a timer in memory.
 *
 * @module
 */

export { subscription } from './subscription.table.ts'
export {
  activeUntil,
  canceledUntil,
  courseAfterDecline,
  DUNNING_DAYS,
  PROVIDER_RENEWAL_GRACE_MS,
  paidPeriod,
  SUBSCRIPTION_STATUSES,
  type Subscription,
  type SubscriptionStatus,
} from './subscription.ts'
export {
  AlreadySubscribed,
  SubscriptionNotFound,
  SubscriptionStateConflict,
} from './subscriptions.errors.ts'
export * as subscriptionEvents from './subscriptions.events.ts'
export { subscriptionFulfilment } from './subscriptions.fulfilment.ts'
export {
  expireDueSubscriptions,
  renewDueSubscriptions,
  returnDuplicate,
  switchRenewal,
} from './subscriptions.jobs.ts'
export { SubscriptionsRepository } from './subscriptions.repository.ts'
export { type SubscriptionsScope, SubscriptionsService } from './subscriptions.service.ts'
