import { startRedis } from '@gramkit/services'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { checkRedis } from './redis.ts'

const levels = async (url: string) =>
  Object.fromEntries((await checkRedis(url)).map(({ what, level }) => [what, level]))

test('wants a Redis that throws nothing away and keeps what it has', async () => {
  await using server = await startRedis()
  const redis = new Redis(server.url)
  await redis.config('SET', 'save', '')
  const keeps = 'Redis keeps what it has: '
  expect(Object.values(await levels(server.url))).toEqual(['ok', 'ok', 'warning'])
  await redis.config('SET', 'appendonly', 'yes')
  expect(await levels(server.url)).toMatchObject({ [`${keeps}appendonly is on`]: 'ok' })
  await redis.config('SET', 'appendonly', 'no')
  await redis.config('SET', 'save', '900 1')
  expect(await levels(server.url)).toMatchObject({ [`${keeps}snapshots are on`]: 'ok' })
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
  expect(Object.values(await levels(server.url))).toEqual(['ok', 'problem', 'ok'])
  redis.disconnect()
})

test('says at once that a Redis is away', async () => {
  await expect(checkRedis('redis://127.0.0.1:1')).rejects.toThrow('ECONNREFUSED')
})
