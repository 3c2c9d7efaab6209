import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { notificationReach } from '../notification.table.ts'

const foundUser = z.object({ user_id: z.uuid() })

/** People whom the bot cannot write to at the moment. */
export class ReachRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Why somebody cannot be written to, or undefined. */
  async find(userId: string): Promise<typeof notificationReach.$inferSelect | undefined> {
    const [row] = await this.#db
      .select()
      .from(notificationReach)
      .where(eq(notificationReach.userId, userId))
    return row
  }

  /** Marks people who cannot be written to, and gives those who could be until now. */
  async insert(
    people: readonly { readonly userId: string; readonly reason: string }[],
    blockedAt: Date,
  ): Promise<{ readonly userId: string; readonly reason: string }[]> {
    if (people.length === 0) return []
    return this.#db
      .insert(notificationReach)
      .values(people.map((person) => ({ ...person, blockedAt })))
      .onConflictDoNothing()
      .returning()
  }

  /** Takes the mark from the person with a Telegram identity; their id when there was one. */
  async removeByTelegramId(telegramId: bigint): Promise<string | undefined> {
    const [row] = await rows(
      this.#db,
      sql`delete from ${notificationReach} r using gramkit.user_account u
        where u.id = r.user_id and u.telegram_id = ${telegramId} returning r.user_id`,
      foundUser,
    )
    return row?.user_id
  }
}
