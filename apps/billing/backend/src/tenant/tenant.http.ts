import { tenantFields } from '@gramkit/core/billing'
import { amountWire, instantWire, problemResponses } from '@gramkit/core/http'
import { CURRENCIES, LANGUAGES, ROUNDINGS } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { changesOf } from '../wire.ts'

/** A tenant, on the wire. */
export const tenantWire = z
  .object({
    id: z.uuid(),
    code: z.string(),
    name: z.string(),
    company: z.string().nullable(),
    address: z.array(z.string()).readonly(),
    country: z.string().nullable(),
    region: z.string().nullable(),
    taxId: z.string().nullable(),
    currency: z.enum(CURRENCIES),
    timeZone: z.string(),
    language: z.enum(LANGUAGES),
    invoiceSeries: z.string(),
    creditNoteSeries: z.string(),
    paymentTermsDays: z.int(),
    graceDays: z.int(),
    approvalThreshold: amountWire.nullable(),
    pricesIncludeTax: z.boolean(),
    taxCategory: z.string(),
    taxRounding: z.enum(ROUNDINGS),
    createdAt: instantWire,
    updatedAt: instantWire,
  })
  .meta({ id: 'Tenant' })

/** What of a tenant is read here rather than by its service. */
export const readTenant = { approvalThreshold: amountWire.nullable().optional() }

const tags = ['tenant']

/** Routes for what the tenant says of itself. */
export const tenantHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/tenant',
    withScope('tenant:read', {
      tags,
      summary: 'Who sells, and how its invoices are made out',
      response: { 200: tenantWire, ...problemResponses },
    }),
    (request) => billingOf(request).tenant.get(),
  )

  app.patch(
    '/tenant',
    withScope('tenant:write', {
      tags,
      headers: takesKey,
      summary: 'Changes the tenant; what was made before keeps what it was made with',
      body: changesOf(tenantFields, readTenant),
      response: { 200: tenantWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, () =>
        billingOf(request).tenant.update(request.body),
      ),
  )
}
