import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { poll } from '../deadline.ts'
import { DataFolderInUse, DataFolderUnusable, DataFolderVersionMismatch } from '../errors.ts'
import { testCluster, testDatabase } from '../test-database.ts'
import { spawnHolder } from '../testing/holder.ts'
import { startPostgres } from './cluster.ts'
import { withClient } from './roles.ts'

describe('test databases', () => {
  test('give the application a role that neither owns nor bypasses anything', async () => {
    await using database = await testDatabase()
    const role = await withClient(database.appUrl, async (client) => {
      const { rows } = await client.query(
        'select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, ' +
          "pg_has_role('gramkit_app', 'member') as member from pg_roles where rolname = current_user",
      )
      return rows[0]
    })
    expect(role).toEqual({
      rolname: 'gramkit_app_login',
      rolsuper: false,
      rolbypassrls: false,
      rolcreatedb: false,
      rolcreaterole: false,
      member: true,
    })
  })

  test('are owned by a role that may grant to the application and is no superuser', async () => {
    await using database = await testDatabase({ empty: true })
    const owner = await withClient(database.ownerUrl, async (client) => {
      await client.query('create schema trial')
      await client.query('create table trial.thing (id int)')
      await client.query('grant usage on schema trial to gramkit_app')
      await client.query('grant select on trial.thing to gramkit_app')
      const { rows } = await client.query(
        'select rolname, rolsuper from pg_roles where rolname = current_user',
      )
      return rows[0]
    })
    expect(owner).toEqual({ rolname: 'gramkit_owner', rolsuper: false })
    const seen = await withClient(database.appUrl, (client) => client.query('table trial.thing'))
    expect(seen.rowCount).toBe(0)
    await expect(
      withClient(database.appUrl, (client) => client.query('truncate trial.thing')),
    ).rejects.toThrow('permission denied')
  })

  test('run on the version that the project asks for', async () => {
    const version = await withClient(testCluster().adminUrl, async (client) => {
      const { rows } = await client.query('show server_version')
      return rows[0]?.server_version
    })
    expect(version).toMatch(new RegExp(`^${testCluster().version}\\.`))
  })
})

describe('a persistent data folder', () => {
  const version = testCluster().version === 15 ? 15 : 18
  const home = mkdtempSync(join(tmpdir(), 'gramkit-services-'))
  const dataDir = join(home, 'postgres')

  beforeAll(async () => {
    const cluster = await startPostgres({ dataDir, version, persistent: true })
    await cluster.createDatabase('kept')
    await withClient(cluster.ownerUrl('kept'), (client) =>
      client.query('create table public.note as select 42 as answer'),
    )
    await cluster.stop()
  })
  afterAll(() => rmSync(home, { recursive: true }))

  const readNote = async (): Promise<unknown> => {
    await using cluster = await startPostgres({ dataDir, version, persistent: true })
    return await withClient(cluster.ownerUrl('kept'), async (client) => {
      const { rows } = await client.query('select answer from public.note')
      return rows[0]?.answer
    })
  }

  test('keeps data over a restart, in a home that only its owner may enter', async () => {
    expect(await readNote()).toBe(42)
  })

  test('asks for the generated password', async () => {
    await using cluster = await startPostgres({ dataDir, version, persistent: true })
    const guess = new URL(cluster.appUrl('kept'))
    guess.password = 'test'
    await expect(withClient(guess.href, async () => {})).rejects.toThrow(
      'password authentication failed',
    )
  })

  test('is refused to a second program while the first lives', async () => {
    await using _first = await startPostgres({ dataDir, version, persistent: true })
    await expect(startPostgres({ dataDir, version, persistent: true })).rejects.toThrow(
      DataFolderInUse,
    )
  })

  test('starts again after the program that held it was killed', async () => {
    const holder = await spawnHolder({ dataDir, version })
    holder.kill()
    await holder.ended
    expect(await readNote()).toBe(42)
  })

  test('starts again after program, guard and server were all killed', async () => {
    const holder = await spawnHolder({ dataDir, version })
    holder.killGroup()
    holder.kill()
    await holder.ended
    expect(await readNote()).toBe(42)
  })

  test('takes over from a server that was left running', async () => {
    const holder = await spawnHolder({ dataDir, version })
    holder.killGuard()
    holder.kill()
    await holder.ended
    expect(holder.isServerAlive()).toBe(true)
    expect(await readNote()).toBe(42)
    expect(holder.isServerAlive()).toBe(false)
  })

  test('is refused when another major version made it', async () => {
    const other = version === 18 ? 15 : 18
    await expect(startPostgres({ dataDir, version: other, persistent: true })).rejects.toThrow(
      DataFolderVersionMismatch,
    )
  })

  test('is refused when it holds something else', async () => {
    const strange = join(home, 'strange')
    mkdirSync(strange)
    writeFileSync(join(strange, 'novel.txt'), 'Chapter 1')
    await expect(startPostgres({ dataDir: strange, version })).rejects.toThrow(DataFolderUnusable)
  })
})

test('a server ends when the program that started it is killed', async () => {
  const holder = await spawnHolder({ version: testCluster().version === 15 ? 15 : 18 })
  holder.kill()
  await holder.ended
  const gone = await poll(() => (holder.isServerAlive() ? undefined : true), { timeoutMs: 20_000 })
  rmSync(holder.dataDir, { recursive: true, force: true })
  expect(gone).toBe(true)
})
