import { assert, type Clock, deriveId } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { BalanceRepository } from '../balance.repository.ts'
import type { BalanceService } from '../balance.service.ts'
import { checkTransfer, type Refilling, type Transfer } from '../balance.ts'
import type { Hold, HoldRequest, HoldStatus } from './hold.ts'
import { HoldConflict, HoldNotPending } from './holds.errors.ts'
import type { HoldsRepository } from './holds.repository.ts'

/** All that the holds service may touch. */
export interface HoldsScope extends Transactional<HoldsScope> {
  readonly clock: Clock
  readonly repos: { readonly holds: HoldsRepository; readonly balance: BalanceRepository }
  readonly balance: BalanceService
  readonly refills: Refilling
}

/** How a hold is turned into a movement. */
export interface CaptureRequest {
  readonly holdId: string
  /** How much of it; the rest is free again. [all] */
  readonly amount?: bigint
  /** The system account that gets it. [`issuance`] */
  readonly system?: string
}

const BATCH = 100

/** Amounts set aside: posted to somebody in the end, voided, or expired. */
export class HoldsService {
  readonly #scope: HoldsScope

  constructor(scope: HoldsScope) {
    this.#scope = scope
  }

  /**
   * Sets an amount aside, so that nothing else spends it. Idempotent by `id`.
   *
   * @throws {@link InsufficientFunds} when the user has less than that to spare
   * @throws {@link HoldConflict} when the id was used with other contents
   * @throws {@link InvalidValue} when the amount or the unit is no such thing
   * @example
   * await services.holds.place({
   *   id: bidId, userId, unit: 'credits', amount: 50n, reason: 'auction.bid', reference: lotId,
   * })
   */
  async place(request: HoldRequest): Promise<Hold> {
    checkTransfer(request)
    await this.#scope.refills.refill(request.userId, request.unit)
    return this.#scope.transaction(async (tx) => {
      const { id, userId, unit, amount, reason, reference, expiresAt = null } = request
      const now = tx.clock.now()
      const account = { owner: { userId }, unit }
      const [accountId] = await tx.repos.balance.ensureAccounts([account], now)
      assert(accountId, 'An account that was asked for is given')
      const placed = await tx.repos.holds.insertOnce({
        id,
        accountId,
        userId,
        unit,
        amount,
        status: 'pending',
        reason,
        reference,
        expiresAt,
        createdAt: now,
        updatedAt: now,
      })
      if (placed) return placed
      const first = await tx.repos.holds.getById(id)
      const isSame =
        first.accountId === accountId &&
        first.amount === amount &&
        first.reason === reason &&
        first.reference === reference
      if (!isSame) throw new HoldConflict({ holdId: id })
      return first
    })
  }

  /**
   * Moves what is held to a system account, wholly or in part; the rest is free again. Capturing
   * twice gives the first transfer.
   *
   * @throws {@link HoldNotPending} when it was voided, has expired, or holds less
   * @throws {@link NotFound}
   */
  async capture({ holdId, amount, system = 'issuance' }: CaptureRequest): Promise<Transfer> {
    return this.#scope.transaction(async (tx) => {
      const hold = await tx.repos.holds.getByIdWithLock(holdId)
      const captured = amount ?? hold.amount
      const isPending = hold.status === 'pending'
      // Its time is over, and only the job that says so has not come yet.
      const isOver = isPending && hold.expiresAt !== null && hold.expiresAt <= tx.clock.now()
      const isOpen = (isPending && !isOver) || hold.status === 'posted'
      if (!isOpen || captured > hold.amount) {
        throw new HoldNotPending({ holdId, status: isOver ? 'expired' : hold.status })
      }
      if (isPending) await this.#end(tx, hold, 'posted')
      // The same id again is answered with the first transfer, or refused for another amount.
      return tx.balance.transfer({
        id: deriveId(holdId, 'capture'),
        source: { userId: hold.userId },
        target: { system },
        unit: hold.unit,
        amount: captured,
        reason: hold.reason,
        reference: hold.reference,
      })
    })
  }

  /**
   * Frees what is held; undefined when nothing was. Does nothing to a hold that is free already.
   *
   * @throws {@link HoldNotPending} when it was captured
   */
  async release(holdId: string): Promise<Hold | undefined> {
    return this.#scope.transaction(async (tx) => {
      const [hold] = await tx.repos.holds.getByIdsWithLock([holdId])
      if (hold?.status === 'posted') throw new HoldNotPending({ holdId, status: hold.status })
      return hold?.status === 'pending' ? this.#end(tx, hold, 'voided') : hold
    })
  }

  /** Frees holds whose time is over, up to 100, and gives their number. */
  async expireDue(): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      const due = await tx.repos.holds.lockExpired(tx.clock.now(), BATCH)
      for (const hold of due) await this.#end(tx, hold, 'expired')
      return due.length
    })
  }

  async #end(tx: HoldsScope, hold: Hold, status: Exclude<HoldStatus, 'pending'>): Promise<Hold> {
    assert(hold.status === 'pending', 'A hold ends once')
    return tx.repos.holds.update(hold.id, { status, updatedAt: tx.clock.now() })
  }
}
