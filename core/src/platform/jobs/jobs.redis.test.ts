import { Redis } from 'ioredis'
import { inject } from 'vitest'
import { jobsContract } from '../../testing/contracts/jobs.contract.ts'
import { bullmqOnRedis } from './bullmq.ts'

const url = inject('gramkitRedisUrl')

jobsContract({
  name: 'BullMQ on Redis',
  kind: 'redis',
  urlOf: () => url,
  open: () => bullmqOnRedis({ url }),
  async empty() {
    const redis = new Redis(url)
    await redis.flushall()
    redis.disconnect()
  },
})
