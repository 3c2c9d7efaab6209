import { type TAX_PRESETS, taxRateFields } from '@gramkit/core/billing'
import { idParams, instantWire, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf, dayWire, decimalWire } from '../wire.ts'

const taxRateWire = z
  .object({
    id: z.uuid(),
    country: z.string(),
    region: z.string().nullable(),
    category: z.string(),
    name: z.string(),
    /** Percent; null where no tax is owed from that day on. */
    rate: decimalWire.nullable(),
    fromOn: dayWire,
    createdAt: instantWire,
  })
  .meta({ id: 'TaxRate' })

const presets = z.literal(['ru_vat'] satisfies (keyof typeof TAX_PRESETS)[])
const tags = ['taxes']

/** Routes for what a tenant adds to its prices. */
export const taxesHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/tax-rates',
    withScope('taxes:read', {
      tags,
      summary: 'Rates, oldest first',
      querystring: pageQuery,
      response: { 200: pageOf(taxRateWire), ...problemResponses },
    }),
    (request) => billingOf(request).taxes.list(request.query),
  )

  app.post(
    '/tax-rates',
    withScope('taxes:write', {
      tags,
      headers: takesKey,
      summary: 'Says which rate holds in a place from a day on',
      body: bodyOf(taxRateFields),
      response: { 201: taxRateWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, () => billingOf(request).taxes.add(request.body)),
  )

  app.post(
    '/tax-rates/presets',
    withScope('taxes:write', {
      tags,
      headers: takesKey,
      summary: 'Adds those rates of a preset that the tenant has not',
      body: z.strictObject({ preset: presets }),
      response: { 200: z.object({ items: z.array(taxRateWire) }), ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, async () => ({
        items: await billingOf(request).taxes.load(request.body.preset),
      })),
  )

  app.delete(
    '/tax-rates/:id',
    withScope('taxes:write', {
      tags,
      summary: 'Removes a rate that was wrong: the one before it holds again',
      params: idParams,
      response: { 204: z.void(), ...problemResponses },
    }),
    async (request, reply) => {
      await billingOf(request).taxes.remove(request.params.id)
      reply.code(204)
    },
  )
}
