import { createHash } from 'node:crypto'
import { and, asc, eq, gt, gte, lte, min, ne, sql } from 'drizzle-orm'
import { z } from 'zod'
import { newId, type Page, type PageRequest } from '../../kernel/index.ts'
import { BaseRepository, builtOnce, type Executor, rows, type ValueOf } from '../database/index.ts'
import { inboxDelivery } from './inbox.table.ts'

/** A delivery as it is stored. */
export type InboxRow = typeof inboxDelivery.$inferSelect

/** Not a parameter: a prepared plan could then not use the index of pending rows. */
const isPending = sql`${inboxDelivery.status} = 'pending'`

const REMOVE_BATCH = 1_000

type NewDelivery = Pick<
  InboxRow,
  'id' | 'provider' | 'key' | 'body' | 'sender' | 'receivedAt' | 'nextAttemptAt'
>

const insertNew = builtOnce((db, value: ValueOf<NewDelivery>) =>
  db
    .insert(inboxDelivery)
    .values({
      id: value('id'),
      provider: value('provider'),
      key: value('key'),
      body: value('body'),
      sender: value('sender'),
      receivedAt: value('receivedAt'),
      nextAttemptAt: value('nextAttemptAt'),
    })
    .onConflictDoNothing({ target: [inboxDelivery.provider, inboxDelivery.key] })
    .returning(),
)

const finish = builtOnce((db, value: ValueOf<{ id: string; at: Date }>) =>
  db
    .update(inboxDelivery)
    .set({ status: 'done', finishedAt: sql`${value('at')}`, lastError: null })
    .where(and(eq(inboxDelivery.id, value('id')), ne(inboxDelivery.status, 'done')))
    .returning({ id: inboxDelivery.id }),
)

/** Keeps deliveries from outside and what became of them. */
export class InboxRepository extends BaseRepository<typeof inboxDelivery> {
  constructor(db: Executor) {
    super(db, inboxDelivery)
  }

  /** Stores a delivery, or answers with the one that its provider and key already brought. */
  async insertOnce(
    delivery: Omit<NewDelivery, 'id'>,
  ): Promise<{ readonly row: InboxRow; readonly isNew: boolean }> {
    const [inserted] = await insertNew(this.db, { ...delivery, id: newId() })
    if (inserted) return { row: inserted, isNew: true }
    const [row] = await this.db
      .select()
      .from(inboxDelivery)
      .where(
        and(eq(inboxDelivery.provider, delivery.provider), eq(inboxDelivery.key, delivery.key)),
      )
    // Removed in between, which only an operator does: store it after all.
    if (!row) return this.insertOnce(delivery)
    if (row.body === delivery.body) return { row, isNew: false }
    // Another delivery under a used key: Telegram, for one, begins its numbers anew after a week.
    const key = `${delivery.key}:${createHash('sha256').update(delivery.body).digest('base64url')}`
    return this.insertOnce({ ...delivery, key })
  }

  /**
   * Marks a delivery as done; false when another try did. In a transaction it keeps other tries
   * waiting until that ends.
   */
  async markDone(id: string, at: Date): Promise<boolean> {
    const done = await finish(this.db, { id, at })
    return done.length === 1
  }

  /** Counts a failed try; a try that was counted already, or done since, is left alone. */
  async markFailed(
    { id, status, attempts }: Pick<InboxRow, 'id' | 'status' | 'attempts'>,
    failure: { readonly error: string; readonly at: Date; readonly retryAt: Date | 'park' },
  ): Promise<void> {
    const { error, at, retryAt } = failure
    await this.db
      .update(inboxDelivery)
      .set({
        attempts: attempts + 1,
        lastError: error,
        ...(retryAt === 'park' ? { status: 'parked', finishedAt: at } : { nextAttemptAt: retryAt }),
      })
      .where(
        and(
          eq(inboxDelivery.id, id),
          eq(inboxDelivery.status, status),
          eq(inboxDelivery.attempts, attempts),
        ),
      )
  }

  /** Puts a delivery that was parked back with all its tries; false when it was not parked. */
  async unpark(id: string, at: Date): Promise<boolean> {
    const revived = await this.db
      .update(inboxDelivery)
      .set({ status: 'pending', attempts: 0, nextAttemptAt: at, finishedAt: null })
      .where(and(eq(inboxDelivery.id, id), eq(inboxDelivery.status, 'parked')))
      .returning({ id: inboxDelivery.id })
    return revived.length === 1
  }

  /** Reads the ids of deliveries that wait for another try, in the order in which they fell due. */
  async listDueIds(now: Date, limit: number): Promise<string[]> {
    const due = await this.db
      .select({ id: inboxDelivery.id })
      .from(inboxDelivery)
      .where(and(isPending, lte(inboxDelivery.nextAttemptAt, now)))
      .orderBy(asc(inboxDelivery.nextAttemptAt), asc(inboxDelivery.id))
      .limit(limit)
    return due.map(({ id }) => id)
  }

  /** Instant at which the next delivery is tried again. */
  async nextAttemptAt(): Promise<Date | null> {
    const [next] = await this.db
      .select({ at: min(inboxDelivery.nextAttemptAt) })
      .from(inboxDelivery)
      .where(isPending)
    return next?.at ?? null
  }

  /** How many deliveries of a sender still wait to be applied. */
  async countOpenOf(sender: string): Promise<number> {
    return this.db.$count(
      inboxDelivery,
      and(eq(inboxDelivery.sender, sender), ne(inboxDelivery.status, 'done')),
    )
  }

  /** Who sent what was done since an instant: up to a number of senders, in order. */
  async listSenders(asked: {
    readonly since: Date
    readonly after: string
    readonly limit: number
  }): Promise<string[]> {
    const { sender, status, finishedAt } = inboxDelivery
    const found = await this.db
      .selectDistinct({ sender: sql<string>`${sender}` })
      .from(inboxDelivery)
      .where(and(gt(sender, asked.after), eq(status, 'done'), gte(finishedAt, asked.since)))
      .orderBy(asc(sender))
      .limit(asked.limit)
    return found.map((row) => row.sender)
  }

  /** Empties what a sender has sent and is done: that it came stays, so that it is not applied twice. */
  async forget(sender: string): Promise<void> {
    await this.db
      .update(inboxDelivery)
      .set({ body: '{}', sender: null, lastError: null })
      .where(and(eq(inboxDelivery.sender, sender), eq(inboxDelivery.status, 'done')))
  }

  /** Removes a batch of what was done more than 30 days ago, by the database's time; gives its number. */
  async removeOld(): Promise<number> {
    const removed = await rows(
      this.db,
      sql`
        delete from ${inboxDelivery} where ${inboxDelivery.id} in (
          select ${inboxDelivery.id} from ${inboxDelivery}
          where ${inboxDelivery.status} = 'done'
            and ${inboxDelivery.finishedAt} < now() - interval '30 days'
          order by ${inboxDelivery.finishedAt} limit ${REMOVE_BATCH} for update skip locked
        ) returning ${inboxDelivery.id}`,
      z.object({ id: z.uuid() }),
    )
    return removed.length
  }

  /** Reads the deliveries that were parked, in id order. */
  listParked(request: PageRequest = {}): Promise<Page<InboxRow>> {
    return this.listWhere(eq(inboxDelivery.status, 'parked'), request)
  }
}
