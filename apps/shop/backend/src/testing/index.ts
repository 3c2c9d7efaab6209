/**
 * A shop that runs, and people who buy in it, for tests and proofs of other packages.
 *
 * @module
 */
export { aDeadJob, withParkedPayment } from './given-up.ts'
export {
  ADMIN_TOKEN,
  type Answer,
  type ApiClient,
  aCustomer,
  aGuest,
  apiClient,
  type Customer,
  eventually,
  type RunningShop,
  shopAccounts,
  shopVariables,
  startRunningShop,
} from './running-shop.ts'
export { subscribedWithCard, subscribedWithStars, subscriptionOf } from './subscribers.ts'
