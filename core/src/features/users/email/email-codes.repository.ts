import { and, eq, gt, inArray, isNull, lt, lte, sql } from 'drizzle-orm'
import { BaseRepository, type Executor } from '../../../platform/database/index.ts'
import { userEmailCode } from './email.table.ts'
import { EMAIL_CODE_ATTEMPTS_MAX, type EmailCode } from './email.ts'

const FORGET_BATCH = 1_000

/** Codes on their way to addresses. */
export class EmailCodesRepository extends BaseRepository<typeof userEmailCode> {
  constructor(db: Executor) {
    super(db, userEmailCode)
  }

  /**
   * Takes one of a code's tries, before anybody looks whether it is right; undefined when none is
   * left, or the code is used, too old or unknown. Call it outside a transaction: a rollback would
   * give the try back. Locks the row, so however many guess at once, five are let through.
   */
  async takeTry(
    asked: Pick<EmailCode, 'id' | 'purpose' | 'userId'>,
    now: Date,
  ): Promise<EmailCode | undefined> {
    const { id, purpose, userId } = asked
    const [taken] = await this.db
      .update(userEmailCode)
      .set({ attempts: sql`${userEmailCode.attempts} + 1` })
      .where(
        and(
          eq(userEmailCode.id, id),
          eq(userEmailCode.purpose, purpose),
          userId === null ? isNull(userEmailCode.userId) : eq(userEmailCode.userId, userId),
          lt(userEmailCode.attempts, EMAIL_CODE_ATTEMPTS_MAX),
          isNull(userEmailCode.usedAt),
          gt(userEmailCode.expiresAt, now),
        ),
      )
      .returning()
    return taken
  }

  /** Marks a code as used; false when another request did. */
  async use(id: string, now: Date): Promise<boolean> {
    const used = await this.db
      .update(userEmailCode)
      .set({ usedAt: now })
      .where(and(eq(userEmailCode.id, id), isNull(userEmailCode.usedAt)))
      .returning({ id: userEmailCode.id })
    return used.length === 1
  }

  /** Deletes codes that ended before an instant, a batch at a time, and gives their number. */
  async removeExpired(before: Date): Promise<number> {
    const old = this.db
      .select({ id: userEmailCode.id })
      .from(userEmailCode)
      .where(lte(userEmailCode.expiresAt, before))
      .orderBy(userEmailCode.expiresAt)
      .limit(FORGET_BATCH)
      .for('update', { skipLocked: true })
    const removed = await this.db
      .delete(userEmailCode)
      .where(inArray(userEmailCode.id, old))
      .returning({ id: userEmailCode.id })
    return removed.length
  }
}
