import { CREDIT_REASONS } from '@gramkit/core/billing'
import {
  amountWire,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  problemResponses,
} from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerMoney, billingOf, needsKey, withScope } from '../tenant-edge.ts'

const currency = z.enum(CURRENCIES)

const creditEntryWire = z
  .object({
    id: z.uuid(),
    customerId: z.uuid(),
    currency,
    reason: z.enum(CREDIT_REASONS),
    /** Negative for what is applied or refunded. */
    amount: amountWire,
    invoiceId: z.uuid().nullable(),
    note: z.string().nullable(),
    createdAt: instantWire,
  })
  .meta({ id: 'CreditEntry' })

const balancesWire = z.object({ items: z.array(z.object({ currency, amount: amountWire })) })
const movement = z.strictObject({ currency, amount: amountWire, note: z.string().optional() })
const most = z.strictObject({ amount: amountWire.optional() }).nullish()

const tags = ['credit']

/** Routes for what a tenant owes its customers; it pays their next invoices by itself. */
export const creditsHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/customers/:id/credit',
    withScope('payments:read', {
      tags,
      summary: 'What a customer has, by currency',
      params: idParams,
      response: { 200: balancesWire, ...problemResponses },
    }),
    async (request) => ({ items: await billingOf(request).credit.balances(request.params.id) }),
  )

  app.get(
    '/customers/:id/credit/entries',
    withScope('payments:read', {
      tags,
      summary: 'What changed a customer’s credit, newest first',
      params: idParams,
      querystring: pageQuery,
      response: { 200: pageOf(creditEntryWire), ...problemResponses },
    }),
    async (request) => {
      const { credit, customers } = billingOf(request)
      const { id } = await customers.get(request.params.id)
      return credit.list(id, request.query)
    },
  )

  app.post(
    '/customers/:id/credit',
    withScope('payments:write', {
      tags,
      headers: needsKey,
      summary: 'Gives a customer credit',
      params: idParams,
      body: movement,
      response: { 201: creditEntryWire, ...problemResponses },
    }),
    (request, reply) =>
      answerMoney(request, reply, { status: 201 }, (operationId) =>
        billingOf(request).credit.add({
          ...{ ...request.body, customerId: request.params.id, reason: 'grant' },
          source: `request:${operationId}`,
        }),
      ),
  )

  app.post(
    '/customers/:id/credit/payouts',
    withScope('payments:write', {
      tags,
      headers: needsKey,
      summary: 'Takes out of a customer’s credit what was paid out to them, such as by a bank',
      params: idParams,
      body: movement,
      response: { 201: creditEntryWire, ...problemResponses },
    }),
    (request, reply) =>
      answerMoney(request, reply, { status: 201 }, (operationId) =>
        billingOf(request).credit.payOut({
          ...{ ...request.body, customerId: request.params.id },
          source: `request:${operationId}`,
        }),
      ),
  )

  app.post(
    '/invoices/:id/credit',
    withScope('payments:write', {
      tags,
      headers: needsKey,
      summary: 'Pays an invoice by its customer’s credit, as far as that goes',
      params: idParams,
      body: most,
      response: { 200: z.object({ amount: amountWire }), ...problemResponses },
    }),
    (request, reply) =>
      answerMoney(request, reply, { status: 200 }, async (operationId) => {
        const { credit } = billingOf(request)
        const [most, source] = [request.body?.amount, `request:${operationId}`]
        return { amount: await credit.apply(request.params.id, most, source) }
      }),
  )
}
