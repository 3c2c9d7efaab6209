import { and, between, count, eq, inArray, max, sql } from 'drizzle-orm'
import { z } from 'zod'
import { addDays, assert } from '../../../kernel/index.ts'
import { BATCH_MAX, type Executor, rows } from '../../../platform/database/index.ts'
import { userActiveDay } from './active-day.table.ts'

/** How many registered people were active when. */
export interface ActivityFigures {
  /** Active on one of the days from 60 to 31 days ago. */
  readonly activeEarlier: number
  /** Those of them who have not been active since. */
  readonly goneSince: number
  /** Active on one of the last 7 days, today among them. */
  readonly activeIn7Days: number
  /** Active on one of the last 30 days, today among them. */
  readonly activeIn30Days: number
}

/** Days on which people came. */
export class ActiveDaysRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Writes that somebody came on a day; a day that is written already stays as it is. */
  async insert(userId: string, day: string): Promise<void> {
    await this.#db.insert(userActiveDay).values({ userId, day }).onConflictDoNothing()
  }

  /** Counts the days on which each of up to 1,000 people came, both ends among them; none is left out. */
  async countDays(
    userIds: readonly string[],
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<Map<string, number>> {
    assert(userIds.length <= BATCH_MAX, `At most ${BATCH_MAX} ids a call`)
    if (userIds.length === 0) return new Map()
    const found = await this.#db
      .select({ userId: userActiveDay.userId, days: count() })
      .from(userActiveDay)
      .where(and(inArray(userActiveDay.userId, [...userIds]), between(userActiveDay.day, from, to)))
      .groupBy(userActiveDay.userId)
    const counted = new Map(found.map(({ userId, days }) => [userId, days]))
    return new Map(userIds.map((userId) => [userId, counted.get(userId) ?? 0]))
  }

  /** Reads the last day on which each of up to 1,000 people came; who never came is left out. */
  async lastDays(userIds: readonly string[]): Promise<Map<string, string>> {
    assert(userIds.length <= BATCH_MAX, `At most ${BATCH_MAX} ids a call`)
    if (userIds.length === 0) return new Map()
    const found = await this.#db
      .select({ userId: userActiveDay.userId, day: max(userActiveDay.day) })
      .from(userActiveDay)
      .where(inArray(userActiveDay.userId, [...userIds]))
      .groupBy(userActiveDay.userId)
    return new Map(found.flatMap(({ userId, day }) => (day === null ? [] : [[userId, day]])))
  }

  /**
   * Counts registered people by when they were active, seen from a day. Guests are left out: anybody
   * may make any number of them.
   */
  async figures(today: string): Promise<ActivityFigures> {
    const [counted] = await rows(
      this.#db,
      sql`
        select
          count(*) filter (where was_earlier)::integer as "activeEarlier",
          count(*) filter (where was_earlier and not was_since)::integer as "goneSince",
          count(*) filter (where was_in_7)::integer as "activeIn7Days",
          count(*) filter (where was_in_30)::integer as "activeIn30Days"
        from (
          select bool_or(day <= ${addDays(today, -31)}) as was_earlier,
            bool_or(day > ${addDays(today, -31)}) as was_since,
            bool_or(day > ${addDays(today, -7)}) as was_in_7,
            bool_or(day > ${addDays(today, -30)}) as was_in_30
          from ${userActiveDay}
          join gramkit.user_account person on person.id = user_id and person.kind = 'registered'
          where day >= ${addDays(today, -60)} group by user_id
        ) active`,
      z.object({
        activeEarlier: z.int(),
        goneSince: z.int(),
        activeIn7Days: z.int(),
        activeIn30Days: z.int(),
      }),
    )
    assert(counted, 'A count answers with one row')
    return counted
  }

  /** Makes the user's every day of a guest. */
  async unite(guestId: string, userId: string): Promise<void> {
    await this.#db.execute(sql`
      insert into ${userActiveDay} (user_id, day)
      select ${userId}, day from ${userActiveDay} where user_id = ${guestId}
      on conflict do nothing`)
    await this.#db.delete(userActiveDay).where(eq(userActiveDay.userId, guestId))
  }
}
