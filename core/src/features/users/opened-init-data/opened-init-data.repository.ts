import { asc, eq, inArray, lte } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { userOpenedInitData } from './opened-init-data.table.ts'

const FORGET_BATCH = 1_000

/** Which init data opened a login. */
export class OpenedInitDataRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /**
   * Takes init data for a login; false when it was taken before, unless by the same device.
   *
   * Waits for a transaction that is just taking the same.
   */
  async take(values: typeof userOpenedInitData.$inferInsert): Promise<boolean> {
    const { fingerprint } = userOpenedInitData
    const taken = await this.#db
      .insert(userOpenedInitData)
      .values(values)
      .onConflictDoUpdate({
        target: fingerprint,
        set: { expiresAt: values.expiresAt },
        setWhere: eq(userOpenedInitData.repeatHash, values.repeatHash ?? ''),
      })
      .returning({ fingerprint })
    return taken.length === 1
  }

  /** Deletes a batch of what is too old anyway, and gives its number. */
  async removeExpired(now: Date): Promise<number> {
    const { fingerprint, expiresAt } = userOpenedInitData
    const expired = this.#db
      .select({ fingerprint })
      .from(userOpenedInitData)
      .where(lte(expiresAt, now))
      .orderBy(asc(expiresAt))
      .limit(FORGET_BATCH)
      .for('update', { skipLocked: true })
    const removed = await this.#db
      .delete(userOpenedInitData)
      .where(inArray(fingerprint, expired))
      .returning({ fingerprint })
    return removed.length
  }
}
