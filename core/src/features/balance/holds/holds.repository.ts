import { and, asc, isNotNull, lte, sql } from 'drizzle-orm'
import { BaseRepository, type Executor } from '../../../platform/database/index.ts'
import { insufficientFunds } from '../balance.repository.ts'
import { balanceHold } from './hold.table.ts'
import type { Hold } from './hold.ts'

/** Not a parameter: a prepared plan could then not use the index of pending rows. */
const isPending = sql`${balanceHold.status} = 'pending'`

/** Holds. What an account has held is never written here: the database keeps it. */
export class HoldsRepository extends BaseRepository<typeof balanceHold> {
  constructor(db: Executor) {
    super(db, balanceHold)
  }

  /**
   * Writes a new hold; undefined when its id is taken. The database locks the account and checks
   * that it has the amount to spare.
   *
   * @throws {@link InsufficientFunds}
   */
  async insertOnce(hold: Hold): Promise<Hold | undefined> {
    try {
      const [row] = await this.db
        .insert(balanceHold)
        .values(hold)
        .onConflictDoNothing({ target: balanceHold.id })
        .returning()
      return row
    } catch (error) {
      throw insufficientFunds(error) ?? error
    }
  }

  /** When the next hold ends by itself, or undefined. */
  async findNextExpiry(): Promise<Date | undefined> {
    const [row] = await this.db
      .select({ at: balanceHold.expiresAt })
      .from(balanceHold)
      .where(and(isPending, isNotNull(balanceHold.expiresAt)))
      .orderBy(asc(balanceHold.expiresAt))
      .limit(1)
    return row?.at ?? undefined
  }

  /** Locks holds that end now, oldest first, leaving out what others hold. */
  lockExpired(now: Date, limit: number): Promise<Hold[]> {
    return this.db
      .select()
      .from(balanceHold)
      .where(and(isPending, lte(balanceHold.expiresAt, now)))
      .orderBy(asc(balanceHold.expiresAt))
      .limit(limit)
      .for('update', { skipLocked: true })
  }
}
