import { and, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { BaseRepository, type Executor, rows } from '../../platform/database/index.ts'
import { notification } from './notification.table.ts'
import type { ChannelName, Notification } from './notification.ts'

const idRow = z.object({ id: z.uuid() })
const nextRow = z.object({ next: z.coerce.date().nullable(), isSending: z.boolean() })

/** What became of a notification that was tried. */
export interface Ended {
  readonly status: 'sent' | 'skipped' | 'failed' | 'unknown'
  readonly channel: ChannelName | null
  readonly reason: string | null
  readonly at: Date
}

/** Messages to single people. */
export class NotificationsRepository extends BaseRepository<typeof notification> {
  constructor(db: Executor) {
    super(db, notification)
  }

  /** Writes new notifications and gives how many; whose occasion is known already is left out. */
  async insertNew(values: readonly (typeof notification.$inferInsert)[]): Promise<number> {
    if (values.length === 0) return 0
    const written = await this.db
      .insert(notification)
      .values([...values])
      .onConflictDoNothing()
      .returning({ id: notification.id })
    return written.length
  }

  /**
   * Takes some that are due, the highest rank first, so that nobody else sends them. The lease is in
   * the server's time, which no virtual clock moves.
   */
  async claimDue(options: {
    readonly now: Date
    readonly limit: number
    readonly leaseMs: number
  }): Promise<Notification[]> {
    const { now, limit, leaseMs } = options
    const claimed = await rows(
      this.db,
      sql`with found as materialized (
          select n.id from generate_series(0, 2) as r(rank), lateral (
            select id from ${notification}
            where status = 'due' and rank = r.rank and due_at <= ${now}
            order by due_at limit ${limit} for update skip locked
          ) n limit ${limit}
        )
        update ${notification} as n set status = 'sending',
          claimed_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
        from found where n.id = found.id returning n.id`,
      idRow,
    )
    return this.getByIds(claimed.map(({ id }) => id))
  }

  /** Ends one that is being sent; also when it took so long that somebody gave it up meanwhile. */
  async end(id: string, { status, channel, reason, at }: Ended): Promise<void> {
    await this.db
      .update(notification)
      .set({ status, channel, reason, sentAt: status === 'sent' ? at : null, claimedUntil: null })
      .where(and(eq(notification.id, id), inArray(notification.status, ['sending', 'unknown'])))
  }

  /** Puts one that is being sent off until an instant. */
  async putOff(
    id: string,
    { dueAt, attempts }: { readonly dueAt: Date; readonly attempts: number },
  ): Promise<void> {
    await this.db
      .update(notification)
      .set({ status: 'due', dueAt, attempts, claimedUntil: null })
      .where(and(eq(notification.id, id), eq(notification.status, 'sending')))
  }

  /**
   * Ends what a process took and never finished: whether it went out nobody knows. What may be
   * repeated without harm is due again.
   */
  async endInterrupted(repeatable: readonly string[]): Promise<number> {
    const ended = await rows(
      this.db,
      sql`update ${notification} set claimed_until = null,
          status = case when template = any(${sql.param([...repeatable])}::text[])
            then 'due' else 'unknown' end,
          reason = 'interrupted'
        where status = 'sending' and claimed_until < clock_timestamp() returning id`,
      idRow,
    )
    return ended.length
  }

  /** Makes a guest's notifications the user's, save those of occasions that the user knows. */
  async adopt(guestId: string, userId: string): Promise<void> {
    await this.db.execute(sql`update ${notification} n set user_id = ${userId}
      where n.user_id = ${guestId} and not exists (select from ${notification} o
        where o.user_id = ${userId} and o.template = n.template and o.occasion = n.occasion)`)
    await this.db.delete(notification).where(eq(notification.userId, guestId))
  }

  /** When the next one falls due, or null; `now` while some are in somebody's hands. */
  async findNextDueAt(now: Date): Promise<Date | null> {
    const [found] = await rows(
      this.db,
      sql`select min(n.due_at) as next,
          exists (select from ${notification} where status = 'sending') as "isSending"
        from generate_series(0, 2) as r(rank), lateral (
          select due_at from ${notification}
          where status = 'due' and rank = r.rank order by due_at limit 1
        ) n`,
      nextRow,
    )
    return found?.isSending ? now : (found?.next ?? null)
  }
}
