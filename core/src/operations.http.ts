import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { replayDelivery, retryJob } from './operations.ts'
import {
  actorOf,
  adminSecurity,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from './platform/http/index.ts'
import type { Inbox } from './platform/inbox/index.ts'
import type { CoreServices } from './services.ts'

/** What the routes for given-up work are about. */
export interface OperationsHttpOptions {
  readonly core: CoreServices
  readonly inbox: Pick<Inbox<CoreServices>, 'replay'>
}

const deliveryWire = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    /** What the provider repeats when it delivers the same thing again. */
    key: z.string(),
    attempts: z.int(),
    lastError: z.string().nullable(),
    receivedAt: instantWire,
    parkedAt: instantWire.nullable(),
  })
  .meta({ id: 'ParkedDelivery' })

const jobWire = z
  .object({
    id: z.uuid(),
    name: z.string(),
    attempts: z.int(),
    lastError: z.string().nullable(),
    diedAt: instantWire.nullable(),
  })
  .meta({ id: 'DeadJob' })

const shared = { tags: ['admin'], security: adminSecurity }

/** Routes for work that was given up; register under `/api/v1`. */
export function operationsHttp({ core, inbox }: OperationsHttpOptions): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/admin/deliveries',
      {
        onRequest: requireAdmin,
        schema: {
          ...shared,
          summary: 'Deliveries that were parked',
          querystring: pageQuery,
          response: { 200: pageOf(deliveryWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { items, nextCursor } = await core.repos.inbox.listParked(query)
        return {
          nextCursor,
          items: items.map(({ finishedAt, ...row }) => ({ ...row, parkedAt: finishedAt })),
        }
      },
    )

    app.post(
      '/admin/deliveries/:id/replay',
      {
        onRequest: requireAdmin,
        schema: {
          ...shared,
          summary: 'Try a parked delivery again, with all its tries',
          params: idParams,
          response: {
            200: z.object({ outcome: z.enum(['done', 'duplicate', 'retrying', 'parked']) }),
            ...problemResponses,
          },
        },
      },
      async (request) => ({
        outcome: await replayDelivery(inbox, request.params.id, actorOf(request)),
      }),
    )

    app.get(
      '/admin/jobs',
      {
        onRequest: requireAdmin,
        schema: {
          ...shared,
          summary: 'Jobs that were put aside as dead',
          querystring: pageQuery,
          response: { 200: pageOf(jobWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { items, nextCursor } = await core.repos.jobs.listDead(query)
        return {
          nextCursor,
          items: items.map(({ finishedAt, ...row }) => ({ ...row, diedAt: finishedAt })),
        }
      },
    )

    app.post(
      '/admin/jobs/:id/retry',
      {
        onRequest: requireAdmin,
        schema: {
          ...shared,
          summary: 'Put a dead job back, with all its tries',
          params: idParams,
          response: { 204: z.undefined(), ...problemResponses },
        },
      },
      async (request, reply) => {
        await retryJob(core, request.params.id, actorOf(request))
        return reply.code(204).send()
      },
    )
  }
}
