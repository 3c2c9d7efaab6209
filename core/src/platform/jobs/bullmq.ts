/**
 * Carries jobs with BullMQ, on Redis or on PostgreSQL. The only part that needs its packages.
 *
 * @module
 */
import {
  type BackendFactory,
  type Job,
  type PgPool,
  PostgresConnection,
  type PostgresConnectionOptions,
  PostgresQueueBackend,
  Queue,
  runMigrations,
  Worker,
} from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { z } from 'zod'
import type { JobTransport, Tick, TransportWorker, WorkerOptions } from './transport.ts'

/** PostgreSQL schema that BullMQ's own tables live in. */
export const QUEUE_SCHEMA = 'gramkit_queue'

const QUEUE_NAME = 'gramkit'

/** Where the queue is. */
export interface BullmqOptions {
  readonly url: string
  /** Tells queues of several apps on one server apart. [gramkit] */
  readonly queue?: string
  /** Hears of lost connections; they are made again by themselves. */
  readonly onError?: (error: Error) => void
}

const SEND_TIMEOUT_MS = 5_000
const CLOSE_TIMEOUT_MS = 5_000
/** A ticker whose next tick lies this far back has lost it. */
const STUCK_MS = 60_000
const ONCE = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('job'), name: z.string(), id: z.string() }),
  z.object({ kind: z.literal('tick'), name: z.string() }),
])

/** A queue or worker together with the way to end it at once. */
interface Opened<T> {
  readonly it: T
  /** Ends its connections without waiting for anything. */
  end(): Promise<void> | void
}

type AnyQueue = Pick<
  Queue,
  'addBulk' | 'getJobSchedulers' | 'upsertJobScheduler' | 'removeJobScheduler' | 'close'
>

interface Backend {
  openQueue(): Promise<Opened<AnyQueue>>
  openWorker(
    handle: (job: Job) => Promise<void>,
    concurrency: number,
  ): Promise<Opened<Pick<Worker, 'close'>>>
}

/** Carries jobs with BullMQ on Redis. */
export function bullmqOnRedis(options: BullmqOptions): JobTransport {
  const { url, queue: name = QUEUE_NAME, onError = () => {} } = options
  return new BullmqTransport({
    async openQueue() {
      // Fails fast while Redis is away, instead of keeping callers waiting until it is back.
      const client = new Redis(url, {
        lazyConnect: true,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        commandTimeout: 1_500,
        connectTimeout: 1_500,
      })
      client.on('error', onError)
      const end = (): void => client.disconnect()
      try {
        await client.connect()
        const it = new Queue(name, { connection: client, skipMetasUpdate: true })
        it.on('error', onError)
        return { it, end }
      } catch (error) {
        end()
        throw error
      }
    },
    async openWorker(handle, concurrency) {
      // Blocking commands wait for jobs, so they may neither time out nor give up.
      const client = new Redis(url, {
        maxRetriesPerRequest: null,
        retryStrategy: (attempt) => Math.min(attempt * 1_000, 10_000),
      })
      client.on('error', onError)
      const it = new Worker(name, handle, { connection: client, concurrency, ...kept() })
      it.on('error', onError)
      return { it, end: () => client.disconnect() }
    },
  })
}

/**
 * Carries jobs with BullMQ on PostgreSQL, with at most four connections.
 *
 * Needs the tables of {@link migrateQueue}, and an address that no pooler stands before, as it
 * listens for notifications.
 */
export function bullmqOnPostgres(options: BullmqOptions): JobTransport {
  const { url, queue: name = QUEUE_NAME, onError = () => {} } = options
  const openPool = (max: number): PgPool => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      keepAlive: true,
      connectionTimeoutMillis: 3_000,
      options: `-c search_path=${QUEUE_SCHEMA}`,
      application_name: 'gramkit-queue',
    })
    pool.on('error', onError)
    pool.on('connect', (client) => client.on('error', onError))
    // The same class in two descriptions that differ in how listeners are typed.
    return pool as PgPool
  }
  return new BullmqTransport({
    async openQueue() {
      const pool = openPool(1)
      const it = new Queue(name, { connection: pool, skipMetasUpdate: true }, onPool)
      it.on('error', onError)
      return { it, end: () => pool.end() }
    },
    async openWorker(handle, concurrency) {
      // One of the three listens.
      const pool = openPool(3)
      const it = new Worker(name, handle, { connection: pool, concurrency, ...kept() }, onPool)
      it.on('error', onError)
      return { it, end: () => pool.end() }
    },
  })
}

/**
 * Creates or updates BullMQ's tables and lets the application's role use them.
 *
 * Must run as the owner of the database, after core's own migrations. The queue's name is needed
 * because BullMQ counts each queue's messages with a sequence that only an owner can create.
 */
export async function migrateQueue(ownerUrl: string, queue: string = QUEUE_NAME): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'gramkit-migrate' })
  await client.connect()
  try {
    await runMigrations(client, QUEUE_SCHEMA)
    const found = await client.query<{ name: string }>(
      `select ${QUEUE_SCHEMA}.job_id_seq_name($1) as name`,
      [queue],
    )
    for (const { name } of found.rows) {
      const sequence = pg.escapeIdentifier(name)
      await client.query(`create sequence if not exists ${QUEUE_SCHEMA}.${sequence}`)
    }
    await client.query(`
      grant usage on schema ${QUEUE_SCHEMA} to gramkit_app;
      grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to gramkit_app;
      grant usage, select on all sequences in schema ${QUEUE_SCHEMA} to gramkit_app;
      revoke insert, update, delete on ${QUEUE_SCHEMA}.migration from gramkit_app;
    `)
  } finally {
    await client.end()
  }
}

/** BullMQ lets a pool of ours have no schema but its default; this names the one it is set to. */
class PoolConnection extends PostgresConnection {
  override readonly schema = QUEUE_SCHEMA
}

const onPool: BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> = (
  name,
  options,
  { withBlockingConnection = false } = {},
) =>
  new PostgresQueueBackend(
    new PoolConnection(options.connection),
    name,
    options,
    true,
    withBlockingConnection ? name : undefined,
  )

class BullmqTransport implements JobTransport {
  readonly #backend: Backend
  #queue: Promise<Opened<AnyQueue>> | undefined

  constructor(backend: Backend) {
    this.#backend = backend
  }

  async send(jobs: readonly { readonly id: string; readonly name: string }[]): Promise<void> {
    // No job id of ours: one that still exists would silently swallow the message.
    const messages = jobs.map(({ id, name }) => ({
      name,
      data: { kind: 'job', name, id },
      opts: ONCE,
    }))
    await this.#withQueue((queue) => queue.addBulk(messages))
  }

  async keepTicking(ticks: readonly Tick[]): Promise<void> {
    await this.#withQueue(async (queue) => {
      const placed = new Map((await queue.getJobSchedulers()).map((one) => [one.key, one]))
      for (const { name, everyMs } of ticks) {
        const found = placed.get(name)
        placed.delete(name)
        const isStuck = (found?.next ?? 0) < Date.now() - Math.max(STUCK_MS, 3 * everyMs)
        if (found?.every === everyMs && !isStuck) continue
        const data = { kind: 'tick', name }
        await queue.upsertJobScheduler(name, { every: everyMs }, { name, data, opts: ONCE })
      }
      for (const name of placed.keys()) await queue.removeJobScheduler(name)
    })
  }

  async startWorker({ concurrency, take }: WorkerOptions): Promise<TransportWorker> {
    const handle = async (job: Job): Promise<void> => {
      await take(messageSchema.parse(job.data))
    }
    const worker = await this.#backend.openWorker(handle, concurrency)
    return { close: () => closeInTime(worker) }
  }

  async close(): Promise<void> {
    await this.#dropQueue()
  }

  /** A queue that failed may never recover by itself, so the next caller gets a new one. */
  async #withQueue(work: (queue: AnyQueue) => Promise<unknown>): Promise<void> {
    const run = async (): Promise<void> => {
      this.#queue ??= this.#backend.openQueue()
      await work((await this.#queue).it)
    }
    try {
      await inTime(run(), SEND_TIMEOUT_MS)
    } catch (error) {
      await this.#dropQueue()
      throw error
    }
  }

  async #dropQueue(): Promise<void> {
    const dropped = this.#queue
    this.#queue = undefined
    const opened = await dropped?.catch(() => undefined)
    if (opened) await closeInTime(opened)
  }
}

/** Finished messages are of no use: what became of the work is in its row. */
function kept() {
  return { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } }
}

async function closeInTime({ it, end }: Opened<{ close(): Promise<void> }>): Promise<void> {
  await inTime(it.close(), CLOSE_TIMEOUT_MS).catch(() => {})
  await inTime(Promise.resolve(end()), CLOSE_TIMEOUT_MS).catch(() => {})
}

async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`The queue did not answer within ${timeoutMs} ms`)),
    timeoutMs,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
