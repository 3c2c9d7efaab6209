import pg from 'pg'
import { expect } from 'vitest'
import type { TestDatabase } from './test-database.ts'

/** Who waits for a session's locks, or behind somebody who does. */
const WAITING = `
  with recursive waiting (pid) as (
    select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid))
    union
    select activity.pid from pg_stat_activity activity
      join waiting on waiting.pid = any (pg_blocking_pids(activity.pid))
  ) select count(*)::int as count from waiting`

/**
 * Changes something in a transaction that ends only when at least `count` others wait for its locks:
 * what they have read without one is then out of date when they write. `meanwhile` happens before
 * it ends.
 */
export async function overtake<T>(
  { database }: { readonly database: Pick<TestDatabase, 'adminUrl'> },
  change: string,
  values: unknown[],
  act: () => T,
  { count = 1, meanwhile }: { count?: number; meanwhile?: () => Promise<unknown> } = {},
): Promise<Awaited<T>> {
  const [other, watcher] = [database.adminUrl, database.adminUrl].map((url) => new pg.Client(url))
  if (!other || !watcher) throw new Error('There are two connections')
  await Promise.all([other.connect(), watcher.connect()])
  try {
    const { rows } = await other.query('select pg_backend_pid() as pid')
    await other.query('begin')
    await other.query(change, values)
    const acted = act()
    await meanwhile?.()
    await expect
      .poll(async () => (await watcher.query(WAITING, [rows[0].pid])).rows[0].count, {
        timeout: 8_000,
      })
      .toBeGreaterThanOrEqual(count)
    await other.query('commit')
    // Awaited here: nobody hears of its refusal while the connections are closed.
    return await acted
  } finally {
    await Promise.all([other.end(), watcher.end()])
  }
}
