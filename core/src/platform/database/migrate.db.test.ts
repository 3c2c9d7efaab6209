import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testDatabase } from '@gramkit/services/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { CORE_MIGRATIONS, migrate, readMigrationStates } from './migrate.ts'

const journalSchema = z.object({
  entries: z.array(z.object({ idx: z.number(), when: z.number(), tag: z.string() })),
})

async function readJournal(): Promise<z.output<typeof journalSchema>['entries']> {
  const text = await readFile(join(CORE_MIGRATIONS.folder, 'meta', '_journal.json'), 'utf8')
  return journalSchema.parse(JSON.parse(text)).entries
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

const APPLIED = 'select hash, created_at from gramkit.migration order by id'

test('four migrators of one empty database all succeed and apply everything once', async () => {
  await using database = await testDatabase({ empty: true })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 4 }, () => migrate(database.ownerUrl, [CORE_MIGRATIONS])),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'))
  expect(await query(database.ownerUrl, APPLIED)).toHaveLength((await readJournal()).length)
})

test('a second run changes nothing', async () => {
  await using database = await testDatabase()
  const before = await query(database.ownerUrl, APPLIED)
  await migrate(database.ownerUrl, [CORE_MIGRATIONS])
  expect(await query(database.ownerUrl, APPLIED)).toEqual(before)
})

test('says what it applied, and what is applied, pending or not of its files', async () => {
  await using database = await testDatabase({ empty: true })
  const sets = [CORE_MIGRATIONS]
  const names = (await readJournal()).map(({ tag }) => tag)
  const all = (state: string) => names.map((name) => ({ schema: 'gramkit', name, state }))
  expect(await readMigrationStates(database.ownerUrl, sets)).toEqual(all('pending'))
  expect(await migrate(database.ownerUrl, sets)).toEqual(all('applied'))
  expect(await migrate(database.ownerUrl, sets)).toEqual([])
  await query(
    database.ownerUrl,
    "insert into gramkit.migration (hash, created_at) values ('newer', 4102444800000)",
  )
  expect(await readMigrationStates(database.ownerUrl, sets)).toEqual([
    ...all('applied'),
    { schema: 'gramkit', name: '2100-01-01T00:00:00.000Z', state: 'unknown' },
  ])
})

test('a migration that fails leaves nothing in the journal', async () => {
  await using database = await testDatabase({ empty: true })
  const other = { ...CORE_MIGRATIONS, schema: 'other_app' }
  await migrate(database.ownerUrl, [CORE_MIGRATIONS])
  await expect(migrate(database.ownerUrl, [other])).rejects.toThrow()
  expect(await query(database.ownerUrl, 'select from other_app.migration')).toEqual([])
})

test('every migration is newer than the one before, or it would be skipped', async () => {
  const entries = await readJournal()
  expect(entries.length).toBeGreaterThan(0)
  for (const [index, entry] of entries.entries()) {
    expect(entry.idx).toBe(index)
    expect(entry.when, entry.tag).toBeGreaterThan(entries[index - 1]?.when ?? 0)
  }
})

test('the application is an ordinary role that can neither read the journal nor create', async () => {
  await using database = await testDatabase()
  expect(
    await query(
      database.appUrl,
      'select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user',
    ),
  ).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false }])
  expect(
    await query(
      database.appUrl,
      `select relname from pg_class where relowner = (select oid from pg_roles where rolname = current_user)`,
    ),
  ).toEqual([])
  for (const refused of [
    'select * from gramkit.migration',
    'create table gramkit.mine (id int)',
    'create table public.mine (id int)',
    'create schema mine',
    'truncate gramkit.payment',
    'alter table gramkit.payment add column mine int',
    'drop table gramkit.payment',
    'set role gramkit_owner',
  ]) {
    await expect(query(database.appUrl, refused), refused).rejects.toMatchObject({ code: '42501' })
  }
})
