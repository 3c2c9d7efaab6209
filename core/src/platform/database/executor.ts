import { AsyncLocalStorage } from 'node:async_hooks'
import type { SQL } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { assert } from '../../kernel/index.ts'

/** Where statements run: a pool, or the transaction that was opened on it. */
export type Executor = Omit<PgDatabase<PgQueryResultHKT>, 'transaction'>

/** A connection pool of one driver, as the kit uses it. */
export interface Database extends AsyncDisposable {
  /** Runs single statements, each on its own. */
  readonly executor: Executor
  /**
   * Runs work in one transaction (read committed) and commits what it did, or nothing.
   *
   * Serialization failures and deadlocks are tried again with jitter, five times at the most, so
   * the work must not act on anything outside the transaction.
   */
  transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T>
  /** Calls back for each notification on a channel until the returned function is called. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/**
 * Runs hand-written SQL and gives its rows through a schema.
 *
 * The one way to read raw rows: it proves that the columns are what the caller believes.
 */
export async function rows<Schema extends z.ZodType>(
  executor: Executor,
  query: SQL,
  schema: Schema,
): Promise<z.output<Schema>[]> {
  const list: unknown = Reflect.get(Object(await executor.execute(query)), 'rows')
  assert(Array.isArray(list), 'The driver answered without rows')
  return list.map((row) => schema.parse(row))
}

const open = new AsyncLocalStorage<true>()

/** Marks everything the work does as inside a transaction, for {@link assertNoTransaction}. */
export function markTransaction<T>(work: () => Promise<T>): Promise<T> {
  return open.run(true, work)
}

/**
 * Stops a call to the outside world that is made while a transaction is open: it would hold locks
 * and a connection for as long as somebody else's server likes.
 *
 * @throws {@link AssertionFailed}
 */
export function assertNoTransaction(call: string): void {
  assert(open.getStore() === undefined, `${call} was called inside a database transaction`)
}
