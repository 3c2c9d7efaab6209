import { Redis } from 'ioredis'
import { type Finding, ok, problem, warning } from '../findings.ts'

const TIMEOUT_MS = 5_000

/** Looks at the Redis that jobs run on, if they do. */
export async function checkRedis(url: string | undefined): Promise<Finding[]> {
  if (!url) return [ok('Jobs run on PostgreSQL: REDIS_URL is not set')]
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // Its failure shows in the call that waits.
  let lost: Error | undefined
  redis.on('error', (error) => {
    lost = error
  })
  try {
    await redis.connect().catch((error) => {
      throw lost ?? error
    })
    const info = readInfo(await redis.info())
    return [
      ok(`Redis ${info.get('redis_version') ?? ''} answers`),
      checkPolicy(info.get('maxmemory_policy')),
      await checkPersistence(redis, info.get('aof_enabled')),
    ]
  } finally {
    redis.disconnect()
  }
}

function checkPolicy(policy: string | undefined): Finding {
  return policy === 'noeviction'
    ? ok('maxmemory-policy is noeviction')
    : problem(
        `maxmemory-policy is ${policy ?? 'unknown'}: Redis may throw jobs away when it is full`,
        'set maxmemory-policy noeviction',
      )
}

async function checkPersistence(redis: Redis, aof: string | undefined): Promise<Finding> {
  if (aof === '1') return ok('Redis keeps what it has: appendonly is on')
  // Servers of others often forbid the question.
  const save = await redis.config('GET', 'save').catch(() => undefined)
  if (Array.isArray(save) && save[1]) return ok('Redis keeps what it has: snapshots are on')
  return warning(
    'Redis keeps nothing on disk: after its restart jobs wait until they are handed over again',
    'set appendonly yes',
  )
}

function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const at = line.indexOf(':')
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const]
    }),
  )
}
