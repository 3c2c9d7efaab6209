import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  addMs,
  DAY_MS,
  decodeCursor,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from '../../../kernel/index.ts'
import { BaseRepository, type Executor, rows } from '../../../platform/database/index.ts'
import { broadcast } from './broadcast.table.ts'
import type { AudienceCount, Broadcast, BroadcastAudience } from './broadcast.ts'

const countRow = z.object({ recipients: z.number(), unreachable: z.number() })
const takenRow = z.object({ taken: z.number() })

/** People on Telegram who belong to an audience, and why some of them would get nothing. */
function peopleOf({ languages, seenWithinDays }: BroadcastAudience, now: Date): SQL {
  // As languageOf reads it (kernel): the own choice, else Telegram's.
  const language = sql`coalesce(u.language, case
    when lower(u.language_code) ~ '^ru([-_]|$)' then 'ru' else 'en' end)`
  const isMeant = [
    sql`u.telegram_id is not null`,
    ...(languages ? [sql`${language} = any(${sql.param([...languages])}::text[])`] : []),
    ...(seenWithinDays ? [sql`u.last_seen_at >= ${addMs(now, -seenWithinDays * DAY_MS)}`] : []),
  ]
  return sql`(select u.id, case
      when r.user_id is not null then 'blocked' when p.is_enabled = false then 'turned off'
    end as reason
    from gramkit.user_account u
    left join gramkit.notification_reach r on r.user_id = u.id
    left join gramkit.notification_preference p on p.user_id = u.id and p.topic = 'news'
    where ${sql.join(isMeant, sql` and `)}) people`
}

/** Messages to many people. */
export class BroadcastsRepository extends BaseRepository<typeof broadcast> {
  constructor(db: Executor) {
    super(db, broadcast)
  }

  /** Counts an audience as it is now. */
  async countAudience(audience: BroadcastAudience, now: Date): Promise<AudienceCount> {
    const [found] = await rows(
      this.db,
      sql`select count(*) filter (where reason is null)::int as recipients,
          count(reason)::int as unreachable from ${peopleOf(audience, now)}`,
      countRow,
    )
    return found ?? { recipients: 0, unreachable: 0 }
  }

  /** Starts a draft; undefined when it is none any more. */
  async start(id: string, startedAt: Date): Promise<Broadcast | undefined> {
    const [row] = await this.db
      .update(broadcast)
      .set({ status: 'running', startedAt })
      .where(and(eq(broadcast.id, id), eq(broadcast.status, 'draft')))
      .returning()
    return row
  }

  /** Writes down who gets it, and who belongs to it and does not. */
  async takeSnapshot({ id, audience }: Broadcast, at: Date): Promise<void> {
    await this.db.execute(sql`insert into gramkit.broadcast_recipient
        (broadcast_id, user_id, status, reason, due_at)
      select ${id}::uuid, people.id, case when reason is null then 'pending' else 'skipped' end,
        reason, ${at}::timestamptz from ${peopleOf(audience, at)}`)
  }

  /** Stops a draft or a running one; undefined when it has ended already. */
  async cancel(id: string, endedAt: Date): Promise<Broadcast | undefined> {
    const [row] = await this.db
      .update(broadcast)
      .set({ status: 'canceled', endedAt })
      .where(and(eq(broadcast.id, id), inArray(broadcast.status, ['draft', 'running'])))
      .returning()
    return row
  }

  /** Ends a running one in which nobody waits any more; false when somebody does. */
  async finish(id: string, endedAt: Date): Promise<boolean> {
    const ended = await this.db
      .update(broadcast)
      .set({ status: 'finished', endedAt })
      .where(
        and(
          eq(broadcast.id, id),
          eq(broadcast.status, 'running'),
          sql`not exists (select from gramkit.broadcast_recipient r
            where r.broadcast_id = ${id} and r.status = 'pending')`,
          sql`not exists (select from gramkit.broadcast_recipient r
            where r.broadcast_id = ${id} and r.status = 'sending')`,
        ),
      )
      .returning()
    return ended.length === 1
  }

  /** Running broadcasts, the first that started first. */
  listRunning(): Promise<Broadcast[]> {
    return this.db
      .select()
      .from(broadcast)
      .where(eq(broadcast.status, 'running'))
      .orderBy(asc(broadcast.startedAt), asc(broadcast.id))
      .limit(100)
  }

  /** A page of all of them, newest first: ids are made by whoever drafts, so they tell no order. */
  async listNewest(request: PageRequest): Promise<Page<Broadcast>> {
    const limit = pageLimit(request)
    const isOlder = request.cursor
      ? sql`(${broadcast.createdAt}, ${broadcast.id}) < (
          select b.created_at, b.id from gramkit.broadcast b
          where b.id = ${decodeCursor(request.cursor)})`
      : undefined
    const found = await this.db
      .select()
      .from(broadcast)
      .where(isOlder)
      .orderBy(desc(broadcast.createdAt), desc(broadcast.id))
      .limit(limit + 1)
    return toPage(found, limit, ({ id }) => id)
  }

  /** Tells whether one runs at this moment. */
  async isRunning(id: string): Promise<boolean> {
    const [found] = await this.db
      .select({ status: broadcast.status })
      .from(broadcast)
      .where(eq(broadcast.id, id))
    return found?.status === 'running'
  }

  /** Takes leave for messages that cost money, as many as are left of what it may cost. */
  async takePaid(id: string, wanted: number): Promise<number> {
    const [found] = await rows(
      this.db,
      sql`with left_over as (
          select id, least(${wanted}::int, paid_messages - paid_taken) as taken
          from ${broadcast} where id = ${id} and status = 'running' for update
        )
        update ${broadcast} b set paid_taken = b.paid_taken + left_over.taken
        from left_over where b.id = left_over.id returning left_over.taken`,
      takenRow,
    )
    return found?.taken ?? 0
  }

  /** Gives leave back for messages that were not sent. */
  async giveBackPaid(id: string, count: number): Promise<void> {
    if (count === 0) return
    await this.db
      .update(broadcast)
      .set({ paidTaken: sql`${broadcast.paidTaken} - ${count}` })
      .where(eq(broadcast.id, id))
  }
}
