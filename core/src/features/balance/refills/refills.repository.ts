import { and, eq } from 'drizzle-orm'
import { assert } from '../../../kernel/index.ts'
import type { Executor } from '../../../platform/database/index.ts'
import { balanceAccount } from '../balance.table.ts'
import { balanceRefill } from './refill.table.ts'

/** The last period of an account. */
export type LastRefill = typeof balanceRefill.$inferSelect

/** Which periods accounts were refilled for. */
export class RefillsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** The last period of a user's unit, or undefined. */
  async find(userId: string, unit: string): Promise<LastRefill | undefined> {
    const [row] = await this.#db
      .select({ last: balanceRefill })
      .from(balanceRefill)
      .innerJoin(balanceAccount, eq(balanceAccount.id, balanceRefill.accountId))
      .where(and(eq(balanceAccount.userId, userId), eq(balanceAccount.unit, unit)))
    return row?.last
  }

  /** Locks the last period of an account until the transaction ends; writes the given one first. */
  async lock(first: LastRefill): Promise<LastRefill> {
    await this.#db.insert(balanceRefill).values(first).onConflictDoNothing()
    const [row] = await this.#db
      .select()
      .from(balanceRefill)
      .where(eq(balanceRefill.accountId, first.accountId))
      .for('update')
    assert(row, 'A period that was written is there')
    return row
  }

  /** Remembers for which period an account was refilled. */
  async update({ accountId, ...changes }: LastRefill): Promise<void> {
    await this.#db.update(balanceRefill).set(changes).where(eq(balanceRefill.accountId, accountId))
  }
}
