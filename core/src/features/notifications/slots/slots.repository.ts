import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { notificationSlot } from '../notification.table.ts'

const zoneRow = z.object({ zone: z.string() })
const userRow = z.object({ userId: z.uuid() })
const sinceRow = userRow.extend({ since: z.string() })
const streakRow = userRow.extend({ days: z.number() })

/** One slot in one time zone on one day. */
export interface SlotKey {
  readonly slot: string
  readonly timeZone: string
  readonly day: string
}

/** People of one zone between two instants, a page at a time. */
export interface ZoneQuery {
  readonly timeZone: string
  readonly from: Date
  readonly until: Date
  readonly after: string | null
  readonly limit: number
}

/** How far slots are, and who falls into them. */
export class SlotsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Time zones that people live in; hops from one to the next over the index, so it is fast. */
  async listTimeZones(): Promise<string[]> {
    const found = await rows(
      this.#db,
      sql`with recursive zones as (
          select min(time_zone) as zone from gramkit.user_account
          union all
          select (select min(u.time_zone) from gramkit.user_account u where u.time_zone > z.zone)
          from zones z where z.zone is not null
        ) select zone from zones where zone is not null`,
      zoneRow,
    )
    return found.map(({ zone }) => zone)
  }

  /** Tells whether a slot's people were all gone through. */
  async isEnded(key: SlotKey): Promise<boolean> {
    const [found] = await this.#db.select().from(notificationSlot).where(isKey(key))
    return found?.endedAt != null
  }

  /** Opens a slot, or tells how far it is; undefined when it has ended. */
  async open(key: SlotKey): Promise<{ readonly after: string | null } | undefined> {
    await this.#db.insert(notificationSlot).values(key).onConflictDoNothing()
    const [found] = await this.#db
      .select({ after: notificationSlot.after })
      .from(notificationSlot)
      .where(and(isKey(key), isNull(notificationSlot.endedAt)))
    return found
  }

  /** Moves a slot on from where it was read, or ends it; false when somebody else has done that. */
  async advance(
    key: SlotKey,
    from: string | null,
    progress: { readonly after: string | null; readonly endedAt: Date | null },
  ): Promise<boolean> {
    const moved = await this.#db
      .update(notificationSlot)
      .set(progress)
      .where(
        and(
          isKey(key),
          isNull(notificationSlot.endedAt),
          sql`${notificationSlot.after} is not distinct from ${from}::uuid`,
        ),
      )
      .returning()
    return moved.length === 1
  }

  /** Forgets slots of days before one. */
  async removeBefore(day: string): Promise<void> {
    await this.#db.delete(notificationSlot).where(sql`${notificationSlot.day} < ${day}::date`)
  }

  /** People of a zone whose streak of at least two days ends with the next night. */
  listStreaksEnding(query: {
    readonly timeZone: string
    readonly lastDay: string
    readonly after: string | null
    readonly limit: number
  }): Promise<z.output<typeof streakRow>[]> {
    const { timeZone, lastDay, after, limit } = query
    return rows(
      this.#db,
      sql`select s.user_id as "userId", s.current as days
        from gramkit.user_streak s join gramkit.user_account u on u.id = s.user_id
        where u.time_zone = ${timeZone} and s.day = ${lastDay}::date and s.current >= 2
          and (${after}::uuid is null or s.user_id > ${after}::uuid)
        order by s.user_id limit ${limit}`,
      streakRow,
    )
  }

  /** People of a zone who came for the first time between two instants. */
  listCreated(query: ZoneQuery): Promise<z.output<typeof sinceRow>[]> {
    return this.#listBetween(sql`created_at`, query)
  }

  /** People of a zone who came last between two instants. */
  listLastSeen(query: ZoneQuery): Promise<z.output<typeof sinceRow>[]> {
    return this.#listBetween(sql`last_seen_at`, query)
  }

  #listBetween(
    column: SQL,
    { timeZone, from, until, after, limit }: ZoneQuery,
  ): Promise<z.output<typeof sinceRow>[]> {
    return rows(
      this.#db,
      sql`select id as "userId", extract(epoch from ${column})::text as since from gramkit.user_account
        where time_zone = ${timeZone} and ${column} >= ${from} and ${column} < ${until}
          and (${after}::uuid is null or id > ${after}::uuid)
        order by id limit ${limit}`,
      sinceRow,
    )
  }
}

function isKey({ slot, timeZone, day }: SlotKey) {
  return and(
    eq(notificationSlot.slot, slot),
    eq(notificationSlot.timeZone, timeZone),
    eq(notificationSlot.day, day),
  )
}
