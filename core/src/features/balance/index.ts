/**
 * The double-entry ledger. Every amount has an account it came from and one it went to; the
 * database itself moves the balances, checks the floors and refuses to change history.
 *
 * @module
 */

export {
  BatchTooLarge,
  FloorTooHigh,
  InsufficientFunds,
  ReversalTooLarge,
  TransferConflict,
} from './balance.errors.ts'
export { ledgerDiffers } from './balance.events.ts'
export { takeBalanceSnapshots, verifyLedger } from './balance.jobs.ts'
export { BalanceRepository } from './balance.repository.ts'
export {
  type AdjustmentRequest,
  type BalanceScope,
  BalanceService,
  type FloorRequest,
  type ReversalRequest,
  type UserTransferRequest,
} from './balance.service.ts'
export { balanceAccount, balanceTransfer } from './balance.table.ts'
export type {
  AccountOwner,
  Balance,
  HistoryEntry,
  LedgerDifference,
  LedgerReport,
  Transfer,
  TransferRequest,
} from './balance.ts'
export { balanceHold } from './holds/hold.table.ts'
export { HOLD_STATUSES, type Hold, type HoldRequest, type HoldStatus } from './holds/hold.ts'
export { HoldConflict, HoldNotPending } from './holds/holds.errors.ts'
export { expireDueHolds } from './holds/holds.jobs.ts'
export { HoldsRepository } from './holds/holds.repository.ts'
export { type CaptureRequest, type HoldsScope, HoldsService } from './holds/holds.service.ts'
export { balancePart } from './person-part.ts'
export { balanceRefill } from './refills/refill.table.ts'
export { RefillsRepository } from './refills/refills.repository.ts'
export { type RefillsScope, RefillsService } from './refills/refills.service.ts'
export {
  createResourceCatalog,
  REFILL_PERIODS,
  type RefillPeriod,
  type Resource,
  type ResourceCatalog,
  type ResourceInput,
} from './refills/resource.ts'
export { balanceSnapshot } from './snapshots/snapshot.table.ts'
export { VerificationRepository } from './verification/verification.repository.ts'
export { type VerificationScope, VerificationService } from './verification/verification.service.ts'
export { balanceVerification } from './verification/verification.table.ts'
