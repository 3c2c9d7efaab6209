import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  actorOf,
  adminSecurity,
  amountWire,
  idempotently,
  idParams,
  instantWire,
  pageOf,
  problemResponses,
  requireAdmin,
} from '../../platform/http/index.ts'
import { DISPUTE_STATUSES } from './disputes/dispute.ts'
import type { DisputesService } from './disputes/disputes.service.ts'
import { paymentToWire, paymentWire } from './payment-wire.http.ts'
import type { PaymentsService } from './payments.service.ts'
import type { ReconciliationService } from './reconciliation/reconciliation.service.ts'
import { REFUND_STATUSES } from './refunds/refund.ts'
import type { RefundsService } from './refunds/refunds.service.ts'

/** All that the admin's routes of payments may touch. */
export interface PaymentsAdminHttpScope {
  readonly payments: PaymentsService
  readonly refunds: RefundsService
  readonly disputes: DisputesService
  readonly reconciliation: ReconciliationService
}

/** A payment as the shop's own people see it: with its buyer, and its id in the provider's books. */
const soldWire = paymentWire
  .extend({ userId: z.uuid(), providerPaymentId: z.string().nullable() })
  .meta({ id: 'SoldPayment' })

const refundWire = z
  .object({
    id: z.uuid(),
    paymentId: z.uuid(),
    amount: amountWire,
    status: z.enum(REFUND_STATUSES),
    createdAt: instantWire,
  })
  .meta({ id: 'Refund' })

const disputeWire = z
  .object({
    id: z.uuid(),
    paymentId: z.uuid(),
    reference: z.string(),
    amount: amountWire,
    status: z.enum(DISPUTE_STATUSES),
    reason: z.string().nullable(),
    createdAt: instantWire,
  })
  .meta({ id: 'Dispute' })

const reconciledWire = z
  .object({
    kind: z.enum(['payment', 'refund']),
    providerPaymentId: z.string(),
    paymentId: z.uuid().nullable(),
    /** Why it cannot be taken in; null when it was. */
    problem: z.string().nullable(),
  })
  .meta({ id: 'ReconciledEntry' })

const reconciliationWire = z
  .object({
    gateway: z.string(),
    checked: z.int(),
    repaired: z.array(reconciledWire),
    differences: z.array(reconciledWire),
  })
  .meta({ id: 'Reconciliation' })

const withKey = z.object({ 'idempotency-key': z.string().optional() })

/** Routes for the shop's own people; register under `/api/v1`. */
export function paymentsAdminHttp({
  services,
}: ServicesHost<PaymentsAdminHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/admin/payments',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Find a payment by the reference that its buyer quotes',
          description: 'The bot shows references at /paysupport. See whose payment it is.',
          security: adminSecurity,
          querystring: z.object({
            reference: z
              .string()
              .trim()
              .regex(/^[0-9a-f]{8}$/i, 'is not eight hexadecimal digits'),
          }),
          response: { 200: pageOf(soldWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const found = await services.payments.findByReference(query.reference)
        const items = found.map((payment) => ({
          ...paymentToWire(payment),
          userId: payment.userId,
          providerPaymentId: payment.providerPaymentId,
        }))
        return { items, nextCursor: null }
      },
    )

    app.post(
      '/admin/payments/:id/refund',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Give money back',
          description: 'All that is left unless an amount is named. Needs an Idempotency-Key.',
          security: adminSecurity,
          headers: withKey,
          params: idParams,
          body: z.strictObject({ amount: amountWire.optional() }).nullish(),
          response: { 200: z.object({ refund: refundWire }), ...problemResponses },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async (operationId) => {
          const refund = await services.refunds.request({
            id: operationId,
            paymentId: request.params.id,
            amount: request.body?.amount,
            actor: actorOf(request),
          })
          return { status: 200, body: { refund } }
        }),
    )

    app.post(
      '/admin/payments/:id/capture',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Take reserved money',
          description:
            'All of it, or a part: the rest goes back to the buyer. Needs an Idempotency-Key.',
          security: adminSecurity,
          headers: withKey,
          params: idParams,
          body: z.strictObject({ amount: amountWire.optional() }).nullish(),
          response: { 200: z.object({ payment: paymentWire }), ...problemResponses },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async () => {
          const { params, body } = request
          const actor = actorOf(request)
          const payment = await services.payments.capture(params.id, body?.amount, actor)
          return { status: 200, body: { payment: paymentToWire(payment) } }
        }),
    )

    app.post(
      '/admin/payments/:id/cancel',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Call off a payment that is not paid yet, and free reserved money',
          security: adminSecurity,
          params: idParams,
          response: { 200: z.object({ payment: paymentWire }), ...problemResponses },
        },
      },
      async (request) => ({
        payment: paymentToWire(await services.payments.cancel(request.params.id, actorOf(request))),
      }),
    )

    app.post(
      '/admin/payments/:id/disputes',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Record how a chargeback stands',
          description:
            'For what providers tell by letter only. The same reference is the same dispute; the ' +
            'amount is all of the payment unless one is named.',
          security: adminSecurity,
          params: idParams,
          body: z.strictObject({
            reference: z.string().trim().min(1).max(128),
            status: z.enum(DISPUTE_STATUSES),
            amount: amountWire.optional(),
            reason: z.string().max(500).optional(),
          }),
          response: { 200: z.object({ dispute: disputeWire }), ...problemResponses },
        },
      },
      async (request) => ({
        dispute: await services.disputes.record({
          ...request.body,
          paymentId: request.params.id,
          actor: actorOf(request),
        }),
      }),
    )

    app.post(
      '/admin/reconcile',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Compare the books of the providers with ours',
          description:
            'Takes in what never reached us, and lists what cannot be taken in. Harmless to repeat.',
          security: adminSecurity,
          response: { 200: z.object({ items: z.array(reconciliationWire) }), ...problemResponses },
        },
      },
      async (request) => ({
        items: await services.reconciliation.reconcile(undefined, actorOf(request)),
      }),
    )
  }
}
