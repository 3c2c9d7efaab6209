import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  actorOf,
  adminSecurity,
  idempotently,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from '../../../platform/http/index.ts'
import {
  BROADCAST_STATUSES,
  type Broadcast,
  broadcastAudienceSchema,
  broadcastButtonsSchema,
  broadcastTextsSchema,
  PAID_MESSAGES_PER_STAR,
} from './broadcast.ts'
import type { BroadcastsService } from './broadcasts.service.ts'

/** All that the routes of broadcasts may touch. */
export interface BroadcastsHttpScope {
  readonly broadcasts: BroadcastsService
}

const broadcastWire = z
  .object({
    id: z.uuid(),
    status: z.enum(BROADCAST_STATUSES),
    texts: broadcastTextsSchema,
    buttons: broadcastButtonsSchema,
    audience: broadcastAudienceSchema,
    /** Stars that it may cost. */
    paidStars: z.number(),
    createdAt: instantWire,
    startedAt: instantWire.nullable(),
    endedAt: instantWire.nullable(),
  })
  .meta({ id: 'Broadcast' })

const countWire = z.object({ recipients: z.int(), unreachable: z.int() })
const progressWire = z.object({
  pending: z.int(),
  sending: z.int(),
  sent: z.int(),
  skipped: z.int(),
  failed: z.int(),
  unknown: z.int(),
  reasons: z.array(z.object({ reason: z.string(), count: z.int() })),
})

const draftBody = z.strictObject({
  texts: broadcastTextsSchema,
  buttons: broadcastButtonsSchema.optional(),
  audience: broadcastAudienceSchema.optional(),
  paidStars: z.int().min(0).max(1_000_000).optional(),
})

const tags = ['admin']

/** Routes for messages to many people; register under `/api/v1`. */
export function broadcastsHttp(host: ServicesHost<BroadcastsHttpScope>): FastifyPluginAsyncZod {
  const { broadcasts } = host.services
  return async (app) => {
    app.post(
      '/admin/broadcasts',
      {
        onRequest: requireAdmin,
        schema: {
          tags,
          summary: 'Draft a message to many people, and count them',
          security: adminSecurity,
          body: draftBody,
          response: {
            201: z.object({ broadcast: broadcastWire, audience: countWire }),
            ...problemResponses,
          },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async (id) => {
          const actor = actorOf(request)
          const drafted = await broadcasts.draft({ ...request.body, id, actor })
          const audience = await broadcasts.preview(id)
          return { status: 201, body: { broadcast: toWire(drafted), audience } }
        }),
    )

    app.get(
      '/admin/broadcasts',
      {
        onRequest: requireAdmin,
        schema: {
          tags,
          summary: 'Messages to many people, newest first',
          security: adminSecurity,
          querystring: pageQuery,
          response: { 200: pageOf(broadcastWire), ...problemResponses },
        },
      },
      async (request) => {
        const { items, nextCursor } = await broadcasts.list(request.query)
        return { items: items.map(toWire), nextCursor }
      },
    )

    app.get(
      '/admin/broadcasts/:id',
      {
        onRequest: requireAdmin,
        schema: {
          tags,
          summary: 'How far a message to many people is',
          security: adminSecurity,
          params: idParams,
          response: {
            200: z.object({ broadcast: broadcastWire, progress: progressWire }),
            ...problemResponses,
          },
        },
      },
      async ({ params: { id } }) => {
        const broadcast = toWire(await broadcasts.get(id))
        const { reasons, ...counts } = await broadcasts.progress(id)
        return { broadcast, progress: { ...counts, reasons: [...reasons] } }
      },
    )

    for (const action of ['start', 'cancel'] as const) {
      app.post(
        `/admin/broadcasts/:id/${action}`,
        {
          onRequest: requireAdmin,
          schema: {
            tags,
            summary:
              action === 'start'
                ? 'Send a draft to everybody it is for'
                : 'Stop a message to many people within a second',
            description: 'Harmless to repeat.',
            security: adminSecurity,
            params: idParams,
            response: { 200: z.object({ broadcast: broadcastWire }), ...problemResponses },
          },
        },
        async (request) => {
          const { id } = request.params
          return { broadcast: toWire(await broadcasts[action](id, actorOf(request))) }
        },
      )
    }
  }
}

function toWire({ paidMessages, paidTaken: _, ...broadcast }: Broadcast) {
  return { ...broadcast, paidStars: paidMessages / PAID_MESSAGES_PER_STAR }
}
