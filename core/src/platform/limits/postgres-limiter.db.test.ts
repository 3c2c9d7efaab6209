import { testDatabase } from '@gramkit/services/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { newId } from '../../kernel/index.ts'
import { limiterContract } from '../../testing/contracts/limiter.contract.ts'
import { type Database, openNodePostgres } from '../database/index.ts'
import { openPostgresLimiter } from './postgres-limiter.ts'
import { rateLimit } from './rate-limit.table.ts'

const testing = await testDatabase()
const opened: Database[] = []
const open = (url = testing.appUrl): Database => {
  const database = openNodePostgres({ url, poolSize: 4 })
  opened.push(database)
  return database
}
const database = open()

afterAll(async () => {
  for (const one of opened) await one.close()
  await testing.drop()
})

describe('the limiter over PostgreSQL', () => {
  limiterContract({
    open: (clock) => openPostgresLimiter(open(), { clock }),
    openAway: () => openPostgresLimiter(open('postgres://nobody@127.0.0.1:1/none')),
  })

  const limiter = openPostgresLimiter(database)
  const rate = { limit: 2, perMs: 3_600_000 }

  test('counts by the database’s own time when it is given no clock', async () => {
    const subject = newId()
    await limiter.take('login', subject, rate)
    await limiter.take('login', subject, rate)
    const { isAllowed, retryAfterMs } = await limiter.take('login', subject, rate)
    expect(isAllowed).toBe(false)
    expect(retryAfterMs).toBeGreaterThan(1_700_000)
    expect(retryAfterMs).toBeLessThanOrEqual(1_800_000)
  })

  test('stores no subject', async () => {
    await limiter.take('login', '203.0.113.7', rate)
    expect(JSON.stringify(await database.executor.select().from(rateLimit))).not.toContain('203.0')
  })

  test('never takes a try inside a transaction, whose rollback would not give it back', async () => {
    await expect(
      database.transaction(() => limiter.take('login', newId(), rate)),
    ).rejects.toMatchObject({ code: 'kernel.assertion_failed' })
  })
})
