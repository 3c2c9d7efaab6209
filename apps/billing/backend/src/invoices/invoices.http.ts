import { INVOICE_STATES, oneOffFields } from '@gramkit/core/billing'
import { idParams, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, billingOf, takesKey, withScope } from '../tenant-edge.ts'
import { bodyOf } from '../wire.ts'
import { invoiceViewWire, invoiceWire, toWire } from './invoice-wire.http.ts'

/** Which invoices are asked for. */
export const invoiceQuery = z.object({
  customerId: z.string().optional(),
  state: z.enum(INVOICE_STATES).optional(),
  issuedFromOn: z.string().optional(),
  issuedUntilOn: z.string().optional(),
})

const tags = ['invoices']
const STEPS = [
  {
    step: 'finalize',
    summary: 'Gives a draft its number and its due day; from now on it does not change',
  },
  { step: 'void', summary: 'Asks for nothing any more; the number stays used' },
  { step: 'writeOff', summary: 'Expects no payment any more; one that comes is welcome' },
] as const

/** Routes for what is asked of customers. */
export const invoicesHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/invoices',
    withScope('invoices:read', {
      tags,
      summary: 'Invoices, newest first',
      querystring: pageQuery.extend(invoiceQuery.shape),
      response: { 200: pageOf(invoiceWire), ...problemResponses },
    }),
    async (request) => {
      const { limit, cursor, ...filter } = request.query
      const page = await billingOf(request).invoices.list(filter, { limit, cursor })
      return { ...page, items: page.items.map(toWire) }
    },
  )

  app.post(
    '/invoices',
    withScope('invoices:write', {
      tags,
      headers: takesKey,
      summary: 'Makes the draft of an invoice that belongs to no subscription',
      body: bodyOf(oneOffFields),
      response: { 201: invoiceViewWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 201 }, async (id) =>
        toWire(await billingOf(request).invoices.draft(request.body, id)),
      ),
  )

  app.get(
    '/invoices/:id',
    withScope('invoices:read', {
      tags,
      summary: 'An invoice with its lines',
      params: idParams,
      response: { 200: invoiceViewWire, ...problemResponses },
    }),
    async (request) => toWire(await billingOf(request).invoices.get(request.params.id)),
  )

  app.delete(
    '/invoices/:id',
    withScope('invoices:write', {
      tags,
      summary: 'Throws a draft away',
      params: idParams,
      response: { 204: z.void(), ...problemResponses },
    }),
    async (request, reply) => {
      await billingOf(request).invoices.discard(request.params.id)
      reply.code(204)
    },
  )

  for (const { step, summary } of STEPS) {
    app.post(
      `/invoices/:id/${step === 'writeOff' ? 'write-off' : step}`,
      withScope('invoices:write', {
        tags,
        headers: takesKey,
        summary,
        params: idParams,
        response: { 200: invoiceViewWire, ...problemResponses },
      }),
      (request, reply) =>
        answerOnce(request, reply, { status: 200 }, async () =>
          toWire(await billingOf(request).invoices[step](request.params.id)),
        ),
    )
  }
}
