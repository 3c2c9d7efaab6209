import type { Clock, Page, PageRequest } from '../../kernel/index.ts'
import { addMs, assert, DAY_MS } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { AuditRepository } from '../audit/index.ts'
import type { UsersRepository } from '../users/index.ts'
import { BatchTooLarge, TransferConflict } from './balance.errors.ts'
import type { BalanceRepository } from './balance.repository.ts'
import {
  BATCH_TRANSFERS_MAX,
  type Balance,
  checkAccounts,
  checkFloor,
  checkTransfer,
  type HistoryEntry,
  isSameTransfer,
  type LedgerReport,
  type NewTransfer,
  type Refilling,
  type Transfer,
  type TransferRequest,
} from './balance.ts'
import type { VerificationRepository } from './verification/verification.repository.ts'

/** All that the balance service may touch. */
export interface BalanceScope extends Transactional<BalanceScope> {
  readonly clock: Clock
  readonly refills: Refilling
  readonly repos: {
    readonly balance: BalanceRepository
    readonly verification: Pick<VerificationRepository, 'compare'>
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly users: Pick<UsersRepository, 'getById' | 'getPresent'>
  }
}

/** A change of one user's balance against a system account. */
export type UserTransferRequest = Omit<TransferRequest, 'source' | 'target'> & {
  readonly userId: string
  /** The other side. [`issuance`] */
  readonly system?: string
}

/** What an administrator gives or, with a negative amount, takes. */
export interface AdjustmentRequest {
  /** Idempotency key: the same id with the same contents gives the first transfer again. */
  readonly id: string
  readonly userId: string
  readonly unit: string
  readonly amount: bigint
  /** Who: `admin`, or a user's id. */
  readonly actor: string
  /** Why, in words. */
  readonly reason: string
}

/** What a user's account may not fall below from now on. */
export interface FloorRequest {
  readonly userId: string
  readonly unit: string
  readonly floor: bigint
  /** Who: `admin`, `system`, or a user's id. */
  readonly actor: string
  /** Why, in words. */
  readonly reason: string
}

/** Takes back a transfer, wholly or in part. */
export interface ReversalRequest {
  readonly id: string
  readonly transferId: string
  /** How much of it. [all] */
  readonly amount?: bigint
  /** Who gives it back: whoever got it, or the user whom that guest was merged into. [who got it] */
  readonly from?: string
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
    const { source, unit } = request
    if ('userId' in source) await this.#scope.refills.refill(source.userId, unit)
    return this.#scope.transaction(async (tx) => {
      const posted = await tx.repos.balance.insertTransfer(request, tx.clock.now())
      // What is left is rare: a first transfer, which opens an account, or a repeated one.
      return posted ?? only(await this.#post(tx, [request])).transfer
    })
  }

  /**
   * Posts up to 10,000 transfers in one statement, all or none, and gives them in the order asked
   * for: for big batches such as a monthly grant. Each is idempotent by its `id`, also twice in one
   * batch. Floors are checked once, after all of them, so that a batch may take what it brings.
   *
   * Users' accounts are locked in id order until the transaction ends. A refusal leaves an open
   * transaction usable and nothing of the batch in it.
   *
   * @throws {@link BatchTooLarge}
   * @throws {@link InsufficientFunds} naming the account that would fall below its floor
   * @throws {@link TransferConflict} when an id was used with other contents
   * @throws {@link InvalidValue} when an amount or a unit is no such thing
   * @example
   * await services.balance.postMany(members.map(({ id }) => ({
   *   id: deriveId(id, 'grant:2030-01'), source: { system: 'issuance' }, target: { userId: id },
   *   unit: 'credits', amount: 100n, reason: 'grant.monthly', reference: '2030-01',
   * })))
   */
  async postMany(requests: readonly TransferRequest[]): Promise<Transfer[]> {
    if (requests.length > BATCH_TRANSFERS_MAX) {
      throw new BatchTooLarge({ transfers: requests.length, max: BATCH_TRANSFERS_MAX })
    }
    for (const request of requests) checkTransfer(request)
    if (requests.length === 0) return []
    return this.#scope.transaction(async (tx) => {
      const posted = await tx.repos.balance.undoOnThrow(() => this.#post(tx, requests))
      return posted.map(({ transfer }) => transfer)
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
      const [original] = await tx.repos.balance.findTransfers([request.transferId])
      assert(original, `There is no transfer ${request.transferId} to reverse`)
      const { id, amount = original.amount, reason, reference } = request
      checkTransfer({ unit: original.unit, amount })
      const giver = request.from && { owner: { userId: request.from }, unit: original.unit }
      const accounts = giver ? await tx.repos.balance.ensureAccounts([giver], tx.clock.now()) : []
      const reversal = {
        id: id.toLowerCase(),
        sourceAccountId: accounts[0] ?? original.targetAccountId,
        targetAccountId: original.sourceAccountId,
        unit: original.unit,
        amount,
        reason,
        reference,
        metadata: {},
        reversalOf: original.id,
        createdAt: tx.clock.now(),
      }
      return only(await this.#insert(tx, [reversal])).transfer
    })
  }

  /**
   * Gives or takes by the hand of an administrator, out of or into the account `adjustment`, and
   * writes down who did it and why. Idempotent by `id`.
   *
   * @throws {@link NotFound} when there is no such user, or no more: whoever they are now is meant
   * @throws {@link InsufficientFunds} when more is taken than the user can spare
   * @throws {@link TransferConflict} when the id was used with other contents
   * @throws {@link InvalidValue} when the amount or the unit is no such thing
   */
  async adjust(request: AdjustmentRequest): Promise<Transfer> {
    const { id, userId, unit, actor, reason } = request
    const amount = request.amount < 0n ? -request.amount : request.amount
    checkTransfer({ unit, amount })
    return this.#scope.transaction(async (tx) => {
      await tx.repos.users.getPresent(userId)
      const [from, to] = [{ system: 'adjustment' }, { userId }]
      const { transfer, isReplay } = only(
        await this.#post(tx, [
          {
            id,
            unit,
            amount,
            ...(request.amount > 0n ? { source: from, target: to } : { source: to, target: from }),
            reason: 'balance.adjusted',
            reference: userId,
            metadata: { actor, reason },
          },
        ]),
      )
      if (!isReplay) {
        await tx.repos.audit.insert({
          actor,
          action: 'balance.adjusted',
          subject: `user:${userId}`,
          facts: { transferId: transfer.id, unit, amount: String(request.amount), reason },
          createdAt: transfer.createdAt,
        })
      }
      return transfer
    })
  }

  /**
   * Sets what a user's account may not fall below: 0 at first, negative to give a credit line. The
   * database writes down who did it and why in the same statement. Setting it again to what it is
   * does nothing.
   *
   * @throws {@link NotFound} when there is no such user
   * @throws {@link FloorTooHigh} when the account has less than that to spare now
   * @throws {@link InvalidValue} when the floor or the unit is no such thing
   */
  async setFloor(request: FloorRequest): Promise<void> {
    checkFloor(request)
    const { userId, unit, floor, actor, reason } = request
    await this.#scope.transaction(async (tx) => {
      await tx.repos.users.getById(userId)
      const changedAt = tx.clock.now()
      const accounts = await tx.repos.balance.ensureAccounts(
        [{ owner: { userId }, unit }],
        changedAt,
      )
      await tx.repos.balance.setFloor({
        accountId: only(accounts),
        unit,
        floor,
        actor,
        reason,
        changedAt,
      })
    })
  }

  /**
   * Goes on with the daily snapshots of system accounts and gives how many were finished. One is
   * finished once every transfer up to its number has been committed or given up, so it may take
   * several calls while transactions are open; nobody who posts ever waits for it.
   */
  takeSnapshots(): Promise<number> {
    const now = this.#scope.clock.now()
    return this.#scope.repos.balance.takeSnapshots(now, addMs(now, -DAY_MS))
  }

  /** What a user has of a unit; 0 when there was never any. */
  async get(userId: string, unit: string): Promise<bigint> {
    await this.#scope.refills.refill(userId, unit)
    return this.#scope.repos.balance.readBalance(userId, unit)
  }

  /** What a user has, by unit. */
  async list(userId: string): Promise<Balance[]> {
    await this.#scope.refills.refillAll(userId)
    return this.#scope.repos.balance.listBalances(userId)
  }

  /** A user's transfers of a unit, newest first. */
  history(userId: string, unit: string, request: PageRequest = {}): Promise<Page<HistoryEntry>> {
    return this.#scope.repos.balance.listHistory(userId, unit, request)
  }

  /**
   * Proves that balances and snapshots equal their transfers, what is held its holds, and that every
   * unit sums to zero.
   */
  verify(): Promise<LedgerReport> {
    return this.#scope.repos.verification.compare()
  }

  /** Posts what is asked for, once for each id, and gives it in the order asked for. */
  async #post(tx: BalanceScope, requests: readonly TransferRequest[]): Promise<Posted[]> {
    const now = tx.clock.now()
    const accounts = await tx.repos.balance.ensureAccounts(
      requests.flatMap(({ source, target, unit }) => [
        { owner: source, unit },
        { owner: target, unit },
      ]),
      now,
    )
    const transfers = requests.map((request, index) => {
      const [sourceAccountId, targetAccountId] = accounts.slice(2 * index, 2 * index + 2)
      assert(sourceAccountId && targetAccountId, 'Each transfer has two accounts')
      checkAccounts({ sourceAccountId, targetAccountId })
      const { id, unit, amount, reason, reference, metadata = {} } = request
      return {
        ...{ id: id.toLowerCase(), sourceAccountId, targetAccountId, unit, amount },
        ...{ reason, reference, metadata, reversalOf: null, createdAt: now },
      }
    })
    return this.#insert(tx, transfers)
  }

  /**
   * Writes transfers whose ids are free, and compares the others with what their ids were used for.
   *
   * @throws {@link TransferConflict}
   */
  async #insert(tx: BalanceScope, transfers: readonly NewTransfer[]): Promise<Posted[]> {
    const byId = new Map<string, NewTransfer>()
    for (const transfer of transfers) {
      const earlier = byId.get(transfer.id)
      if (earlier && !isSameTransfer(earlier, transfer)) throw conflict(transfer)
      byId.set(transfer.id, transfer)
    }
    const numbers = await tx.repos.balance.insertTransfers([...byId.values()])
    const used = [...byId.keys()].filter((id) => !numbers.has(id))
    const firsts = used.length > 0 ? await tx.repos.balance.findTransfers(used) : []
    const firstById = new Map(firsts.map((first) => [first.id, first]))
    return transfers.map((transfer) => {
      const number = numbers.get(transfer.id)
      if (number !== undefined) return { transfer: { ...transfer, number }, isReplay: false }
      const first = firstById.get(transfer.id)
      if (!first || !isSameTransfer(first, transfer)) throw conflict(transfer)
      return { transfer: first, isReplay: true }
    })
  }
}

/** A transfer, and whether it had been posted before. */
interface Posted {
  readonly transfer: Transfer
  readonly isReplay: boolean
}

function conflict({ id }: NewTransfer): TransferConflict {
  return new TransferConflict({ transferId: id })
}

function only<Item>([item]: readonly Item[]): Item {
  assert(item !== undefined, 'One is given for one that is asked for')
  return item
}
