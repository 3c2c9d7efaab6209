import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../platform/database/index.ts'
import { ENTRY_STATUSES, type EntryStatus } from './entry.ts'
import { COHORTS, type CohortWeights, PERSONAS } from './score.ts'

const placeRow = z.object({
  ahead: z.int(),
  waiting: z.int(),
  status: z.enum(ENTRY_STATUSES),
  persona: z.enum(PERSONAS),
  isDetailed: z.boolean(),
  hasKeyword: z.boolean(),
  referrals: z.int(),
  cohort: z.enum(COHORTS),
  invitedLately: z.int(),
  firstInvitedAt: z.coerce.date().nullable(),
})

/** Who is before somebody, and what that is made of. */
export type FoundPlace = z.output<typeof placeRow>

const countRow = z.object({ status: z.enum(ENTRY_STATUSES), entries: z.int() })

/** Where people are in the queue, from counts that the database keeps. */
export class PlacesRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /**
   * Counts who is before somebody, and who waits at all: one statement, so all of it is of one moment.
   * Tells as well what their score depends on, and how many were invited lately.
   *
   * Adds the counts of classes with a higher score, those of earlier buckets of the same score, and
   * counts inside one bucket (4,096 numbers of joining) by `waitlist_entry_waiting_index`.
   */
  async findPlace(
    entryId: string,
    { weights, since }: { readonly weights: CohortWeights; readonly since: Date },
  ): Promise<FoundPlace | undefined> {
    const [row] = await rows(
      this.#db,
      sql`
        with scored as materialized (
          select * from gramkit.waitlist_scores(${JSON.stringify(weights)}::jsonb)
        ), mine as materialized (
          select e.seq, e.seq >> 12 as bucket, s.score, e.class_id, e.status,
            array(select o.class_id from scored o where o.score = s.score) as equals
          from gramkit.waitlist_entry e join scored s on s.class_id = e.class_id
          where e.id = ${entryId}
        )
        select (
          coalesce((select sum(n.entries) from gramkit.waitlist_class_count n
            join scored s on s.class_id = n.class_id
            where n.status = 'waiting' and s.score > mine.score), 0)
          + coalesce((select sum(b.waiting) from gramkit.waitlist_bucket_count b
            where b.class_id = any(mine.equals) and b.bucket < mine.bucket), 0)
          + (select count(*) from gramkit.waitlist_entry o
            where o.status = 'waiting' and o.class_id = any(mine.equals)
              and o.seq >= mine.bucket << 12 and o.seq < mine.seq)
          )::int as ahead,
          coalesce((select sum(n.entries) from gramkit.waitlist_class_count n
            where n.status = 'waiting'), 0)::int as waiting,
          mine.status, c.persona, c.is_detailed as "isDetailed", c.has_keyword as "hasKeyword", c.referrals,
          c.cohort,
          coalesce((select sum(b.generated) from gramkit.waitlist_batch b
            where b.created_at > ${since}), 0)::int as "invitedLately",
          (select b.created_at from gramkit.waitlist_batch b where b.generated > 0
            order by b.created_at limit 1) as "firstInvitedAt"
        from mine join gramkit.waitlist_class c on c.id = mine.class_id`,
      placeRow,
    )
    return row
  }

  /** How many entries are in each state. */
  async countByStatus(): Promise<Readonly<Record<EntryStatus, number>>> {
    const found = await rows(
      this.#db,
      sql`select status, sum(entries)::int as entries from gramkit.waitlist_class_count
          group by status`,
      countRow,
    )
    const counts = { unconfirmed: 0, waiting: 0, invited: 0, admitted: 0, lapsed: 0, left: 0 }
    for (const { status, entries } of found) counts[status] = entries
    return counts
  }
}
