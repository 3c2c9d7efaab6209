import { type ChargeOutcome, DECLINE_CLASSES, INVOICE_PAYMENT_STATES } from '@gramkit/core/billing'
import { amountWire, idParams, instantWire, problemResponses } from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import { PAYMENT_STATUSES, REFUND_STATUSES } from '@gramkit/core/payments'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  answerMoney,
  answerOnce,
  billingOf,
  needsKey,
  takesKey,
  withScope,
} from '../tenant-edge.ts'

const currency = z.enum(CURRENCIES)

const paymentWire = z
  .object({
    id: z.uuid(),
    invoiceId: z.uuid(),
    customerId: z.uuid(),
    gateway: z.string().nullable(),
    /** Counts the charges of an invoice; null where the customer pays by themselves. */
    attempt: z.int().nullable(),
    currency,
    amount: amountWire,
    state: z.enum(INVOICE_PAYMENT_STATES),
    taken: amountWire,
    /** What the invoice did not ask for: it is the customer's credit. */
    left: amountWire,
    returned: amountWire,
    takenBack: amountWire,
    reason: z.string().nullable(),
    declineClass: z.enum(DECLINE_CLASSES).nullable(),
    createdAt: instantWire,
    updatedAt: instantWire,
  })
  .meta({ id: 'InvoicePayment' })

const returnWire = z.object({
  id: z.uuid(),
  amount: amountWire,
  fromInvoice: amountWire,
  fromCredit: amountWire,
  lost: amountWire,
  createdAt: instantWire,
})

const paymentViewWire = z
  .object({ ...paymentWire.shape, returns: z.array(returnWire).readonly() })
  .meta({ id: 'InvoicePaymentWithReturns' })

const startedWire = z
  .object({
    id: z.uuid(),
    status: z.enum(PAYMENT_STATUSES),
    gateway: z.string(),
    currency,
    amount: amountWire,
    /** Where the customer pays; null where the answer of the gateway was lost. */
    confirmationUrl: z.string().nullable(),
  })
  .meta({ id: 'StartedPayment' })

const chargeWire = z
  .object({
    outcome: z.enum(['paid', 'under_way', 'declined', 'nothing_due']),
    payment: paymentWire.nullable(),
  })
  .meta({ id: 'Charge' })

const refundWire = z
  .object({
    id: z.uuid(),
    paymentId: z.uuid(),
    amount: amountWire,
    status: z.enum(REFUND_STATUSES),
    createdAt: instantWire,
  })
  .meta({ id: 'InvoiceRefund' })

const start = z.strictObject({
  gateway: z.string().max(64),
  amount: amountWire.optional(),
  returnUrl: z.string().max(2_000).optional(),
  /** Where the receipt goes, when it is not the customer's e-mail. */
  contact: z
    .strictObject({ email: z.string().max(320).optional(), phone: z.string().max(64).optional() })
    .optional(),
})
const attempt = z.strictObject({ attempt: z.int() })
const most = z.strictObject({ amount: amountWire.optional() }).nullish()

const tags = ['payments']

/** Routes for money in: payments of invoices, charges of saved methods, and what goes back. */
export const paymentsHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/invoices/:id/gateways',
    withScope('payments:read', {
      tags,
      summary: 'Names of the gateways by which an invoice can be paid',
      params: idParams,
      response: { 200: z.object({ items: z.array(z.string()) }), ...problemResponses },
    }),
    async (request) => ({ items: await billingOf(request).payments.gateways(request.params.id) }),
  )

  app.get(
    '/invoices/:id/payments',
    withScope('payments:read', {
      tags,
      summary: 'Payments of an invoice, oldest first, with what went back of each',
      params: idParams,
      response: { 200: z.object({ items: z.array(paymentViewWire) }), ...problemResponses },
    }),
    async (request) => ({ items: await billingOf(request).payments.list(request.params.id) }),
  )

  app.post(
    '/invoices/:id/payments',
    withScope('payments:write', {
      tags,
      headers: needsKey,
      summary: 'Starts a payment of all that remains, or of a part, and says where it is paid',
      params: idParams,
      body: start,
      response: { 201: startedWire, ...problemResponses },
    }),
    (request, reply) =>
      answerMoney(request, reply, { status: 201 }, (id) =>
        billingOf(request).payments.start({ ...request.body, id, invoiceId: request.params.id }),
      ),
  )

  app.post(
    '/invoices/:id/charges',
    withScope('payments:write', {
      tags,
      headers: takesKey,
      summary: 'Charges all that remains by the default method, once for each number of an attempt',
      params: idParams,
      body: attempt,
      response: { 200: chargeWire, ...problemResponses },
    }),
    (request, reply) =>
      answerOnce(request, reply, { status: 200 }, async () => {
        const { payments } = billingOf(request)
        return toWire(await payments.charge(request.params.id, request.body.attempt))
      }),
  )

  app.get(
    '/payments/:id',
    withScope('payments:read', {
      tags,
      summary: 'A payment with what went back of it',
      params: idParams,
      response: { 200: paymentViewWire, ...problemResponses },
    }),
    (request) => billingOf(request).payments.get(request.params.id),
  )

  app.post(
    '/payments/:id/refunds',
    withScope('payments:write', {
      tags,
      headers: needsKey,
      summary:
        'Gives money back: what of it became credit first, the rest the invoice asks for again',
      params: idParams,
      body: most,
      response: { 201: refundWire, ...problemResponses },
    }),
    (request, reply) =>
      answerMoney(request, reply, { status: 201 }, (id) =>
        billingOf(request).payments.refund({
          ...{ id, paymentId: request.params.id, amount: request.body?.amount },
        }),
      ),
  )
}

function toWire(charge: ChargeOutcome): z.output<typeof chargeWire> {
  const payment = charge.outcome === 'nothing_due' ? undefined : charge.payment
  return { outcome: charge.outcome, payment: payment ?? null }
}
