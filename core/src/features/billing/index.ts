/**
 * Billing of many tenants.
 *
 * When something is billed is reckoned in local days of the customer, by pure functions.
 *
 * @module
 */
export {
  type BillingPeriod,
  type Boundary,
  boundaryAt,
  CYCLES,
  type Cycle,
  dueBoundaries,
  periodAt,
  periodOf,
  type Schedule,
} from './periods/billing-period.ts'
export {
  type DaySpan,
  dueOn,
  isOverdue,
  shareOf,
  type TrialSpan,
  trialFrom,
} from './periods/days.ts'
export { localMidnight } from './periods/local-midnight.ts'
