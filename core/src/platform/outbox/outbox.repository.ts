import { asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { NotFound } from '../../kernel/index.ts'
import { announce, builtOnce, type Executor, rows, type ValueOf } from '../database/index.ts'
import type { DomainEvent } from './event.ts'
import { outboxEvent } from './outbox.table.ts'

/** An event as it is stored. */
export type OutboxRow = typeof outboxEvent.$inferSelect

const insertEvent = builtOnce((db, value: ValueOf<Pick<DomainEvent, keyof DomainEvent>>) =>
  db.insert(outboxEvent).values({
    id: value('id'),
    name: value('name'),
    version: value('version'),
    occurredAt: value('occurredAt'),
    subjectId: value('subjectId'),
    userId: value('userId'),
    payload: value('payload'),
  }),
)

const REMOVE_BATCH = 1_000

/** Writes facts beside the change they tell of, and lets the relay take them from there. */
export class OutboxRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /**
   * Writes an event in the caller's transaction.
   *
   * Wakes the relay (`gramkit_wake`) and tells whose screens change (`gramkit_user`) once the
   * transaction is committed: that of the event's user, and of `others` whom it touches as well.
   */
  async add(event: DomainEvent, others: readonly string[] = []): Promise<void> {
    await insertEvent(this.#db, event)
    await announce(this.#db, 'gramkit_wake')
    for (const userId of new Set([event.userId, ...others])) {
      if (userId) await announce(this.#db, 'gramkit_user', userId)
    }
  }

  /** Writes events in one statement and in their order, as {@link add} does. */
  async addAll(events: readonly DomainEvent[]): Promise<void> {
    const [first, ...others] = events
    if (!first) return
    if (others.length === 0) return this.add(first)
    await this.#db.execute(sql`
      insert into gramkit.outbox_event (id, name, version, occurred_at, subject_id, user_id, payload)
      select id, name, version, "occurredAt", "subjectId", "userId", payload
      from rows from (jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as (id uuid, name text,
        version integer, "occurredAt" timestamptz, "subjectId" text, "userId" uuid, payload jsonb))
        with ordinality
      order by ordinality`)
    await announce(this.#db, 'gramkit_wake')
    const users = new Set(events.flatMap(({ userId }) => userId ?? []))
    for (const userId of users) await announce(this.#db, 'gramkit_user', userId)
  }

  /**
   * Reads an event.
   *
   * @throws {@link NotFound}
   */
  async getById(id: string): Promise<OutboxRow> {
    const [row] = await this.#db.select().from(outboxEvent).where(eq(outboxEvent.id, id))
    if (!row) throw new NotFound({ what: 'event', id })
    return row
  }

  /** Reads the oldest events that were not published, after keeping other relays out. */
  async lockUnpublished(limit: number): Promise<OutboxRow[]> {
    // One relay at a time: two that publish neighbours of one subject could commit in the wrong
    // order, which no lock of single rows prevents. Publishing is a few inserts, so it is no limit.
    await this.#db.execute(sql`select pg_advisory_xact_lock(hashtext('gramkit.outbox'))`)
    return this.#db
      .select()
      .from(outboxEvent)
      .where(isNull(outboxEvent.publishedAt))
      .orderBy(asc(outboxEvent.seq))
      .limit(limit)
  }

  /**
   * Removes a batch of what was published more than 30 days ago and has no job any more, and gives
   * its number. By the database's time, which nobody moves.
   */
  async removeOld(): Promise<number> {
    const removed = await rows(
      this.#db,
      sql`
        delete from gramkit.outbox_event where id in (
          select event.id from gramkit.outbox_event event
          where event.published_at < now() - interval '30 days'
            and not exists (select from gramkit.job where job.dedupe_key = event.id::text)
          order by event.published_at limit ${REMOVE_BATCH} for update skip locked
        ) returning id`,
      z.object({ id: z.uuid() }),
    )
    return removed.length
  }

  /** Marks events as turned into jobs. */
  async markPublished(ids: readonly string[], at: Date): Promise<void> {
    await this.#db
      .update(outboxEvent)
      .set({ publishedAt: at })
      .where(inArray(outboxEvent.id, [...ids]))
  }
}
