/**
 * The double-entry ledger. Every amount has an account it came from and one it went to; the
 * database itself moves the balances, checks the floors and refuses to change history.
 *
 * @module
 */

export { InsufficientFunds, ReversalTooLarge, TransferConflict } from './balance.errors.ts'
export { BalanceRepository } from './balance.repository.ts'
export {
  type BalanceScope,
  BalanceService,
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
