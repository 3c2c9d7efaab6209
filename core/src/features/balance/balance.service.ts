import type { Clock, Page, PageRequest } from '../../kernel/index.ts'
import { assert } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import { TransferConflict } from './balance.errors.ts'
import { type BalanceRepository, isSameTransfer } from './balance.repository.ts'
import {
  type Balance,
  checkTransfer,
  type HistoryEntry,
  type LedgerReport,
  type Transfer,
  type TransferRequest,
} from './balance.ts'

/** All that the balance service may touch. */
export interface BalanceScope extends Transactional<BalanceScope> {
  readonly clock: Clock
  readonly repos: { readonly balance: BalanceRepository }
}

/** A change of one user's balance against a system account. */
export type UserTransferRequest = Omit<TransferRequest, 'source' | 'target'> & {
  readonly userId: string
  /** The other side. [`issuance`] */
  readonly system?: string
}

/** Takes back a transfer, wholly or in part. */
export interface ReversalRequest {
  readonly id: string
  readonly transferId: string
  /** How much of it. [all] */
  readonly amount?: bigint
  readonly reason: string
  readonly reference: string
}

/** The double-entry ledger: who has how much of what, exactly. */
export class BalanceService {
  readonly #scope: BalanceScope

  constructor(scope: BalanceScope) {
    this.#scope = scope
  }

  /**
   * Moves an amount from one account to another.
   *
   * Idempotent by `id`. Users' accounts are locked in id order until the transaction ends.
   *
   * @throws {@link InsufficientFunds} when a user's account would fall below its floor
   * @throws {@link TransferConflict} when the id was used with other contents
   * @throws {@link InvalidValue} when the amount or the unit is no such thing
   * @example
   * await services.balance.transfer({
   *   id: newId(), source: { userId }, target: { system: 'spent' },
   *   unit: 'credits', amount: 10n, reason: 'image.made', reference: imageId,
   * })
   */
  async transfer(request: TransferRequest): Promise<Transfer> {
    checkTransfer(request)
    return this.#scope.transaction(async (tx) => {
      const { balance } = tx.repos
      const now = tx.clock.now()
      const source = await balance.ensureAccount(request.source, request.unit, now)
      const target = await balance.ensureAccount(request.target, request.unit, now)
      const posted = await balance.insertTransfer({
        id: request.id,
        sourceAccountId: source,
        targetAccountId: target,
        unit: request.unit,
        amount: request.amount,
        reason: request.reason,
        reference: request.reference,
        metadata: request.metadata ?? {},
        reversalOf: null,
        createdAt: now,
      })
      if (posted) return posted
      return this.#replay(tx, request.id, (first) =>
        isSameTransfer(first, request, { source, target }),
      )
    })
  }

  /** Gives a user an amount out of a system account; see {@link transfer}. */
  credit(request: UserTransferRequest): Promise<Transfer> {
    const { userId, system = 'issuance', ...rest } = request
    return this.transfer({ ...rest, source: { system }, target: { userId } })
  }

  /** Takes an amount from a user into a system account; see {@link transfer}. */
  debit(request: UserTransferRequest): Promise<Transfer> {
    const { userId, system = 'issuance', ...rest } = request
    return this.transfer({ ...rest, source: { userId }, target: { system } })
  }

  /**
   * Takes back a transfer, wholly or in part; several reversals never exceed it.
   *
   * The only movement that may push a user's account below its floor: the money is gone already.
   *
   * @throws {@link ReversalTooLarge}
   * @throws {@link TransferConflict} when the id was used with other contents
   */
  async reverse(request: ReversalRequest): Promise<Transfer> {
    return this.#scope.transaction(async (tx) => {
      const original = await tx.repos.balance.findTransfer(request.transferId)
      assert(original, `There is no transfer ${request.transferId} to reverse`)
      const amount = request.amount ?? original.amount
      checkTransfer({ unit: original.unit, amount })
      const posted = await tx.repos.balance.insertTransfer({
        id: request.id,
        sourceAccountId: original.targetAccountId,
        targetAccountId: original.sourceAccountId,
        unit: original.unit,
        amount,
        reason: request.reason,
        reference: request.reference,
        metadata: {},
        reversalOf: original.id,
        createdAt: tx.clock.now(),
      })
      if (posted) return posted
      return this.#replay(
        tx,
        request.id,
        (first) =>
          first.reversalOf === original.id &&
          first.amount === amount &&
          first.reason === request.reason &&
          first.reference === request.reference,
      )
    })
  }

  /** What a user has of a unit; 0 when there was never any. */
  get(userId: string, unit: string): Promise<bigint> {
    return this.#scope.repos.balance.readBalance(userId, unit)
  }

  /** What a user has, by unit. */
  list(userId: string): Promise<Balance[]> {
    return this.#scope.repos.balance.listBalances(userId)
  }

  /** A user's transfers of a unit, newest first. */
  history(userId: string, unit: string, request: PageRequest = {}): Promise<Page<HistoryEntry>> {
    return this.#scope.repos.balance.listHistory(userId, unit, request)
  }

  /** Proves that balances equal their transfers and that every unit sums to zero. */
  verify(): Promise<LedgerReport> {
    return this.#scope.repos.balance.verify()
  }

  async #replay(
    tx: BalanceScope,
    id: string,
    isSame: (first: Transfer) => boolean,
  ): Promise<Transfer> {
    const first = await tx.repos.balance.findTransfer(id)
    if (!first || !isSame(first)) throw new TransferConflict({ transferId: id })
    return first
  }
}
