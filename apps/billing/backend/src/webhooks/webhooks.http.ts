import {
  ATTEMPT_PROBLEMS,
  DELIVERY_STATES,
  DISABLED_REASONS,
  endpointFields,
} from '@gramkit/core/billing'
import { idParams, instantWire, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf, changesOf } from '../wire.ts'

const endpoint = {
  id: z.uuid(),
  url: z.string(),
  name: z.string(),
  /** Null for all, those to come as well. */
  events: z.array(z.string()).nullable(),
  isEnabled: z.boolean(),
  disabledReason: z.enum(DISABLED_REASONS).nullable(),
  failingSince: instantWire.nullable(),
  createdAt: instantWire,
  updatedAt: instantWire,
}
const endpointWire = z.object(endpoint).meta({ id: 'WebhookEndpoint' })
const newEndpointWire = z.object({ ...endpoint, secret: z.string() }).meta({ id: 'NewEndpoint' })

const delivery = {
  id: z.uuid(),
  endpointId: z.uuid(),
  /** What the receiver dedupes on. */
  eventId: z.uuid(),
  event: z.string(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  dueAt: instantWire.nullable(),
  deliveredAt: instantWire.nullable(),
  createdAt: instantWire,
}
const deliveryWire = z.object(delivery).meta({ id: 'WebhookDelivery' })
const tryWire = z.object({
  number: z.int(),
  at: instantWire,
  status: z.int().nullable(),
  problem: z.enum(ATTEMPT_PROBLEMS).nullable(),
})
const deliveryViewWire = z
  .object({ ...delivery, body: z.string(), tries: z.array(tryWire).readonly() })
  .meta({ id: 'WebhookDeliveryWithTries' })

const fields = endpointFields(() => undefined)
const tags = ['webhooks']
const SWITCHES = [
  { step: 'enable', summary: 'Turns an endpoint on; what happened while it was off is not told' },
  { step: 'disable', summary: 'Turns an endpoint off and gives up what is on its way to it' },
] as const

/** Routes for the servers of a tenant's own that hear of what becomes true. */
export const webhooksHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/webhook-endpoints',
    withScope('webhooks:read', {
      tags,
      summary: 'Endpoints, oldest first; their secrets are not shown',
      querystring: pageQuery,
      response: { 200: pageOf(endpointWire), ...problemResponses },
    }),
    (request) => billingOf(request).webhooks.list(request.query),
  )

  app.post(
    '/webhook-endpoints',
    withScope('webhooks:write', {
      tags,
      summary:
        'Makes an endpoint and shows its secret this once: no Idempotency-Key brings it back',
      body: bodyOf(fields),
      response: { 201: newEndpointWire, ...problemResponses },
    }),
    (request, reply) => {
      reply.code(201)
      return billingOf(request).webhooks.create(request.body)
    },
  )

  app.get(
    '/webhook-endpoints/:id',
    withScope('webhooks:read', {
      tags,
      summary: 'An endpoint',
      params: idParams,
      response: { 200: endpointWire, ...problemResponses },
    }),
    (request) => billingOf(request).webhooks.get(request.params.id),
  )

  app.patch(
    '/webhook-endpoints/:id',
    withScope('webhooks:write', {
      tags,
      headers: takesKey,
      summary: 'Changes an endpoint; what is on its way goes to where it leads now',
      params: idParams,
      body: changesOf(fields),
      response: { 200: endpointWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).webhooks.update(request.params.id, request.body),
      ),
  )

  for (const { step, summary } of SWITCHES) {
    app.post(
      `/webhook-endpoints/:id/${step}`,
      withScope('webhooks:write', {
        tags,
        headers: takesKey,
        summary,
        params: idParams,
        response: { 200: endpointWire, ...problemResponses },
      }),
      (request, reply) =>
        answerOnce(request, reply, { status: 200 }, () =>
          billingOf(request).webhooks[step](request.params.id),
        ),
    )
  }

  app.post(
    '/webhook-endpoints/:id/secret',
    withScope('webhooks:write', {
      tags,
      summary: 'Gives an endpoint another secret and shows it once; the former signs for a day',
      params: idParams,
      response: { 200: newEndpointWire, ...problemResponses },
    }),
    (request) => billingOf(request).webhooks.rotateSecret(request.params.id),
  )

  app.post(
    '/webhook-endpoints/:id/replay',
    withScope('webhooks:write', {
      tags,
      headers: takesKey,
      summary: 'Sends again all that happened since a moment, up to 10,000 at once',
      params: idParams,
      body: z.strictObject({ since: instantWire }),
      response: { 200: z.object({ deliveries: z.int() }), ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, async () => {
        const { webhooks } = billingOf(request)
        return { deliveries: await webhooks.replaySince(request.params.id, request.body.since) }
      }),
  )

  app.delete(
    '/webhook-endpoints/:id',
    withScope('webhooks:write', {
      tags,
      summary: 'Removes an endpoint with all that was sent to it',
      params: idParams,
      response: { 204: z.void(), ...problemResponses },
    }),
    async (request, reply) => {
      await billingOf(request).webhooks.remove(request.params.id)
      reply.code(204)
    },
  )

  app.get(
    '/webhook-deliveries',
    withScope('webhooks:read', {
      tags,
      summary: 'What is or was on its way, newest first',
      querystring: pageQuery.extend({
        endpointId: z.string().optional(),
        state: z.enum(DELIVERY_STATES).optional(),
      }),
      response: { 200: pageOf(deliveryWire), ...problemResponses },
    }),
    (request) => {
      const { endpointId, state, ...page } = request.query
      return billingOf(request).webhooks.listDeliveries({ endpointId, state }, page)
    },
  )

  app.get(
    '/webhook-deliveries/:id',
    withScope('webhooks:read', {
      tags,
      summary: 'A delivery with its body and its tries',
      params: idParams,
      response: { 200: deliveryViewWire, ...problemResponses },
    }),
    (request) => billingOf(request).webhooks.getDelivery(request.params.id),
  )

  app.post(
    '/webhook-deliveries/:id/replay',
    withScope('webhooks:write', {
      tags,
      headers: takesKey,
      summary: 'Sends one delivery again, under the same event id',
      params: idParams,
      response: { 200: deliveryViewWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).webhooks.replay(request.params.id),
      ),
  )
}
