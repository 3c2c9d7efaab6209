import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../platform/database/index.ts'
import { ENTRY_STATUSES, type EntryStatus } from './entry.ts'
import type { CohortWeights } from './score.ts'

const placeRow = z.object({ ahead: z.int(), waiting: z.int() })
const countRow = z.object({ status: z.enum(ENTRY_STATUSES), entries: z.int() })

/** Where people are in the queue, from counts that the database keeps. */
export class PlacesRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /**
   * Counts who is before somebody, and who waits at all: one statement, so all of it is of one moment.
   *
   * Adds the counts of classes with a higher score, those of earlier buckets of the same score, and
   * counts inside one bucket (4,096 numbers of joining) by `waitlist_entry_waiting_index`.
   */
  async findPlace(
    entryId: string,
    weights: CohortWeights,
  ): Promise<{ readonly ahead: number; readonly waiting: number } | undefined> {
    const [row] = await rows(
      this.#db,
      sql`
        with scored as materialized (
          select c.id, gramkit.waitlist_score(c, ${JSON.stringify(weights)}::jsonb) as score
          from gramkit.waitlist_class c
        ), mine as materialized (
          select e.seq, e.seq >> 12 as bucket, s.score,
            array(select o.id from scored o where o.score = s.score) as equals
          from gramkit.waitlist_entry e join scored s on s.id = e.class_id
          where e.id = ${entryId}
        )
        select (
          coalesce((select sum(n.entries) from gramkit.waitlist_class_count n
            join scored s on s.id = n.class_id
            where n.status = 'waiting' and s.score > mine.score), 0)
          + coalesce((select sum(b.waiting) from gramkit.waitlist_bucket_count b
            where b.class_id = any(mine.equals) and b.bucket < mine.bucket), 0)
          + (select count(*) from gramkit.waitlist_entry o
            where o.status = 'waiting' and o.class_id = any(mine.equals)
              and o.seq >= mine.bucket << 12 and o.seq < mine.seq)
          )::int as ahead,
          coalesce((select sum(n.entries) from gramkit.waitlist_class_count n
            where n.status = 'waiting'), 0)::int as waiting
        from mine`,
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
