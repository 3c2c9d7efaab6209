import {
  QUOTA_CYCLES,
  QUOTA_KINDS,
  quotaFields,
  RESERVATION_STATUSES,
  reservationFields,
} from '@gramkit/core/billing'
import { idParams, instantWire, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf, dayWire, decimalWire } from '../wire.ts'

const quotaWire = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    meterId: z.uuid(),
    quantity: decimalWire,
    kind: z.enum(QUOTA_KINDS),
    cycle: z.enum(QUOTA_CYCLES),
    anchorOn: dayWire,
    createdAt: instantWire,
    updatedAt: instantWire,
  })
  .meta({ id: 'Quota' })

const quotaStateWire = z
  .object({
    quantity: decimalWire,
    used: decimalWire,
    held: decimalWire,
    remaining: decimalWire,
    endsAt: instantWire,
  })
  .meta({ id: 'QuotaState' })

const reservationWire = z
  .object({
    id: z.uuid(),
    quotaId: z.uuid(),
    quantity: decimalWire,
    status: z.enum(RESERVATION_STATUSES),
    expiresAt: instantWire,
    createdAt: instantWire,
    updatedAt: instantWire,
  })
  .meta({ id: 'Reservation' })

const reserveWire = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('reserved'),
    reservation: reservationWire,
    state: quotaStateWire,
  }),
  z.object({ outcome: z.literal('exceeded'), state: quotaStateWire }),
])

const tags = ['quotas']

/** Routes for how much customers may use. */
export const quotasHttp: FastifyPluginAsyncZod = async (app) => {
  app.put(
    '/quotas',
    withScope('usage:write', {
      tags,
      headers: takesKey,
      summary: 'Says how much a customer may use in each period, from now on',
      body: bodyOf(quotaFields),
      response: { 200: quotaWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).quotas.set(request.body),
      ),
  )

  app.get(
    '/quotas/state',
    withScope('usage:read', {
      tags,
      summary: 'How far the quota of a customer is used in the current period',
      querystring: z.object({ customerId: z.uuid(), meter: quotaFields.shape.meter }),
      response: { 200: quotaStateWire, ...problemResponses },
    }),
    (request) => billingOf(request).quotas.state(request.query),
  )

  app.post(
    '/reservations',
    withScope('usage:write', {
      tags,
      summary: 'Keeps a part of a quota for somebody who is about to use it',
      body: bodyOf(reservationFields),
      response: { 200: reserveWire, ...problemResponses },
    }),
    (request) => billingOf(request).quotas.reserve(request.body),
  )

  app.post(
    '/reservations/:id/commit',
    withScope('usage:write', {
      tags,
      summary: 'Records what was used of a reservation, and frees the rest',
      params: idParams,
      body: z.strictObject({ quantity: z.string().optional() }).nullish(),
      response: { 200: reservationWire, ...problemResponses },
    }),
    (request) => {
      const quantity = request.body?.quantity
      const used = quantity === undefined ? {} : { quantity }
      return billingOf(request).quotas.commit(request.params.id, used)
    },
  )

  app.post(
    '/reservations/:id/release',
    withScope('usage:write', {
      tags,
      summary: 'Frees a reservation of which nothing was used',
      params: idParams,
      response: { 200: reservationWire, ...problemResponses },
    }),
    (request) => billingOf(request).quotas.release(request.params.id),
  )
}
