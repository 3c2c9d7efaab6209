import type { Clock } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SERVICES, type Service } from './variables.ts'

/** How a service of the launchpad is. */
export const serviceStatus = z.enum(['healthy', 'unhealthy'])

/** What `/status` answers: `degraded` while one service cannot work. */
export const statusWire = z
  .object({
    status: z.enum(['healthy', 'degraded']),
    service: z.string(),
    timestamp: z.string(),
    services: z.partialRecord(z.enum(SERVICES), serviceStatus),
  })
  .meta({ id: 'Status' })

/** Tells which services there are, and how they are; open to all. */
export function statusHttp(options: {
  /** Who answers. */
  readonly service: string
  readonly clock: Clock
  readonly statusOf: () => Promise<Partial<Record<Service, z.output<typeof serviceStatus>>>>
}): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/status',
      {
        schema: {
          tags: ['status'],
          summary: 'How the services are',
          response: { 200: statusWire, 503: statusWire },
        },
        config: { rateLimit: false },
      },
      async (_request, reply) => {
        const services = await options.statusOf()
        const isHealthy = Object.values(services).every((one) => one === 'healthy')
        reply.code(isHealthy ? 200 : 503)
        return {
          status: isHealthy ? ('healthy' as const) : ('degraded' as const),
          service: options.service,
          timestamp: options.clock.now().toISOString(),
          services,
        }
      },
    )
  }
}
