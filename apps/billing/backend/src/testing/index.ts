/**
 * Billing that runs, for tests and proofs of other packages.
 *
 * @module
 */
export { ADMIN_TOKEN, type RunningBilling, startRunningBilling } from './running-billing.ts'
