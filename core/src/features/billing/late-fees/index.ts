/**
 * What being late costs.
 *
 * @module
 */
export {
  billingLateFee,
  billingLateFeePolicy,
  billingLateInvoice,
} from './late-fee.table.ts'
export {
  type LateFee,
  type LateFeePolicy,
  type LateFeePolicyInput,
  type LateInvoice,
  lateFeeOf,
  lateFeePolicyFields,
} from './late-fee.ts'
export { chargeLateFees } from './late-fees.jobs.ts'
export { LateFeesRepository } from './late-fees.repository.ts'
export type { LateFeesScope } from './late-fees.scope.ts'
export { LateFeesService } from './late-fees.service.ts'
