import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { newId } from '@gramkit/core/kernel'
import { type TestDatabase, testDatabase } from '@gramkit/services/testing'
import { migrateShop } from '@gramkit/shop'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openCore } from '../core.ts'
import { ask } from '../testing/figures.ts'
import { gramkit, spawnGramkit } from '../testing/gramkit.ts'
import { MANIFEST } from './manifest.ts'

// Some start the command line in a process, on a machine that others use too.
vi.setConfig({ testTimeout: 90_000 })

const folder = mkdtempSync(join(tmpdir(), 'gramkit-damage-'))
const good = join(folder, 'good')
const DEVICE_KEY = newId() + newId()
const TRANSFERS = 'gramkit.balance_transfer.copy.gz'
let source: TestDatabase
let target: TestDatabase
let env: Record<string, string>
let targetEnv: Record<string, string>

beforeAll(async () => {
  source = await testDatabase()
  target = await testDatabase({ empty: true })
  await migrateShop(source.ownerUrl)
  for (const amount of [3n, 5n, 7n]) await post(amount)
  env = { GRAMKIT_OWNER_DATABASE_URL: source.ownerUrl, GRAMKIT_APP: '@gramkit/shop' }
  targetEnv = { ...env, GRAMKIT_OWNER_DATABASE_URL: target.ownerUrl }
  expect(await gramkit(env, 'backup', good)).toMatchObject({ code: 0 })
})

afterAll(async () => {
  await source.drop()
  await target.drop()
  rmSync(folder, { recursive: true })
})

/** Credits the one user there is. */
async function post(amount: bigint): Promise<void> {
  await using opened = await openCore(source.appUrl)
  const { user } = await opened.core.users.loginAsGuest(DEVICE_KEY)
  const credit = { userId: user.id, unit: 'credits', reason: 'test', reference: 'test' }
  await opened.core.balance.credit({ ...credit, id: newId(), amount })
}

/** Names of the tables and schemas that somebody made. */
const contents = async (): Promise<unknown[]> =>
  ask(
    target.adminUrl,
    `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
     union all select relname from pg_class where relnamespace = 'public'::regnamespace`,
  )

/** A copy of the good backup, changed. */
function damaged(change: (copy: string) => void): string {
  const copy = join(folder, newId())
  cpSync(good, copy, { recursive: true })
  change(copy)
  return copy
}

function editManifest(find: string | RegExp, replacement: string): (copy: string) => void {
  return (copy) => {
    const file = join(copy, MANIFEST)
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(find)
    writeFileSync(file, text.replace(find, replacement))
  }
}

describe('a restore refuses, and leaves an empty database,', () => {
  const damages: Record<string, [(copy: string) => void, RegExp]> = {
    'a truncated file': [
      (copy) => truncateSync(join(copy, TRANSFERS), 60),
      /balance_transfer\.copy\.gz cannot be read: .*unexpected end of file/,
    ],
    'a file that is missing': [
      (copy) => rmSync(join(copy, TRANSFERS)),
      /balance_transfer\.copy\.gz cannot be read: .*ENOENT/,
    ],
    'an amount that was changed': [
      (copy) => {
        const file = join(copy, TRANSFERS)
        const text = gunzipSync(readFileSync(file)).toString('utf8')
        writeFileSync(file, gzipSync(text.replace('\tcredits\t5\t', '\tcredits\t6\t')))
      },
      /is not what was backed up/,
    ],
    'a file that lost a row': [
      (copy) => {
        const file = join(copy, TRANSFERS)
        const text = gunzipSync(readFileSync(file)).toString('utf8')
        writeFileSync(file, gzipSync(text.replace(/^.*\n/, '')))
      },
      /is not what was backed up: 2 rows/,
    ],
    'a manifest that was cut off': [
      (copy) => truncateSync(join(copy, MANIFEST), 500),
      /manifest\.json is damaged/,
    ],
    'a folder without a manifest': [
      (copy) => rmSync(join(copy, MANIFEST)),
      /is no finished backup/,
    ],
    'a later format': [editManifest('"format": 1', '"format": 2'), /of another format than 1/],
    'a migration that nobody knows': [
      editManifest(/"hash": "\w{8}/, '"hash": "00000000'),
      /does not know a migration of gramkit/,
    ],
    'a table that is left out': [
      editManifest(/\{\s+"schema": "gramkit",\s+"name": "audit_entry"[^}]+\},/, ''),
      /not those of its migrations: .*audit_entry/,
    ],
  }

  test.each(Object.entries(damages))('%s', async (_, [change, message]) => {
    const run = await gramkit(targetEnv, 'restore', damaged(change))
    expect(run.told).toMatch(message)
    expect(run.code).toBe(1)
    expect(await contents()).toEqual([])
  })

  test('an app’s schema when no app is named', async () => {
    const { GRAMKIT_APP: _, ...withoutApp } = targetEnv
    const run = await gramkit(withoutApp, 'restore', good)
    expect(run).toMatchObject({ code: 1 })
    expect(run.told).toContain('name its app with --app')
    expect(await contents()).toEqual([])
  })
})

test('a restore refuses a database with anything in it, and leaves that alone', async () => {
  await ask(target.ownerUrl, 'create schema mine; create table mine.note as select 1 as one')
  const run = await gramkit(targetEnv, 'restore', good)
  expect(run).toMatchObject({ code: 1 })
  expect(run.told).toContain('The database is not empty (it has mine.note')
  expect(await ask(target.ownerUrl, 'select one from mine.note')).toEqual([{ one: 1 }])
  await ask(target.ownerUrl, 'drop schema mine cascade')
})

test('a backup never replaces another', async () => {
  const run = await gramkit(env, 'backup', good)
  expect(run).toMatchObject({ code: 1 })
  expect(run.told).toContain('is there already')
})

test('the application’s role can neither back up nor restore', async () => {
  const there = join(folder, 'by-the-app')
  const asApp = { ...env, GRAMKIT_OWNER_DATABASE_URL: source.appUrl }
  expect(await gramkit(asApp, 'backup', there)).toMatchObject({ code: 1 })
  expect(readdirSync(folder).filter((name) => name.startsWith('by-the-app'))).toEqual([])
  const run = await gramkit(
    { ...targetEnv, GRAMKIT_OWNER_DATABASE_URL: target.appUrl },
    'restore',
    good,
  )
  expect(run).toMatchObject({ code: 1 })
  expect(await contents()).toEqual([])
})

/** Waits until a session of the command line runs a statement that begins so. */
async function untilRunning(database: TestDatabase, statement: string): Promise<number> {
  for (;;) {
    const [found] = await ask(
      database.adminUrl,
      `select pid from pg_stat_activity where application_name = 'gramkit-cli'
         and datname = current_database() and state = 'active' and query ilike '${statement}%'`,
    )
    if (found) return Number(found['pid'])
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function untilGone(database: TestDatabase, pid: number): Promise<void> {
  const isThere = `select from pg_stat_activity where pid = ${pid} and datname = current_database()`
  while ((await ask(database.adminUrl, isThere)).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

describe('in the middle of its work', () => {
  /** Holds a table, so that a backup stops there, with those before it copied. */
  async function whileHeld(table: string, work: () => Promise<void>): Promise<void> {
    const holder = new pg.Client({ connectionString: source.ownerUrl })
    await holder.connect()
    try {
      await holder.query('begin')
      await holder.query(`lock table gramkit.${table} in access exclusive mode`)
      await work()
    } finally {
      await holder.end()
    }
  }

  test('a backup that is killed leaves nothing that a restore takes', async () => {
    const place = join(folder, 'killed')
    await whileHeld('user_session', async () => {
      const child = spawnGramkit(env, 'backup', place)
      const pid = await untilRunning(source, 'copy "gramkit"."user_session"')
      await killed(child)
      await ask(source.adminUrl, `select pg_terminate_backend(${pid})`)
      await untilGone(source, pid)
    })
    expect(existsSync(place)).toBe(false)
    const [rest = '', ...more] = readdirSync(folder).filter((name) => name.startsWith('killed.'))
    expect(more).toEqual([])
    expect(readdirSync(join(folder, rest))).toContain(TRANSFERS)
    const run = await gramkit(targetEnv, 'restore', join(folder, rest))
    expect(run).toMatchObject({ code: 1 })
    expect(run.told).toContain('is no finished backup')
    expect(await contents()).toEqual([])
    expect(await gramkit(env, 'backup', place)).toMatchObject({ code: 0 })
  })

  test('a backup whose connection breaks says so and leaves nothing', async () => {
    const place = join(folder, 'broken')
    await whileHeld('user_session', async () => {
      const running = gramkit(env, 'backup', place)
      const pid = await untilRunning(source, 'copy "gramkit"."user_session"')
      await ask(source.adminUrl, `select pg_terminate_backend(${pid})`)
      expect(await running).toMatchObject({ code: 1, said: '' })
    })
    expect(readdirSync(folder).filter((name) => name.startsWith('broken'))).toEqual([])
  })

  test('a backup is of one instant, whatever is posted meanwhile', async () => {
    const place = join(folder, 'meanwhile')
    let running: ReturnType<typeof gramkit> | undefined
    await whileHeld('balance_hold', async () => {
      running = gramkit(env, 'backup', place)
      await untilRunning(source, 'copy "gramkit"."balance_hold"')
      await post(11n)
    })
    expect(await running).toMatchObject({ code: 0 })
    await using other = await testDatabase({ empty: true })
    const otherEnv = { ...env, GRAMKIT_OWNER_DATABASE_URL: other.ownerUrl }
    const run = await gramkit(otherEnv, 'restore', place)
    expect(run.said).toContain('The ledger adds up: 3 transfers on 2 accounts')
    expect(run).toMatchObject({ code: 0 })
  })

  test('a restore that is killed leaves an empty database, which then takes the backup', async () => {
    // Nobody writes into the pipe, so the restore stops with most tables filled.
    const stuck = damaged((copy) => {
      const file = join(copy, 'gramkit.user_session.copy.gz')
      rmSync(file)
      execFileSync('mkfifo', [file])
    })
    const child = spawnGramkit(targetEnv, 'restore', stuck)
    const pid = await untilRunning(target, 'copy "gramkit"."user_session"')
    await killed(child)
    await untilGone(target, pid)
    expect(await contents()).toEqual([])
    const run = await gramkit(targetEnv, 'restore', good)
    expect(run).toMatchObject({ code: 0 })
    expect(run.said).toContain('The ledger adds up: 3 transfers on 2 accounts')
  })
})
