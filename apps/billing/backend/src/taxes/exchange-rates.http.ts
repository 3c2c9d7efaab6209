import { exchangeRateFields } from '@gramkit/core/billing'
import { instantWire, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf, dayWire, decimalWire } from '../wire.ts'

const currency = z.enum(CURRENCIES)

const exchangeRateWire = z
  .object({
    id: z.uuid(),
    from: currency,
    to: currency,
    rate: decimalWire,
    quotedOn: dayWire,
    source: z.string(),
    reason: z.string().nullable(),
    version: z.int(),
    actor: z.string(),
    createdAt: instantWire,
  })
  .meta({ id: 'ExchangeRate' })

const foundRateWire = z
  .object({
    rate: decimalWire,
    /** Whether it is the rate of the opposite direction. */
    isInverse: z.boolean(),
    quotedOn: dayWire,
    source: z.string().nullable(),
  })
  .meta({ id: 'FoundRate' })

const rateQuery = z.object({
  from: currency,
  to: currency,
  on: z.string(),
  maxAgeDays: z.coerce.number().default(7),
})

const tags = ['exchange rates']

/** Routes for what currencies are worth in others. */
export const exchangeRatesHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/exchange-rates',
    withScope('exchange-rates:read', {
      tags,
      summary: 'All rates that were ever added, oldest first',
      querystring: pageQuery,
      response: { 200: pageOf(exchangeRateWire), ...problemResponses },
    }),
    (request) => billingOf(request).exchangeRates.list(request.query),
  )

  app.post(
    '/exchange-rates',
    withScope('exchange-rates:write', {
      tags,
      headers: takesKey,
      summary: 'Adds a rate of a day',
      body: bodyOf(exchangeRateFields),
      response: { 201: exchangeRateWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, () =>
        billingOf(request).exchangeRates.add(request.body),
      ),
  )

  app.get(
    '/exchange-rates/found',
    withScope('exchange-rates:read', {
      tags,
      summary: 'The rate of a day: that day’s, or the latest before it that is not too old',
      querystring: rateQuery,
      response: { 200: foundRateWire, ...problemResponses },
    }),
    (request) => billingOf(request).exchangeRates.find(request.query),
  )
}
