import { Redis } from 'ioredis'
import { inject } from 'vitest'
import { jobsContract } from '../../testing/contracts/jobs.contract.ts'
import { bullmqOnRedis } from './bullmq.ts'

// A database of its own, which the others of this Redis do not miss when it is emptied.
const url = `${inject('gramkitRedisUrl')}/1`

jobsContract({
  name: 'BullMQ on Redis',
  kind: 'redis',
  urlOf: () => url,
  open: () => bullmqOnRedis({ url }),
  async empty() {
    const redis = new Redis(url)
    await redis.flushdb()
    redis.disconnect()
  },
})
