/**
 * What tenants owe their customers.
 *
 * @module
 */
export { billingCreditBalance, billingCreditEntry } from './credit.table.ts'
export {
  CREDIT_GAINS,
  CREDIT_REASONS,
  type CreditBalance,
  type CreditEntry,
  type CreditInput,
  type CreditReason,
  type PayoutInput,
  type ReturnInput,
} from './credit.ts'
export { CreditTooLow } from './credits.errors.ts'
export { type CreditOwner, CreditsRepository } from './credits.repository.ts'
export type { CreditsScope } from './credits.scope.ts'
export { CreditsService } from './credits.service.ts'
