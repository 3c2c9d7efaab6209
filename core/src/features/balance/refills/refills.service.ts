import { assert, type Clock, deriveId } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { UsersRepository } from '../../users/index.ts'
import type { BalanceRepository } from '../balance.repository.ts'
import type { BalanceService } from '../balance.service.ts'
import type { Transfer } from '../balance.ts'
import type { RefillsRepository } from './refills.repository.ts'
import { periodNumber, type ResourceCatalog } from './resource.ts'

/** All that the refills service may touch. */
export interface RefillsScope extends Transactional<RefillsScope> {
  readonly clock: Clock
  readonly resources: ResourceCatalog
  readonly repos: {
    readonly refills: RefillsRepository
    readonly balance: Pick<BalanceRepository, 'ensureAccounts' | 'findTransfers' | 'readBalance'>
    readonly users: Pick<UsersRepository, 'getById'>
  }
  readonly balance: Pick<BalanceService, 'credit'>
}

/** Resources that refill: what a period brings is given when somebody looks or spends. */
export class RefillsService {
  readonly #scope: RefillsScope

  constructor(scope: RefillsScope) {
    this.#scope = scope
  }

  /**
   * Gives a user what the periods since the last refill have brought, up to the cap; undefined when
   * there is nothing to give. The first time it is one period's.
   *
   * Reading a balance, a transfer from the user and a hold do this by themselves. Idempotent for
   * each period: the period never goes back, so nobody gets one twice by changing the time zone.
   *
   * @throws {@link NotFound} when there is no such user
   */
  async refill(userId: string, unit: string): Promise<Transfer | undefined> {
    const resource = this.#scope.resources.find(unit)
    if (!resource) return undefined
    const { amount, every, cap } = resource.refill
    const { timeZone, departedAt } = await this.#scope.repos.users.getById(userId)
    if (departedAt) return undefined
    const now = this.#scope.clock.now()
    const period = periodNumber(every, now, timeZone)
    const known = await this.#scope.repos.refills.find(userId, unit)
    if (known?.every === every && known.period >= period) return undefined
    return this.#scope.transaction(async (tx) => {
      const account = { owner: { userId }, unit }
      const [accountId] = await tx.repos.balance.ensureAccounts([account], now)
      assert(accountId, 'An account that was asked for is given')
      const begin = { accountId, every, period: period - 1, updatedAt: now }
      const last = await tx.repos.refills.lock(begin)
      // Other periods than the app had declared before begin anew.
      const periods = last.every === every ? period - last.period : 1
      if (periods <= 0) return undefined
      await tx.repos.refills.update({ ...begin, period })
      const id = deriveId(userId, `refill:${unit}:${every}:${period}`)
      const given = await tx.repos.balance.findTransfers([id])
      const brought = amount * BigInt(periods)
      const room = cap - (await tx.repos.balance.readBalance(userId, unit))
      const due = brought < room ? brought : room
      if (given.length > 0 || due <= 0n) return undefined
      return tx.balance.credit({
        ...{ id, userId, unit, amount: due },
        reason: 'balance.refilled',
        reference: `${every}:${period}`,
      })
    })
  }

  /** Refills every resource of a user. */
  async refillAll(userId: string): Promise<void> {
    for (const { unit } of this.#scope.resources.list()) await this.refill(userId, unit)
  }
}
