import { USAGE_BATCH_MAX, type UsageEventInput, usageEventFields } from '@gramkit/core/billing'
import { instantWire, problemResponses } from '@gramkit/core/http'
import { assert } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { billingOf, withScope } from '../tenant-edge.ts'
import { bodyOf, decimalWire, describedAs } from '../wire.ts'

/** Room for a full batch of events with some properties each. */
const BATCH_LIMIT_BYTES = 8 * 1_048_576

const reportWire = z
  .object({
    accepted: z.int(),
    /** Counted before, or by another event of the batch. */
    duplicates: z.int(),
    refused: z
      .array(z.object({ index: z.int(), reason: z.string(), problem: z.string() }))
      .readonly(),
  })
  .meta({ id: 'UsageReport' })

/** An event of a batch: one that is wrong is refused by itself, so not even its instant is read here. */
const batchedEvent = z
  .unknown()
  .transform((event): unknown => {
    const at = new Date(String(Reflect.get(Object(event), 'at')))
    return typeof event === 'object' ? { ...event, at } : event
  })
  .pipe(z.custom<UsageEventInput>())
  .meta(describedAs(usageEventFields))

const totalsQuery = z.object({
  customerId: z.uuid(),
  meter: usageEventFields.shape.meter,
  startsAt: instantWire,
  endsAt: instantWire,
})

const tags = ['usage']

/** Routes for what customers used. Events carry ids of their own, so a repeated one counts once. */
export const usageHttp: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/usage/events',
    withScope('usage:write', {
      tags,
      summary: 'Records one event; told again it is a duplicate, and counted once',
      body: bodyOf(usageEventFields, { at: instantWire }),
      response: {
        200: z.object({ outcome: z.enum(['accepted', 'duplicate']) }),
        ...problemResponses,
      },
    }),
    async (request) => ({ outcome: await billingOf(request).usage.record(request.body) }),
  )

  app.post(
    '/usage/batches',
    {
      ...withScope('usage:write', {
        tags,
        summary: 'Records up to 10,000 events, in any order; those that are wrong are named',
        body: z.strictObject({ events: z.array(batchedEvent).min(1).max(USAGE_BATCH_MAX) }),
        response: { 200: reportWire, ...problemResponses },
      }),
      bodyLimit: BATCH_LIMIT_BYTES,
    },
    (request) => billingOf(request).usage.recordBatch(request.body.events),
  )

  app.get(
    '/usage/total',
    withScope('usage:read', {
      tags,
      summary: 'What is counted of a customer from an instant up to, not including, another',
      querystring: totalsQuery,
      response: { 200: z.object({ quantity: decimalWire }), ...problemResponses },
    }),
    async (request) => {
      const { customers, usage } = billingOf(request)
      const { id } = await customers.get(request.query.customerId)
      const [total] = await usage.totals([{ ...request.query, customerId: id }])
      assert(total, 'A span that was asked for is counted')
      return total
    },
  )
}
