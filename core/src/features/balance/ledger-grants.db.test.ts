import { testDatabase } from '@gramkit/services/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../kernel/index.ts'
import { createPlatform } from '../../platform.ts'
import { aPersonWithCredits } from '../../testing/people.ts'

const database = await testDatabase()
const platform = await createPlatform({ databaseUrl: database.appUrl })
const [app, owner, admin] = [database.appUrl, database.ownerUrl, database.adminUrl].map(
  (connectionString) => new pg.Client({ connectionString }),
)

beforeAll(async () => {
  for (const client of [app, owner, admin]) await client?.connect()
  const { id: userId } = await aPersonWithCredits(platform.services, 5n)
  const hold = { userId, unit: 'credits', reason: 'test.held', reference: 'test' }
  await platform.services.holds.place({ ...hold, id: newId(), amount: 1n })
  await platform.services.balance.takeSnapshots()
  await platform.services.verification.verifyDue()
})

afterAll(async () => {
  for (const client of [app, owner, admin]) await client?.end()
  await platform.close()
  await database.drop()
})

/** Every column of the ledger that the application may write after its row is there. */
const CHANGEABLE: Readonly<Record<string, readonly string[]>> = {
  balance_account: [],
  balance_hold: ['status', 'updated_at'],
  balance_refill: ['every', 'period', 'updated_at'],
  balance_snapshot: [],
  balance_transfer: [],
  balance_verification: [],
}

/** Code of the refusal, or undefined; what was not refused is undone. */
async function refusal(client: pg.Client | undefined, statement: string) {
  await client?.query('begin')
  try {
    await client?.query(statement)
    return undefined
  } catch (error) {
    return Reflect.get(Object(error), 'code')
  } finally {
    await client?.query('rollback')
  }
}

test('these are all tables of the ledger', async () => {
  const found = await admin?.query(
    "select tablename from pg_tables where schemaname = 'gramkit' and tablename like 'balance%' order by 1",
  )
  expect(found?.rows.map(({ tablename }) => tablename)).toEqual(Object.keys(CHANGEABLE))
})

describe.each(Object.entries(CHANGEABLE))('%s', (table, changeable) => {
  test('is never emptied or shortened by the application', async () => {
    for (const statement of [`delete from gramkit.${table}`, `truncate gramkit.${table} cascade`]) {
      expect(await refusal(app, statement)).toBe('42501')
    }
  })

  test('is changed by the application in no column but those that are meant to change', async () => {
    const found = await admin?.query(
      `select column_name from information_schema.columns
       where table_schema = 'gramkit' and table_name = $1 order by ordinal_position`,
      [table],
    )
    const columns: string[] = found?.rows.map(({ column_name: name }) => name) ?? []
    expect(columns.length).toBeGreaterThan(3)
    const allowed: string[] = []
    for (const column of columns) {
      const change = `update gramkit.${table} set ${column} = ${column} where false`
      if ((await refusal(app, change)) === undefined) allowed.push(column)
    }
    expect(allowed).toEqual(changeable)
  })
})

test('transfers stay as they were written for the owner too', async () => {
  for (const statement of [
    'update gramkit.balance_transfer set amount = amount + 1',
    'delete from gramkit.balance_transfer',
    'truncate gramkit.balance_transfer cascade',
  ]) {
    expect(await refusal(owner, statement)).toBe('23001')
  }
})

test('the application opens accounts without a balance, and writes no snapshot', async () => {
  for (const column of ['balance', 'floor', 'held']) {
    const open = `insert into gramkit.balance_account (id, system_name, unit, ${column}, created_at)
                  values (gen_random_uuid(), 'mine', 'credits', 1, now())`
    expect(await refusal(app, open)).toBe('42501')
  }
  const snapshot = `insert into gramkit.balance_snapshot (account_id, number, writers, created_at)
                    select id, 9, '{}', now() from gramkit.balance_account`
  expect(await refusal(app, snapshot)).toBe('42501')
})
