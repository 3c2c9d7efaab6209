import { testDatabase } from '@gramkit/services/testing'
import { eq, sql } from 'drizzle-orm'
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId, readDecimal } from '../../kernel/index.ts'
import { BATCH_MAX, BaseRepository, type LockOptions } from './base.repository.ts'
import { assertNoTransaction, type Executor, rows } from './executor.ts'
import { openNodePostgres } from './node-postgres.ts'
import { decimal } from './schema.ts'

const crate = pgTable('crate', {
  id: uuid().primaryKey(),
  label: text().notNull(),
  weight: integer().notNull().default(0),
  volume: decimal(),
})

class CrateRepository extends BaseRepository<typeof crate> {
  constructor(db: Executor) {
    super(db, crate)
  }
}

const database = await testDatabase()
const db = openNodePostgres({ url: database.appUrl, poolSize: 8 })
const crates = new CrateRepository(db.executor)

beforeAll(async () => {
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  await owner.query(`
    create table public.crate (id uuid primary key, label text not null, weight int default 0 not null,
      volume numeric(38, 12));
    grant select, insert, update, delete on public.crate to gramkit_app`)
  await owner.end()
})

beforeEach(async () => {
  await db.executor.delete(crate)
})

afterAll(async () => {
  await db.close()
  await database.drop()
})

/** Holds a row's lock in a transaction on a connection of its own while the work runs. */
async function whileLocked<T>(
  id: string,
  options: LockOptions,
  work: (release: () => void) => Promise<T>,
): Promise<T> {
  const locked = Promise.withResolvers<void>()
  const free = Promise.withResolvers<void>()
  const holder = db.transaction(async (tx) => {
    await new CrateRepository(tx).getByIdWithLock(id, options)
    locked.resolve()
    await free.promise
  })
  try {
    await Promise.race([locked.promise, holder])
    return await work(free.resolve)
  } finally {
    free.resolve()
    await holder
  }
}

function lock(id: string, options: LockOptions = {}): Promise<unknown> {
  return db.transaction((tx) => new CrateRepository(tx).getByIdWithLock(id, options))
}

async function waitingForALock(): Promise<number> {
  const [row] = await rows(
    db.executor,
    sql`select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    z.object({ count: z.number() }),
  )
  return row?.count ?? 0
}

async function someCrates(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId())
  for (const [index, id] of ids.entries()) await crates.insert({ id, label: `crate ${index}` })
  return ids
}

describe('row locks', () => {
  test('with nowait refuse a row that another transaction holds', async () => {
    const [id = ''] = await someCrates(1)
    await whileLocked(id, {}, async () => {
      await expect(lock(id, { wait: 'nowait' })).rejects.toMatchObject({
        code: 'database.lock_unavailable',
        kind: 'conflict',
      })
    })
    expect(await lock(id, { wait: 'nowait' })).toMatchObject({ id })
  })

  test('with skip leave a held row out and give the others', async () => {
    const [id = '', other = ''] = await someCrates(2)
    await whileLocked(id, {}, async () => {
      expect(await lock(id, { wait: 'skip' })).toBeUndefined()
      const found = await db.transaction((tx) =>
        new CrateRepository(tx).getByIdsWithLock([id, other], { wait: 'skip' }),
      )
      expect(found.map((row) => row.id)).toEqual([other])
    })
    expect(await lock(id, { wait: 'skip' })).toMatchObject({ id })
  })

  test('block until the holder commits, and then see what it wrote', async () => {
    const [id = ''] = await someCrates(1)
    const order: string[] = []
    const locked = Promise.withResolvers<void>()
    const free = Promise.withResolvers<void>()
    const holder = db.transaction(async (tx) => {
      const held = new CrateRepository(tx)
      await held.getByIdWithLock(id)
      locked.resolve()
      await free.promise
      await held.update(id, { weight: 7 })
      order.push('holder')
    })
    await locked.promise
    const waiter = lock(id).then((row) => {
      order.push('waiter')
      return row
    })
    await expect.poll(waitingForALock, { timeout: 8_000 }).toBe(1)
    free.resolve()
    await holder
    expect(await waiter).toMatchObject({ weight: 7 })
    expect(order).toEqual(['holder', 'waiter'])
  })

  test('are shared with readers of the same kind and closed to writers', async () => {
    const [id = ''] = await someCrates(1)
    await whileLocked(id, { mode: 'share' }, async () => {
      expect(await lock(id, { mode: 'share', wait: 'nowait' })).toMatchObject({ id })
      await expect(lock(id, { mode: 'update', wait: 'nowait' })).rejects.toMatchObject({
        code: 'database.lock_unavailable',
      })
    })
    await whileLocked(id, { mode: 'update' }, async () => {
      await expect(lock(id, { mode: 'share', wait: 'nowait' })).rejects.toMatchObject({
        code: 'database.lock_unavailable',
      })
    })
  })

  test('of a batch are taken in id order, so that opposite orders never deadlock', async () => {
    const ids = await someCrates(20)
    let attempts = 0
    const addToAll = (order: string[]): Promise<void> =>
      db.transaction(async (tx) => {
        attempts++
        const held = new CrateRepository(tx)
        const found = await held.getByIdsWithLock(order)
        expect(found.map((row) => row.id)).toEqual(ids)
        for (const row of found) await held.update(row.id, { weight: row.weight + 1 })
      })
    const reversed = ids.toReversed()
    await Promise.all(
      Array.from({ length: 24 }, (_, index) => addToAll(index % 2 === 0 ? ids : reversed)),
    )
    expect(attempts, 'none had to be tried again').toBe(24)
    expect((await crates.getByIds(ids)).map((row) => row.weight)).toEqual(ids.map(() => 24))
  })

  test('are not found for a row that does not exist, and skip gives nothing', async () => {
    await expect(lock(newId())).rejects.toMatchObject({ kind: 'not_found' })
    expect(await lock(newId(), { wait: 'skip' })).toBeUndefined()
  })
})

describe('reading', () => {
  test('lists every row once, page by page, in id order', async () => {
    const ids = await someCrates(7)
    const seen: string[] = []
    const sizes: number[] = []
    let cursor: string | undefined
    do {
      const page = await crates.list({ limit: 3, cursor })
      seen.push(...page.items.map((row) => row.id))
      sizes.push(page.items.length)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(ids)
    expect(sizes).toEqual([3, 3, 1])
  })

  test('ends a list whose last page is full', async () => {
    await someCrates(3)
    expect((await crates.list({ limit: 3 })).nextCursor).toBeNull()
  })

  test('refuses a cursor of its caller’s own making', async () => {
    await expect(crates.list({ cursor: 'x' })).rejects.toMatchObject({ kind: 'invalid' })
  })

  test('gives the rows there are for many ids, in id order', async () => {
    const [first = '', second = ''] = await someCrates(2)
    const found = await crates.getByIds([second, newId(), first])
    expect(found.map((row) => row.id)).toEqual([first, second])
    expect(await crates.getByIds([])).toEqual([])
  })

  test('takes at most 1,000 ids in one call', async () => {
    const ids = Array.from({ length: BATCH_MAX + 1 }, () => newId())
    await expect(crates.getByIds(ids)).rejects.toThrow('At most 1000 ids')
    await expect(crates.getByIdsWithLock(ids)).rejects.toThrow('At most 1000 ids')
    expect(await crates.getByIds(ids.slice(1))).toEqual([])
  })

  test('tells a missing row from none', async () => {
    const id = newId()
    expect(await crates.findById(id)).toBeUndefined()
    await expect(crates.getById(id)).rejects.toMatchObject({ kind: 'not_found', details: { id } })
  })
})

describe('writing', () => {
  test('keeps decimals to the last of their 12 places', async () => {
    for (const text of ['0', '-0.000000000001', `${'9'.repeat(26)}.${'9'.repeat(12)}`]) {
      const id = newId()
      const volume = readDecimal(text)
      await crates.insert({ id, label: 'decimal', volume })
      expect(await crates.getById(id)).toMatchObject({ volume })
    }
    expect(await crates.insert({ id: newId(), label: 'none' })).toMatchObject({ volume: null })
  })

  test('changes the named columns of one row', async () => {
    const [id = '', other = ''] = await someCrates(2)
    expect(await crates.update(id, { weight: 5 })).toEqual({
      id,
      label: 'crate 0',
      weight: 5,
      volume: null,
    })
    expect(await crates.getById(other)).toMatchObject({ weight: 0 })
  })

  test('does not find a missing row to change', async () => {
    await expect(crates.update(newId(), { weight: 5 })).rejects.toMatchObject({ kind: 'not_found' })
  })

  test('upserts: inserts, then overwrites the same row', async () => {
    const id = newId()
    expect(await crates.upsert({ id, label: 'new', weight: 1 })).toMatchObject({ weight: 1 })
    expect(await crates.upsert({ id, label: 'old', weight: 2 })).toMatchObject({ weight: 2 })
    expect(await db.executor.select().from(crate).where(eq(crate.id, id))).toEqual([
      { id, label: 'old', weight: 2, volume: null },
    ])
  })

  test('removes a row once', async () => {
    const [id = ''] = await someCrates(1)
    expect(await crates.remove(id)).toBe(true)
    expect(await crates.remove(id)).toBe(false)
  })
})

describe('rows', () => {
  test('gives raw rows through their schema', async () => {
    const found = await rows(
      db.executor,
      sql`select 9007199254740993 as big, timestamptz '2026-01-02 03:04:05Z' as at`,
      z.object({ big: z.coerce.bigint(), at: z.coerce.date() }),
    )
    expect(found).toEqual([{ big: 9007199254740993n, at: new Date('2026-01-02T03:04:05Z') }])
  })

  test('refuses rows that are not what the caller believes', async () => {
    const wrong = rows(db.executor, sql`select 'x' as count`, z.object({ count: z.number() }))
    await expect(wrong).rejects.toThrow('count')
  })
})

describe('assertNoTransaction', () => {
  test('stops a call to the outside world inside a transaction, however deep', async () => {
    const call = async (): Promise<void> => assertNoTransaction('sendMessage')
    await expect(call()).resolves.toBeUndefined()
    await expect(
      db.transaction(async (tx) => {
        await tx.execute(sql`select 1`)
        await Promise.all([call()])
      }),
    ).rejects.toThrow('sendMessage was called inside a database transaction')
    await expect(call()).resolves.toBeUndefined()
  })
})
