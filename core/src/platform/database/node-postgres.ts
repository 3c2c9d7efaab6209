import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { Announcer } from './announcements.ts'
import { runsAt } from './built-once.ts'
import { isRetryable } from './errors.ts'
import { type Database, type Executor, markTransaction } from './executor.ts'
import { keepPrepared } from './prepared.ts'

/** How a pool of node-postgres is opened. */
export interface NodePostgresOptions {
  readonly url: string
  /** Past a pooler, for LISTEN; one that differs says that `url` goes through a pooler. [`url`] */
  readonly directUrl?: string
  /** Most connections of this pool. [10] */
  readonly poolSize?: number
  /** Longest a statement may run. [30 000] */
  readonly statementTimeoutMs?: number
  /** Longest a statement may wait for a row lock. [10 000] */
  readonly lockTimeoutMs?: number
  /** Longest a transaction may do nothing between two statements. [60 000] */
  readonly idleInTransactionTimeoutMs?: number
  /** Hears of connections that broke while idle; the pool has replaced them already. */
  readonly onError?: (error: Error) => void
}

const ATTEMPTS_MAX = 5
const ACQUIRE_TIMEOUT_MS = 10_000
const RECONNECT_MS = 1_000

/** Opens a pool on node-postgres; connections are made on first use. */
export function openNodePostgres(options: NodePostgresOptions): Database {
  const onError = options.onError ?? (() => {})
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    lock_timeout: options.lockTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
    application_name: 'gramkit',
  })
  // Without a listener a backend that dies while its connection idles ends the whole process.
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  if ((options.directUrl ?? options.url) === options.url) pool.on('connect', keepPrepared())
  const executor: Executor = drizzle(pool, { casing: 'snake_case' })
  const announcer = new Announcer(
    (announcements) =>
      pool.query(
        'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as said (channel, payload)',
        [announcements.map(({ channel }) => channel), announcements.map(({ payload }) => payload)],
      ),
    onError,
  )
  announcer.follow(executor)
  runsAt(executor, pool)
  const close = async (): Promise<void> => {
    await announcer.idle()
    if (!pool.ended) await pool.end()
  }

  return {
    executor,
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await runOnce(pool, announcer, work)
        } catch (error) {
          if (attempt === ATTEMPTS_MAX || !isRetryable(error)) throw error
          await delay(Math.random() * 20 * 2 ** attempt)
        }
      }
    },
    listen: (channel, heard) => listen(options.directUrl ?? options.url, channel, heard, onError),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function runOnce<T>(
  pool: pg.Pool,
  announcer: Announcer,
  work: (tx: Executor) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  const session = whileOpen(client)
  const executor = drizzle(session.client, { casing: 'snake_case' })
  const announced = announcer.hold(executor)
  runsAt(executor, session.client)
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await markTransaction(() => work(executor))
    session.end()
    const answer = await client.query('commit')
    // A transaction that already failed answers COMMIT with ROLLBACK and no error.
    if (answer.command !== 'COMMIT') throw new Error('PostgreSQL rolled the transaction back')
    announced.release()
    return result
  } catch (error) {
    session.end()
    await client.query('rollback').catch((cause: Error) => {
      broken = cause
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * A client that refuses once its transaction is over. Work that failed in one branch may still
 * send a statement from another, and on the released connection that would commit by itself.
 */
function whileOpen(client: pg.PoolClient): { client: pg.PoolClient; end: () => void } {
  let isOver = false
  const query = (...args: Parameters<typeof client.query>): unknown => {
    if (isOver) throw new Error('The transaction is over')
    return client.query(...args)
  }
  return {
    client: Object.create(client, { query: { value: query } }),
    end: () => {
      isOver = true
    },
  }
}

/** Keeps one connection of its own listening; a broken one is replaced after a second. */
async function listen(
  url: string,
  channel: string,
  heard: (payload: string) => void,
  onError: (error: Error) => void,
): Promise<() => Promise<void>> {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'gramkit-listen',
    })
    next.on('error', onError)
    next.on('notification', (message) => heard(message.payload ?? ''))
    try {
      await next.connect()
      await next.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      await next.end().catch(onError)
      throw error
    }
    client = next
    next.on('end', reconnect)
    if (stopped) await next.end()
  }
  const reconnect = (): void => {
    if (stopped) return
    timer = setTimeout(() => {
      connect().then(
        () => heard(''),
        (error) => {
          onError(error)
          reconnect()
        },
      )
    }, RECONNECT_MS)
  }

  await connect()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await client?.end().catch(onError)
  }
}

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
