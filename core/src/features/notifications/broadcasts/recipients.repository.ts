import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { broadcastRecipient } from './broadcast.table.ts'
import { type BroadcastProgress, RECIPIENT_STATUSES, type RecipientStatus } from './broadcast.ts'

const userRow = z.object({ userId: z.uuid() })
const progressRow = z.object({
  status: z.enum(RECIPIENT_STATUSES),
  reason: z.string().nullable(),
  count: z.number(),
})
const nextRow = z.object({ next: z.coerce.date().nullable(), isSending: z.boolean() })

/** What became of one recipient who was taken in hand. */
export interface RecipientResult {
  readonly userId: string
  readonly status: Exclude<RecipientStatus, 'sending'>
  readonly reason: string | null
  /** When a pending one is due again. */
  readonly dueAt: Date
}

/** Who belongs to broadcasts, and what became of each. */
export class RecipientsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Tells whether somebody is due. */
  async isAnyDue(broadcastId: string, now: Date): Promise<boolean> {
    const found = await rows(
      this.#db,
      sql`select user_id as "userId" from ${broadcastRecipient}
        where broadcast_id = ${broadcastId} and status = 'pending' and due_at <= ${now} limit 1`,
      userRow,
    )
    return found.length === 1
  }

  /**
   * Marks some who are due as being sent to, and gives their ids; nobody once the broadcast does not
   * run any more.
   *
   * Locks the broadcast's row against a change until the mark is committed: whoever has canceled it
   * knows that nobody else is marked from then on.
   */
  async claim(
    broadcastId: string,
    options: {
      readonly now: Date
      readonly limit: number
      readonly leaseMs: number
      readonly isPaid: boolean
    },
  ): Promise<string[]> {
    const { now, limit, leaseMs, isPaid } = options
    const claimed = await rows(
      this.#db,
      sql`with running as materialized (
          select id from gramkit.broadcast
          where id = ${broadcastId} and status = 'running' for share
        ), found as materialized (
          select r.user_id from running, ${broadcastRecipient} r
          where r.broadcast_id = running.id and r.status = 'pending' and r.due_at <= ${now}
          order by r.due_at, r.user_id limit ${limit} for update of r skip locked
        )
        update ${broadcastRecipient} r set status = 'sending', is_paid = ${isPaid},
          claimed_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
        from found where r.broadcast_id = ${broadcastId} and r.user_id = found.user_id
        returning r.user_id as "userId"`,
      userRow,
    )
    return claimed.map(({ userId }) => userId)
  }

  /**
   * Writes what became of some who were taken in hand; of those given up meanwhile only the good. Who
   * is to wait in a broadcast that runs no more is skipped.
   *
   * Locks the broadcast's row against a change: a cancel comes before, and is seen here, or after, and
   * finds who waits.
   */
  async record(
    broadcastId: string,
    results: readonly RecipientResult[],
    sentAt: Date,
  ): Promise<void> {
    const column = (values: readonly (string | null)[]) => sql.param([...values])
    await this.#db.execute(sql`with kept as materialized (
        select status = 'running' as runs from gramkit.broadcast where id = ${broadcastId} for share
      )
      update ${broadcastRecipient} r
      set status = case when kept.runs or result.status <> 'pending' then result.status
          else 'skipped' end,
        reason = case when kept.runs or result.status <> 'pending' then result.reason
          else 'canceled' end,
        due_at = result.due_at, claimed_until = null,
        sent_at = case when result.status = 'sent' then ${sentAt}::timestamptz end
      from kept, unnest(
        ${column(results.map(({ userId }) => userId))}::uuid[],
        ${column(results.map(({ status }) => status))}::text[],
        ${column(results.map(({ reason }) => reason))}::text[],
        ${column(results.map(({ dueAt }) => dueAt.toISOString()))}::timestamptz[]
      ) as result (user_id, status, reason, due_at)
      where r.broadcast_id = ${broadcastId} and r.user_id = result.user_id
        and (r.status = 'sending' or r.status = 'unknown' and result.status = 'sent')`)
  }

  /**
   * Ends what a process took and never finished, also in a broadcast that runs no more: whether it
   * went out nobody knows.
   */
  async endInterrupted(): Promise<number> {
    const ended = await rows(
      this.#db,
      sql`update ${broadcastRecipient}
        set status = 'unknown', reason = 'interrupted', claimed_until = null
        where status = 'sending' and claimed_until < clock_timestamp()
        returning user_id as "userId"`,
      userRow,
    )
    return ended.length
  }

  /** Notes of all who wait that the broadcast was canceled. */
  async skipPending(broadcastId: string): Promise<void> {
    await this.#db.execute(sql`update ${broadcastRecipient}
      set status = 'skipped', reason = 'canceled'
      where broadcast_id = ${broadcastId} and status = 'pending'`)
  }

  /** Counts recipients by what became of them. */
  async readProgress(broadcastId: string): Promise<BroadcastProgress> {
    const found = await rows(
      this.#db,
      sql`select status, reason, count(*)::int as count from ${broadcastRecipient}
        where broadcast_id = ${broadcastId} group by status, reason order by count desc`,
      progressRow,
    )
    const countOf = (wanted: RecipientStatus): number =>
      found.filter(({ status }) => status === wanted).reduce((sum, { count }) => sum + count, 0)
    return {
      pending: countOf('pending'),
      sending: countOf('sending'),
      sent: countOf('sent'),
      skipped: countOf('skipped'),
      failed: countOf('failed'),
      unknown: countOf('unknown'),
      reasons: found
        .flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count }]))
        .slice(0, 20),
    }
  }

  /** When somebody falls due in a broadcast that runs, or null; `now` while some are in hand of any. */
  async findNextDueAt(now: Date): Promise<Date | null> {
    const [found] = await rows(
      this.#db,
      sql`select min(next.due_at) as next,
          exists (select from ${broadcastRecipient} where status = 'sending') as "isSending"
        from gramkit.broadcast b, lateral (
          select due_at from ${broadcastRecipient} r
          where r.broadcast_id = b.id and r.status = 'pending' order by due_at limit 1
        ) next where b.status = 'running'`,
      nextRow,
    )
    return found?.isSending ? now : (found?.next ?? null)
  }
}
