import { and, asc, eq, gt, inArray, lte } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { userLoginLink } from './login-link.table.ts'
import type { LoginLink } from './login-link.ts'

const FORGET_BATCH = 1_000

/** Login links. Each step is one conditional update, so that of two only one is the first. */
export class LoginLinksRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Writes a new one. */
  async insert(values: typeof userLoginLink.$inferInsert): Promise<void> {
    await this.#db.insert(userLoginLink).values(values)
  }

  /** Finds one that has not expired by the hash of what its link carries. */
  findByTokenHash(tokenHash: string, now: Date): Promise<LoginLink | undefined> {
    return this.#find(eq(userLoginLink.tokenHash, tokenHash), now)
  }

  /** Finds one that has not expired by the hash of what its browser knows. */
  findByPollHash(pollHash: string, now: Date): Promise<LoginLink | undefined> {
    return this.#find(eq(userLoginLink.pollHash, pollHash), now)
  }

  /** Writes down who confirmed it; false when it was answered or has expired. */
  async confirm(id: string, userId: string, now: Date): Promise<boolean> {
    return this.#answer(id, { status: 'confirmed', confirmedBy: userId }, now)
  }

  /** Writes down that it was declined; false when it was answered or has expired. */
  async decline(id: string, now: Date): Promise<boolean> {
    return this.#answer(id, { status: 'declined' }, now)
  }

  /** Takes what was confirmed; false when somebody took it already. */
  async consume(id: string): Promise<boolean> {
    const consumed = await this.#db
      .update(userLoginLink)
      .set({ status: 'consumed' })
      .where(and(eq(userLoginLink.id, id), eq(userLoginLink.status, 'confirmed')))
      .returning({ id: userLoginLink.id })
    return consumed.length === 1
  }

  /** Deletes a batch of those that have expired, and gives its number. */
  async removeExpired(now: Date): Promise<number> {
    const expired = this.#db
      .select({ id: userLoginLink.id })
      .from(userLoginLink)
      .where(lte(userLoginLink.expiresAt, now))
      .orderBy(asc(userLoginLink.expiresAt))
      .limit(FORGET_BATCH)
      .for('update', { skipLocked: true })
    const removed = await this.#db
      .delete(userLoginLink)
      .where(inArray(userLoginLink.id, expired))
      .returning({ id: userLoginLink.id })
    return removed.length
  }

  async #find(by: ReturnType<typeof eq>, now: Date): Promise<LoginLink | undefined> {
    const [row] = await this.#db
      .select()
      .from(userLoginLink)
      .where(and(by, gt(userLoginLink.expiresAt, now)))
    return row
  }

  async #answer(
    id: string,
    answer: Partial<typeof userLoginLink.$inferInsert>,
    now: Date,
  ): Promise<boolean> {
    const answered = await this.#db
      .update(userLoginLink)
      .set(answer)
      .where(
        and(
          eq(userLoginLink.id, id),
          eq(userLoginLink.status, 'pending'),
          gt(userLoginLink.expiresAt, now),
        ),
      )
      .returning({ id: userLoginLink.id })
    return answered.length === 1
  }
}
