import { type RedisServer, startRedis } from '@gramkit/services'
import { testDatabase } from '@gramkit/services/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { newId, systemClock } from '../../kernel/index.ts'
import { createProbe, note, probeHost } from '../../testing/contracts/jobs-probe.ts'
import { openNodePostgres } from '../database/index.ts'
import { bullmqOnRedis } from './bullmq.ts'
import { startJobs } from './start-jobs.ts'

const WAIT = { timeout: 40_000, interval: 100 }
const target = await testDatabase()
const database = openNodePostgres({ url: target.appUrl })
const host = probeHost(database, systemClock)
const warnings: string[] = []
const logger = {
  info() {},
  warn: (_facts: object, message: string) => warnings.push(message),
  error() {},
}
let redis: RedisServer

beforeAll(async () => {
  await createProbe(target.ownerUrl)
  redis = await startRedis()
})
afterEach(async () => {
  await redis.restart()
})
afterAll(async () => {
  await redis.stop()
  await database.close()
  await target.drop()
})

const start = () =>
  startJobs({
    database,
    host,
    logger,
    roles: ['relay', 'worker'],
    transport: bullmqOnRedis({ url: redis.url }),
    jobs: [note],
    pollMs: 200,
    staleMs: 1_000,
  })
const ask = async (): Promise<string> => {
  const text = newId()
  await host.transaction((tx) => tx.repos.jobs.enqueue(note, { text }))
  return text
}
const expectNoted = (text: string): Promise<void> =>
  vi.waitFor(async () => expect(await host.services.noted('note')).toContain(text), WAIT)

test('goes on when Redis was killed under it and came back empty', async () => {
  const jobs = await start()
  await expectNoted(await ask())
  await redis.kill()
  const asked = await ask()
  await vi.waitFor(() => expect(warnings.join()).toContain('handing jobs over failed'), WAIT)
  await redis.restart()
  await expectNoted(asked)
  await jobs.close()
})

test('starts while Redis is away and works when it is there', async () => {
  await redis.kill()
  const jobs = await start()
  const asked = await ask()
  await redis.restart()
  await expectNoted(asked)
  await jobs.close()
})

test('closes within seconds while Redis is away or frozen', async () => {
  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    const jobs = await start()
    await expectNoted(await ask())
    process.kill(redis.pid, signal)
    const startedAt = performance.now()
    await jobs.close()
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    if (signal === 'SIGSTOP') process.kill(redis.pid, 'SIGCONT')
    await redis.restart()
  }
})
