import { testDatabase } from '@gramkit/services/testing'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtOnce, type ValueOf } from './built-once.ts'
import type { Executor } from './executor.ts'
import { openNodePostgres } from './node-postgres.ts'

const database = await testDatabase()
const pool = openNodePostgres({ url: database.appUrl, poolSize: 4 })
const note = pgTable('note', { number: integer() })
let builds = 0
const add = builtOnce((db, value: ValueOf<{ number: number }>) => {
  builds += 1
  return db.insert(note).values({ number: value('number') })
})
const numbers = async (): Promise<(number | null)[]> =>
  (await pool.executor.select().from(note).orderBy(note.number)).map(({ number }) => number)

beforeAll(async () => {
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  await owner.query('create table note (number int); grant all on note to gramkit_app')
  await owner.end()
})
afterAll(async () => {
  await pool.close()
  await database.drop()
})

describe('a statement that is built once', () => {
  test('runs in the transaction it is given, also beside others', async () => {
    await Promise.allSettled(
      [1, 2, 3, 4].map((number) =>
        pool.transaction(async (tx) => {
          await add(tx, { number })
          await tx.execute(sql`select pg_sleep(0.01)`)
          if (number % 2 === 0) throw new Error('changed my mind')
        }),
      ),
    )
    await add(pool.executor, { number: 5 })
    expect(await numbers()).toEqual([1, 3, 5])
    expect(builds).toBe(1)
  })

  test('is refused when its transaction is over', async () => {
    const leaked = await pool.transaction(async (tx): Promise<{ tx: Executor }> => ({ tx }))
    await expect(add(leaked.tx, { number: 6 })).rejects.toMatchObject({
      cause: { message: 'The transaction is over' },
    })
    expect(await numbers()).not.toContain(6)
  })

  test('runs at an executor that no pool of the kit opened', async () => {
    const client = new pg.Client({ connectionString: database.appUrl })
    await client.connect()
    await add(drizzle(client), { number: 7 })
    await client.end()
    expect(await numbers()).toContain(7)
  })
})
