import {
  BILLED_STATUSES,
  type ChangePreview,
  changeFields,
  subscriptionFields,
} from '@gramkit/core/billing'
import { idParams, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf, whenField } from '../wire.ts'
import {
  changePreviewWire,
  subscriptionViewWire,
  subscriptionWire,
} from './subscription-wire.http.ts'

const tags = ['subscriptions']
const view = { 200: subscriptionViewWire, ...problemResponses }
const preview = { 200: changePreviewWire, ...problemResponses }
const ending = z.strictObject({ when: whenField.optional() }).nullish()

/** Routes for what customers are billed for again and again. */
export const subscriptionsHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/subscriptions',
    withScope('subscriptions:read', {
      tags,
      summary:
        'Subscriptions, oldest first: of a customer, a status or a plan, or that were not billed',
      querystring: pageQuery.extend({
        customerId: z.uuid().optional(),
        status: z.enum(BILLED_STATUSES).optional(),
        planId: z.uuid().optional(),
        parked: z.literal('true').optional(),
      }),
      response: { 200: pageOf(subscriptionWire), ...problemResponses },
    }),
    (request) => {
      const { limit, cursor, parked, ...filter } = request.query
      return billingOf(request).subscriptions.list(
        { ...filter, isParked: parked === 'true' },
        { limit, cursor },
      )
    },
  )

  app.post(
    '/subscriptions',
    withScope('subscriptions:write', {
      tags,
      headers: takesKey,
      summary: 'Begins a plan in its current version',
      body: bodyOf(subscriptionFields),
      response: { 201: subscriptionViewWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, (id) =>
        billingOf(request).subscriptions.create(request.body, id),
      ),
  )

  app.get(
    '/subscriptions/:id',
    withScope('subscriptions:read', {
      tags,
      summary: 'A subscription with all that it cost',
      params: idParams,
      response: view,
    }),
    (request) => billingOf(request).subscriptions.get(request.params.id),
  )

  app.post(
    '/subscriptions/:id/change',
    withScope('subscriptions:write', {
      tags,
      headers: takesKey,
      summary:
        'Changes the plan, the quantity or the prices, from today on or with the next period',
      params: idParams,
      body: bodyOf(changeFields),
      response: view,
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).subscriptions.change(request.params.id, request.body),
      ),
  )

  app.post(
    '/subscriptions/:id/change/preview',
    withScope('subscriptions:read', {
      tags,
      summary: 'Says what a change would do, and writes nothing',
      params: idParams,
      body: bodyOf(changeFields),
      response: preview,
    }),
    async (request) =>
      toWire(await billingOf(request).subscriptions.preview(request.params.id, request.body)),
  )

  app.post(
    '/subscriptions/:id/cancel',
    withScope('subscriptions:write', {
      tags,
      headers: takesKey,
      summary: 'Ends it: with the running period, or now with a last bill for what is open',
      params: idParams,
      body: ending,
      response: view,
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).subscriptions.cancel(request.params.id, request.body?.when),
      ),
  )

  app.post(
    '/subscriptions/:id/cancel/preview',
    withScope('subscriptions:read', {
      tags,
      summary: 'Says what the last bill would be, and writes nothing',
      params: idParams,
      body: ending,
      response: preview,
    }),
    async (request) =>
      toWire(
        await billingOf(request).subscriptions.previewCancel(request.params.id, request.body?.when),
      ),
  )

  app.post(
    '/subscriptions/:id/pause',
    withScope('subscriptions:write', {
      tags,
      headers: takesKey,
      summary: 'Charges for nothing until it is resumed, from now or the next period on',
      params: idParams,
      body: ending,
      response: view,
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).subscriptions.pause(request.params.id, request.body?.when),
      ),
  )

  app.post(
    '/subscriptions/:id/resume',
    withScope('subscriptions:write', {
      tags,
      headers: takesKey,
      summary: 'Charges again from today on, or takes an end or a pause back that has not come',
      params: idParams,
      response: view,
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).subscriptions.resume(request.params.id),
      ),
  )

  app.post(
    '/subscriptions/:id/retry',
    withScope('subscriptions:write', {
      tags,
      headers: takesKey,
      summary: 'Lets the next run take up a subscription that could not be billed',
      params: idParams,
      response: view,
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).subscriptions.retry(request.params.id),
      ),
  )
}

function toWire({ fromOn, nextBill }: ChangePreview): z.output<typeof changePreviewWire> {
  if (!nextBill) return { fromOn, nextBill: null }
  const { planned, lines, perLine } = nextBill
  return {
    fromOn,
    nextBill: {
      at: planned.at,
      on: planned.on,
      lines: lines.map((line, index) => ({ ...line, discount: perLine[index] ?? 0n })),
    },
  }
}
