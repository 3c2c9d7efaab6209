import pg from 'pg'
import { expect } from 'vitest'
import type { TestDatabase } from './test-database.ts'

/**
 * Changes something in a transaction that ends only when at least `count` others wait for a lock:
 * what they have read without one is then out of date when they write. `meanwhile` happens before
 * it ends. Whoever waits for a table's file to grow (`extend`) waits for no row.
 */
export async function overtake<T>(
  { database }: { readonly database: Pick<TestDatabase, 'adminUrl'> },
  change: string,
  values: unknown[],
  act: () => T,
  { count = 1, meanwhile }: { count?: number; meanwhile?: () => Promise<unknown> } = {},
): Promise<T> {
  const [other, watcher] = [database.adminUrl, database.adminUrl].map((url) => new pg.Client(url))
  if (!other || !watcher) throw new Error('There are two connections')
  await Promise.all([other.connect(), watcher.connect()])
  try {
    await other.query('begin')
    await other.query(change, values)
    const acted = act()
    await meanwhile?.()
    const waiting = `select count(*)::int as count from pg_stat_activity
                     where datname = current_database()
                       and wait_event_type = 'Lock' and wait_event <> 'extend'`
    await expect
      .poll(async () => (await watcher.query(waiting)).rows[0].count, { timeout: 8_000 })
      .toBeGreaterThanOrEqual(count)
    await other.query('commit')
    return acted
  } finally {
    await Promise.all([other.end(), watcher.end()])
  }
}
