import { customerFields } from '@gramkit/core/billing'
import { idParams, instantWire, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf, changesOf } from '../wire.ts'

const tags = ['customers']

/** A customer, on the wire. */
const customerWire = z
  .object({
    id: z.uuid(),
    code: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    company: z.string().nullable(),
    address: z.array(z.string()).readonly(),
    country: z.string().nullable(),
    region: z.string().nullable(),
    taxId: z.string().nullable(),
    taxExemption: z.string().nullable(),
    currency: z.enum(CURRENCIES),
    timeZone: z.string(),
    paymentTermsDays: z.int().nullable(),
    autoCharge: z.boolean(),
    userId: z.uuid().nullable(),
    createdAt: instantWire,
    updatedAt: instantWire,
  })
  .meta({ id: 'Customer' })

const customersQuery = pageQuery.extend({
  search: z.string().optional(),
  userId: z.string().optional(),
})

/** Routes for who buys from a tenant. */
export const customersHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/customers',
    withScope('customers:read', {
      tags,
      summary: 'Customers, oldest first',
      querystring: customersQuery,
      response: { 200: pageOf(customerWire), ...problemResponses },
    }),
    (request) => {
      const { search, userId, ...page } = request.query
      return billingOf(request).customers.list({ search, userId }, page)
    },
  )

  app.post(
    '/customers',
    withScope('customers:write', {
      tags,
      headers: takesKey,
      summary: 'Makes a customer',
      body: bodyOf(customerFields.in.partial({ currency: true, timeZone: true })),
      response: { 201: customerWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, (id) =>
        billingOf(request).customers.create(request.body, id),
      ),
  )

  app.get(
    '/customers/:id',
    withScope('customers:read', {
      tags,
      summary: 'A customer',
      params: idParams,
      response: { 200: customerWire, ...problemResponses },
    }),
    (request) => billingOf(request).customers.get(request.params.id),
  )

  app.patch(
    '/customers/:id',
    withScope('customers:write', {
      tags,
      headers: takesKey,
      summary: 'Changes a customer; invoices that are made out keep what they say',
      params: idParams,
      body: changesOf(customerFields),
      response: { 200: customerWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).customers.update(request.params.id, request.body),
      ),
  )
}
