import {
  actorOf,
  adminSecurity,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from '@gramkit/core/http'
import { BATCH_SIZE_MAX, type Batch, type IssuedCode } from '@gramkit/core/waitlist'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'
import { batchWire, codeWire, generatedWire, issuedWire } from './invites-wire.http.ts'

const route = { onRequest: requireAdmin } as const
const shared = { tags: ['invites'], security: adminSecurity }

/** Routes of administrators for invitations; register under `/api/invites`. */
export function launchInvitesAdminHttp({ platform }: ServiceRoutesOptions): FastifyPluginAsyncZod {
  const { services } = platform
  const describe = async ({
    invite,
    batch,
    code,
    status,
  }: IssuedCode): Promise<z.output<typeof issuedWire>> => {
    const entry = await services.waitlist.find({ id: invite.entryId })
    const usedAt = invite.outcome === 'admitted' ? invite.endedAt : null
    return {
      ...{ code, batch_id: batch.name, status, recipient: entry?.email ?? null },
      delivery: invite.deliveredAt ? 'delivered' : 'issued',
      created_at: invite.issuedAt.toISOString(),
      expires_at: invite.expiresAt.toISOString(),
      used_at: usedAt?.toISOString() ?? null,
    }
  }

  return async (app) => {
    app.post(
      '/generate',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Invite the next of the waitlist',
          description:
            'The same batch_id and size again is the same batch: nobody is invited twice.',
          body: z.object({
            batch_size: z.int().min(1).max(BATCH_SIZE_MAX),
            batch_id: z.string().min(1).max(64).optional(),
          }),
          response: { 201: generatedWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const { batch_size: size, batch_id: batchId } = request.body
        const actor = actorOf(request)
        const { batch, codes } = await services.batches.generate({ size, batchId, actor })
        reply.code(201)
        return {
          status: 'success' as const,
          ...{ batch_id: batch.name, generated: batch.generated, codes: [...codes] },
        }
      },
    )

    app.get(
      '/batches',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Batches, newest first',
          querystring: pageQuery,
          response: { 200: pageOf(batchWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const page = await services.batches.list(query)
        return { ...page, items: page.items.map(toBatchWire) }
      },
    )

    app.get(
      '/codes',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Codes of batches, newest first',
          querystring: pageQuery.extend({
            batch_id: z.string().max(64).optional(),
            status: z.enum(['active', 'used', 'expired', 'revoked']).optional(),
          }),
          response: { 200: pageOf(issuedWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { batch_id: batchId, status, limit, cursor } = query
        const page = await services.batches.codes({ batchId, status }, { limit, cursor })
        return { ...page, items: await Promise.all(page.items.map(describe)) }
      },
    )

    app.post(
      '/:code/revoke',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Take a code back',
          params: z.object({ code: codeWire }),
          body: z.object({ reason: z.string().trim().min(1).max(500).optional() }).nullish(),
          response: {
            200: z.object({ code: z.string(), status: z.string() }),
            ...problemResponses,
          },
        },
      },
      async (request) => {
        const { code } = request.params
        const reason = request.body?.reason ?? 'not given'
        const actor = actorOf(request)
        const { status, ...revoked } = await services.batches.revoke(code, { actor, reason })
        return { code: revoked.code, status }
      },
    )

    app.post(
      '/:code/resend',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Send a code once more to whom it is bound to',
          params: z.object({ code: codeWire }),
          response: { 202: z.object({ code: z.string() }), ...problemResponses },
        },
      },
      async (request, reply) => {
        const { code } = request.params
        await services.batches.resend(code, { actor: actorOf(request) })
        reply.code(202)
        return { code }
      },
    )
  }
}

function toBatchWire(batch: Batch): z.output<typeof batchWire> {
  return {
    ...{ batch_id: batch.name, size: batch.requested, generated: batch.generated },
    ...{ actor: batch.actor, is_planned: batch.isPlanned, gate_state: batch.gateState },
    ...{ refusal: batch.refusal, created_at: batch.createdAt.toISOString() },
  }
}
