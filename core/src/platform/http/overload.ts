import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { Overloaded } from './http.errors.ts'

const DELAY_MAX_MS = 1_000
/** What was measured in one second counts during the next. */
const START_COUNTS_MS = 2_000
const RETRY_AFTER_SECONDS = 5

/**
 * Refuses requests while the event loop is more than a second behind. What the start took is no load:
 * a slow one would refuse whoever comes first.
 */
export async function brakeOverload(app: FastifyInstance): Promise<void> {
  let judgedFrom = Number.POSITIVE_INFINITY
  app.addHook('onReady', async () => {
    judgedFrom = performance.now() + START_COUNTS_MS
  })
  await app.register(underPressure, {
    maxEventLoopDelay: DELAY_MAX_MS,
    async pressureHandler() {
      if (performance.now() < judgedFrom) return
      throw new Overloaded({ retryAfterSeconds: RETRY_AFTER_SECONDS })
    },
  })
}
