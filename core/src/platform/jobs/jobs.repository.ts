import { and, asc, eq, gt, lte, min, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { newId, type Page, type PageRequest } from '../../kernel/index.ts'
import {
  announce,
  BaseRepository,
  builtOnce,
  type Executor,
  rows,
  type ValueOf,
} from '../database/index.ts'
import { job, jobLeader } from './job.table.ts'
import type { JobKind } from './job.ts'
import { JobNotDead } from './jobs.errors.ts'

/** A job as it is stored. */
export type JobRow = typeof job.$inferSelect

/** When and in which order a job runs. */
export interface EnqueueOptions {
  /** Not before this instant. [at once] */
  readonly runAt?: Date
  /** Jobs of one key run one after the other, in the order of writing. */
  readonly orderKey?: string
  /** A second job of the same name and key is not written. */
  readonly dedupeKey?: string
}

/** A job ready to be written. */
export interface NewJob extends EnqueueOptions {
  readonly name: string
  readonly payload: unknown
  readonly attemptsMax: number
}

/** A transaction as another session sees it. */
export interface RunningTransaction {
  readonly backendPid: number
  /** In seconds since 1970, to the microsecond. */
  readonly startedAt: string
}

/** Which due jobs are meant. */
export interface DueQuery {
  /** Jobs this process knows; others are left for processes that do. */
  readonly names: readonly string[]
  readonly now: Date
  readonly limit: number
}

const REMOVE_BATCH = 1_000

const countSchema = z.object({ count: z.number() })

/** The instant of jobs that are due as soon as they are written. */
const AT_ONCE = new Date(0)

/** Not a parameter: a prepared plan could then not use the index of pending rows. */
const isPending = sql`${job.status} = 'pending'`
const isUnleased = sql`(${job.leaseUntil} is null or ${job.leaseUntil} < clock_timestamp())`
const other = alias(job, 'other')

/** No pending row of the same order key fulfils the condition; index `job_order_index`. */
function noneOfItsKey(condition: SQL): SQL {
  return sql`(${job.orderKey} is null or not exists (
    select from ${job} as ${sql.identifier('other')}
    where ${other.orderKey} = ${job.orderKey} and ${other.status} = 'pending'
      and ${other.id} <> ${job.id} and (${condition})))`
}

const isEarlier = sql`${other.seq} < ${job.seq}`
const isNotBehind = noneOfItsKey(isEarlier)

/**
 * A row with a lower `seq` may still become visible after this one started, as its transaction
 * committed late; nothing said that it came first, but the two must not run at once either.
 */
const isFirstOfItsKey = noneOfItsKey(sql`${isEarlier} or ${other.leaseUntil} > clock_timestamp()`)

const isAloneWithItsKey = noneOfItsKey(sql`true`)

function isDue({ names, now }: Pick<DueQuery, 'names' | 'now'>): SQL | undefined {
  return and(isPending, lte(job.runAt, now), sql`${job.name} = any(${sql.param([...names])})`)
}

function realTimeIn(durationMs: number): SQL {
  return sql`clock_timestamp() + ${durationMs} * interval '1 millisecond'`
}

const lockPending = builtOnce((db, value: ValueOf<{ id: string; now: Date }>) =>
  db
    .select({
      row: job,
      transaction: {
        backendPid: sql<number>`pg_backend_pid()`,
        startedAt: sql<string>`extract(epoch from now())::text`,
      },
    })
    .from(job)
    .where(
      and(eq(job.id, value('id')), isPending, sql`${job.runAt} <= ${value('now')}`, isUnleased),
    )
    .for('update', { skipLocked: true }),
)

const lockKey = builtOnce((db, value: ValueOf<{ id: string }>) =>
  db
    .select({
      isLocked: sql<boolean>`pg_try_advisory_xact_lock(
        hashtextextended('gramkit.job ' || ${job.orderKey}, 0))`,
    })
    .from(job)
    .where(eq(job.id, value('id'))),
)

const findIfFirst = builtOnce((db, value: ValueOf<{ id: string }>) =>
  db
    .select({ id: job.id })
    .from(job)
    .where(and(eq(job.id, value('id')), isFirstOfItsKey)),
)

const finish = builtOnce((db, value: ValueOf<{ id: string; at: Date }>) =>
  db
    .update(job)
    .set({ status: 'done', finishedAt: sql`${value('at')}`, leaseUntil: null, lastError: null })
    .where(and(eq(job.id, value('id')), isPending))
    .returning({ hasNext: sql<boolean>`not (${isAloneWithItsKey})` }),
)

/** Time that PostgreSQL gives a session to end. */
const ENDED_WITHIN_MS = 5_000

/** Writes jobs beside the change that asks for them, and keeps their state. */
export class JobsRepository extends BaseRepository<typeof job> {
  constructor(db: Executor) {
    super(db, job)
  }

  /**
   * Ends the session of a transaction that has run too long, and waits until it has ended; does
   * nothing when the transaction is over, as its session then works for somebody else.
   */
  async endSession({ backendPid, startedAt }: RunningTransaction): Promise<void> {
    await this.db.execute(sql`
      select pg_terminate_backend(pid, ${ENDED_WITHIN_MS}::bigint) from pg_stat_activity
      where pid = ${backendPid} and extract(epoch from xact_start)::text = ${startedAt}`)
  }

  /** Writes a job in the caller's transaction; the relay wakes when it is committed. */
  async enqueue<Payload>(
    kind: JobKind<Payload>,
    payload: NoInfer<Payload>,
    options: EnqueueOptions = {},
  ): Promise<void> {
    const { name, schema, attemptsMax } = kind
    await this.enqueueAll([{ name, payload: schema.parse(payload), attemptsMax, ...options }])
  }

  /** Writes jobs whose payloads were checked already, in the given order. */
  async enqueueAll(jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return
    await this.db
      .insert(job)
      .values(jobs.map((one) => ({ runAt: AT_ONCE, ...one, id: newId() })))
      .onConflictDoNothing({ target: [job.name, job.dedupeKey] })
    await this.#wakeRelay()
  }

  /** Reads the jobs that may run now, in the order in which they should. */
  async listRunnable(query: DueQuery): Promise<Pick<JobRow, 'id' | 'name'>[]> {
    return this.db
      .select({ id: job.id, name: job.name })
      .from(job)
      .where(and(isDue(query), isUnleased, isFirstOfItsKey))
      .orderBy(asc(job.runAt), asc(job.seq))
      .limit(query.limit)
  }

  /**
   * Marks runnable jobs as handed to the queue, oldest first, so that no other relay does.
   *
   * Takes those that were handed long ago and are still there; rows that are being worked are
   * locked or leased and stay out. `inFlightMax` bounds what waits in the queue, so that a long
   * backlog is not handed over again and again.
   */
  async claimForHandover(
    query: DueQuery & { readonly staleMs: number; readonly inFlightMax: number },
  ): Promise<Pick<JobRow, 'id' | 'name'>[]> {
    const staleAt = realTimeIn(-query.staleMs)
    const [inFlight] = await rows(
      this.db,
      sql`select count(*)::int as count from ${job} where ${isPending} and ${job.handedAt} > ${staleAt}`,
      countSchema,
    )
    const free = query.inFlightMax - (inFlight?.count ?? 0)
    if (free <= 0) return []
    const claimed = this.db
      .select({ id: job.id })
      .from(job)
      .where(
        and(
          isDue(query),
          isUnleased,
          isFirstOfItsKey,
          sql`(${job.handedAt} is null or ${job.handedAt} < ${staleAt})`,
        ),
      )
      .orderBy(asc(job.runAt), asc(job.seq))
      .limit(Math.min(query.limit, free))
      .for('update', { skipLocked: true })
    return this.db
      .update(job)
      .set({ handedAt: sql`clock_timestamp()`, handovers: sql`${job.handovers} + 1` })
      .where(sql`${job.id} in (${claimed})`)
      .returning({ id: job.id, name: job.name })
  }

  /** Takes a hand-over back, so that the next round tries again. */
  async releaseHandover(ids: readonly string[]): Promise<void> {
    await this.db
      .update(job)
      .set({ handedAt: null })
      .where(sql`${job.id} = any(${sql.param([...ids])}::uuid[])`)
  }

  /**
   * Locks a job until the transaction ends, if it may run now; undefined when it is done, not due,
   * in somebody else's hands or behind another of its order key.
   */
  async lockRunnable(
    id: string,
    now: Date,
  ): Promise<{ readonly row: JobRow; readonly transaction: RunningTransaction } | undefined> {
    const [found] = await lockPending(this.db, { id, now })
    if (!found?.row.orderKey) return found
    // Row locks alone let two of one key run at once when the earlier one became visible late.
    const [key] = await lockKey(this.db, { id })
    if (key?.isLocked !== true) return undefined
    const [first] = await findIfFirst(this.db, { id })
    return first && found
  }

  /** Keeps others away from a job that {@link lockRunnable} locked, for work outside the transaction. */
  async lease(id: string, durationMs: number): Promise<void> {
    await this.db
      .update(job)
      .set({ leaseUntil: realTimeIn(durationMs) })
      .where(eq(job.id, id))
  }

  /** Marks a job done; the next of its order key may run. */
  async markDone(id: string, at: Date): Promise<void> {
    const [done] = await finish(this.db, { id, at })
    // One that is written at this moment may be missed; the relay finds it when it looks by itself.
    if (done?.hasNext) await this.#wakeRelay()
  }

  /** Counts a failed try; `dead` puts the job aside. A try that was counted already is not again. */
  async markFailed(
    { id, attempts, orderKey }: Pick<JobRow, 'id' | 'attempts' | 'orderKey'>,
    failure: { readonly error: string; readonly at: Date; readonly retryAt: Date | 'dead' },
  ): Promise<void> {
    const { error, at, retryAt } = failure
    await this.db
      .update(job)
      .set({
        attempts: attempts + 1,
        lastError: error,
        handedAt: null,
        handovers: 0,
        leaseUntil: null,
        ...(retryAt === 'dead' ? { status: 'dead', finishedAt: at } : { runAt: retryAt }),
      })
      .where(and(eq(job.id, id), isPending, eq(job.attempts, attempts)))
    if (orderKey && retryAt === 'dead') await this.#wakeRelay()
  }

  /** Reads the jobs that were put aside, in id order. */
  listDead(request: PageRequest = {}): Promise<Page<JobRow>> {
    return this.listWhere(eq(job.status, 'dead'), request)
  }

  /**
   * Puts a dead job back with all its tries.
   *
   * @throws {@link NotFound}
   * @throws {@link JobNotDead}
   */
  async retry(id: string): Promise<void> {
    const [revived] = await this.db
      .update(job)
      .set({
        status: 'pending',
        attempts: 0,
        runAt: AT_ONCE,
        handedAt: null,
        handovers: 0,
        finishedAt: null,
      })
      .where(and(eq(job.id, id), eq(job.status, 'dead')))
      .returning({ id: job.id })
    if (revived) return this.#wakeRelay()
    const { status } = await this.getById(id)
    throw new JobNotDead({ jobId: id, status })
  }

  /** Removes a batch of what was done more than 30 days ago, by the database's time; gives its number. */
  async removeOld(): Promise<number> {
    const removed = await rows(
      this.db,
      sql`
        delete from ${job} where ${job.id} in (
          select ${job.id} from ${job}
          where ${job.status} = 'done' and ${job.finishedAt} < now() - interval '30 days'
          order by ${job.finishedAt} limit ${REMOVE_BATCH} for update skip locked
        ) returning ${job.id}`,
      z.object({ id: z.uuid() }),
    )
    return removed.length
  }

  /** Tells whether a job is due, be it in somebody's hands; not one behind a job that is not due. */
  async isAnyDue(query: Pick<DueQuery, 'names' | 'now'>): Promise<boolean> {
    const found = await this.db
      .select({ id: job.id })
      .from(job)
      .where(and(isDue(query), isNotBehind))
      .limit(1)
    return found.length === 1
  }

  /** Tells whether a due job was handed over more than once and nobody came for it. */
  async isAnyForgotten(query: Pick<DueQuery, 'names' | 'now'>): Promise<boolean> {
    const found = await this.db
      .select({ id: job.id })
      .from(job)
      .where(and(isDue(query), gt(job.handovers, 1), isUnleased))
      .limit(1)
    return found.length === 1
  }

  /** Instant of the earliest job that waits for its time. */
  async nextRunAt({ names, now }: Pick<DueQuery, 'names' | 'now'>): Promise<Date | null> {
    const [next] = await this.db
      .select({ at: min(job.runAt) })
      .from(job)
      .where(and(isPending, gt(job.runAt, now), sql`${job.name} = any(${sql.param([...names])})`))
    return next?.at ?? null
  }

  /** Makes the holder the one who does a chore for a while; false when somebody else is. */
  async lead(chore: string, holderId: string, durationMs: number): Promise<boolean> {
    const expiresAt = realTimeIn(durationMs)
    const led = await this.db
      .insert(jobLeader)
      .values({ chore, holderId, expiresAt })
      .onConflictDoUpdate({
        target: jobLeader.chore,
        set: { holderId, expiresAt },
        setWhere: sql`${jobLeader.holderId} = ${holderId} or ${jobLeader.expiresAt} < clock_timestamp()`,
      })
      .returning({ chore: jobLeader.chore })
    return led.length === 1
  }

  /** Lets somebody else lead a chore at once. */
  async resign(chore: string, holderId: string): Promise<void> {
    await this.db
      .delete(jobLeader)
      .where(and(eq(jobLeader.chore, chore), eq(jobLeader.holderId, holderId)))
  }

  async #wakeRelay(): Promise<void> {
    await announce(this.db, 'gramkit_wake')
  }
}
