import { testDatabase } from '@gramkit/services/testing'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { CORE_DUE_WORK, coreHost, startJobs } from '../../jobs.ts'
import { newId } from '../../kernel/index.ts'
import { createPlatform } from '../../platform.ts'
import { forgetOldMessages } from './forget-old.ts'

const database = await testDatabase()
const platform = await createPlatform({ databaseUrl: database.appUrl })
const admin = new pg.Pool({ connectionString: database.adminUrl, max: 1 })

afterAll(async () => {
  await platform.close()
  await admin.end()
  await database.drop()
})

const OLD = `now() - interval '30 days 1 minute'`
const YOUNG = `now() - interval '29 days'`

/** Writes one of each kind of message, and gives what tells them apart. */
async function aMessage(state: { at: string; status: string }): Promise<string> {
  const id = newId()
  const { at, status } = state
  await admin.query(
    `insert into gramkit.inbox_delivery
       (id, provider, key, body, status, next_attempt_at, received_at, finished_at)
     values ($1::uuid, 'test', $1::text, '{}', $2, ${at}, ${at}, ${at})`,
    [id, status],
  )
  await admin.query(
    `insert into gramkit.job (id, name, payload, status, run_at, attempts_max, finished_at, dedupe_key)
     values ($1::uuid, 'test.hear', '{}', $2, ${at}, 1, ${at}, $1::text)`,
    [id, status === 'parked' ? 'dead' : status],
  )
  await admin.query(
    `insert into gramkit.outbox_event
       (id, name, version, occurred_at, subject_id, payload, published_at)
     values ($1::uuid, 'test.happened', 1, ${at}, $1::text, '{}', ${at})`,
    [id],
  )
  return id
}

const left = async (table: string): Promise<string[]> => {
  const { rows } = await admin.query(`select id from gramkit.${table}`)
  return rows.map(({ id }) => id).sort()
}

test('messages that were done 30 days ago are removed, and none that anybody waits for', async () => {
  await aMessage({ at: OLD, status: 'done' })
  const kept = [
    await aMessage({ at: YOUNG, status: 'done' }),
    await aMessage({ at: OLD, status: 'pending' }),
    // Somebody has to look into it: its event stays as well.
    await aMessage({ at: OLD, status: 'parked' }),
  ].sort()
  const unpublished = newId()
  await admin.query(
    `insert into gramkit.outbox_event (id, name, version, occurred_at, subject_id, payload)
     values ($1::uuid, 'test.happened', 1, ${OLD}, $1::text, '{}')`,
    [unpublished],
  )
  expect(await forgetOldMessages.runDue(platform.services)).toBe(3)
  expect(await forgetOldMessages.runDue(platform.services)).toBe(0)
  expect(await left('inbox_delivery')).toEqual(kept)
  expect(await left('job')).toEqual(kept)
  expect(await left('outbox_event')).toEqual([...kept, unpublished].sort())
})

test('a clock that is moved ahead removes nothing', async () => {
  const id = await aMessage({ at: `now() + interval '1 year'`, status: 'done' })
  await using jobs = await startJobs({
    database: platform.database,
    host: coreHost(platform),
    logger: { info() {}, warn() {}, error() {} },
    dueWork: CORE_DUE_WORK,
  })
  await jobs.settle()
  expect(await left('job')).toContain(id)
})
