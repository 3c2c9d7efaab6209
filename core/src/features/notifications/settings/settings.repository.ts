import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { notificationPreference, notificationSetting } from '../notification.table.ts'
import type { QuietHours } from '../quiet-hours.ts'

const counted = z.object({ counted: z.number() })

/** What people said about being notified. */
export class SettingsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Somebody's quiet hours, or undefined. */
  async findQuietHours(userId: string): Promise<QuietHours | undefined> {
    return (await this.listQuietHours([userId])).get(userId)
  }

  /** Quiet hours of those of some people who have any. */
  async listQuietHours(userIds: readonly string[]): Promise<ReadonlyMap<string, QuietHours>> {
    const found = await this.#db
      .select()
      .from(notificationSetting)
      .where(inArray(notificationSetting.userId, [...userIds]))
    return new Map(
      found.flatMap(({ userId, quietFrom: from, quietUntil: until }) =>
        from === null || until === null ? [] : [[userId, { from, until }]],
      ),
    )
  }

  /** Sets somebody's quiet hours, or takes them away. */
  async setQuietHours(userId: string, quiet: QuietHours | null, updatedAt: Date): Promise<void> {
    const values = {
      quietFrom: quiet?.from ?? null,
      quietUntil: quiet?.until ?? null,
      updatedAt,
    }
    await this.#db
      .insert(notificationSetting)
      .values({ userId, ...values })
      .onConflictDoUpdate({ target: notificationSetting.userId, set: values })
  }

  /** What somebody turned off, or on again. */
  async listPreferences(userId: string): Promise<ReadonlyMap<string, boolean>> {
    const found = await this.#db
      .select()
      .from(notificationPreference)
      .where(eq(notificationPreference.userId, userId))
    return new Map(found.map(({ topic, isEnabled }) => [topic, isEnabled]))
  }

  /** Those of some people who turned a topic off. */
  async listTurnedOff(userIds: readonly string[], topic: string): Promise<ReadonlySet<string>> {
    const found = await this.#db
      .select({ userId: notificationPreference.userId })
      .from(notificationPreference)
      .where(
        and(
          inArray(notificationPreference.userId, [...userIds]),
          eq(notificationPreference.topic, topic),
          eq(notificationPreference.isEnabled, false),
        ),
      )
    return new Set(found.map(({ userId }) => userId))
  }

  /** Turns a topic on or off for somebody. */
  async setPreference(
    userId: string,
    topic: string,
    { isEnabled, updatedAt }: { readonly isEnabled: boolean; readonly updatedAt: Date },
  ): Promise<void> {
    await this.#db
      .insert(notificationPreference)
      .values({ userId, topic, isEnabled, updatedAt })
      .onConflictDoUpdate({
        target: [notificationPreference.userId, notificationPreference.topic],
        set: { isEnabled, updatedAt },
      })
  }

  /** Makes a guest's wishes the user's, where the user has said nothing. */
  async adopt(guestId: string, userId: string): Promise<void> {
    // A row of the user's may only count what they have heard.
    await this.#db.execute(sql`update ${notificationSetting} o
      set quiet_from = n.quiet_from, quiet_until = n.quiet_until
      from ${notificationSetting} n
      where o.user_id = ${userId} and n.user_id = ${guestId} and o.quiet_from is null`)
    for (const table of [notificationSetting, notificationPreference]) {
      const isTopic = table === notificationPreference ? sql`and o.topic = n.topic` : sql``
      await this.#db.execute(sql`update ${table} n set user_id = ${userId}
        where n.user_id = ${guestId}
          and not exists (select from ${table} o where o.user_id = ${userId} ${isTopic})`)
      await this.#db.delete(table).where(eq(table.userId, guestId))
    }
  }

  /**
   * Takes one out of what somebody may hear on one of their days; false when nothing is left. One
   * statement, so that any number of processes take no more.
   */
  async takeShare(
    userId: string,
    { day, max, at }: { readonly day: string; readonly max: number; readonly at: Date },
  ): Promise<boolean> {
    const taken = await rows(
      this.#db,
      sql`insert into ${notificationSetting} as s (user_id, counted_day, counted, updated_at)
        select ${userId}::uuid, ${day}::date, 1, ${at} where ${max}::int > 0
        on conflict (user_id) do update
          set counted_day = excluded.counted_day,
              counted = case when s.counted_day = excluded.counted_day then s.counted + 1 else 1 end
          where s.counted_day is distinct from excluded.counted_day or s.counted < ${max}
        returning counted`,
      counted,
    )
    return taken.length === 1
  }

  /** Gives one back that was taken on a day and was not heard. */
  async giveShareBack(userId: string, day: string): Promise<void> {
    await this.#db
      .update(notificationSetting)
      .set({ counted: sql`${notificationSetting.counted} - 1` })
      .where(
        and(
          eq(notificationSetting.userId, userId),
          eq(notificationSetting.countedDay, day),
          gt(notificationSetting.counted, 0),
        ),
      )
  }
}
