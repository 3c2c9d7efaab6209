import { AGGREGATIONS, LATE_POLICIES, meterFields } from '@gramkit/core/billing'
import { instantWire, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf } from '../wire.ts'

const meterWire = z
  .object({
    id: z.uuid(),
    code: z.string(),
    name: z.string(),
    unit: z.string(),
    aggregation: z.enum(AGGREGATIONS),
    valueProperty: z.string().nullable(),
    late: z.enum(LATE_POLICIES),
    acceptedDays: z.int(),
    createdAt: instantWire,
  })
  .meta({ id: 'Meter' })

const tags = ['usage']

/** Routes for how a tenant counts what its customers use. */
export const metersHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/meters',
    withScope('usage:read', {
      tags,
      summary: 'Meters, oldest first',
      querystring: pageQuery,
      response: { 200: pageOf(meterWire), ...problemResponses },
    }),
    (request) => billingOf(request).meters.list(request.query),
  )

  app.post(
    '/meters',
    withScope('usage:write', {
      tags,
      headers: takesKey,
      summary: 'Makes a meter; it never changes',
      body: bodyOf(meterFields),
      response: { 201: meterWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, () =>
        billingOf(request).meters.create(request.body),
      ),
  )

  app.get(
    '/meters/:code',
    withScope('usage:read', {
      tags,
      summary: 'A meter, by the code that charges and events name',
      params: z.object({ code: meterFields.shape.code }),
      response: { 200: meterWire, ...problemResponses },
    }),
    (request) => billingOf(request).meters.getByCode(request.params.code),
  )
}
