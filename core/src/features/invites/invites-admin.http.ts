import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  actorOf,
  adminSecurity,
  idempotently,
  idParams,
  pageOf,
  problemResponses,
  requireAdmin,
} from '../../platform/http/index.ts'
import {
  filterQuery,
  invitationWire,
  revocationBody,
  statsWire,
  termsBody,
} from './invitation-wire.http.ts'
import type { InvitesService } from './invites.service.ts'

const newBatch = z.strictObject({
  ...termsBody,
  count: z.int().min(1).max(10_000),
  prefix: z.string().min(1).max(19).optional(),
})
const keyed = z.object({ 'idempotency-key': z.string().optional() })

const route = { onRequest: requireAdmin } as const
const shared = { tags: ['admin'], security: adminSecurity }

/** Routes of administrators for everybody’s invitations; register under `/api/v1`. */
export function invitesAdminHttp({
  services,
}: ServicesHost<{ readonly invites: InvitesService }>): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/admin/invitations/batches',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Make many invitations with drawn codes',
          description: 'Needs an Idempotency-Key: the same key makes them once.',
          headers: keyed,
          body: newBatch,
          response: {
            201: z.object({ batchId: z.uuid(), codes: z.array(z.string()) }),
            ...problemResponses,
          },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async (batchId) => {
          const batch = { ...request.body, batchId, createdBy: actorOf(request) }
          return { status: 201, body: await services.invites.createBatch(batch) }
        }),
    )

    app.get(
      '/admin/invitations',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Invitations, newest first',
          querystring: filterQuery.extend({
            createdBy: z.string().max(255).optional(),
            batchId: z.uuid().optional(),
          }),
          response: { 200: pageOf(invitationWire), ...problemResponses },
        },
      },
      async (request) => {
        const { limit, cursor, ...filter } = request.query
        return services.invites.list(filter, { limit, cursor })
      },
    )

    app.get(
      '/admin/invitations/stats',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'How many invitations there are, and how often they were used',
          response: { 200: statsWire, ...problemResponses },
        },
      },
      async () => services.invites.stats(),
    )

    app.post(
      '/admin/invitations/:id/revoke',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Take an invitation back',
          params: idParams,
          body: revocationBody,
          response: { 200: invitationWire, ...problemResponses },
        },
      },
      async (request) => {
        const { id } = request.params
        return services.invites.revoke({ id, by: actorOf(request), ...request.body })
      },
    )
  }
}
