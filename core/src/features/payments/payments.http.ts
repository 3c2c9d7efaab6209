import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CURRENCIES } from '../../kernel/index.ts'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  amountWire,
  idempotently,
  idParams,
  pageOf,
  pageQuery,
  principalOf,
  problemResponses,
  requireUser,
  sessionTokenOf,
  userSecurity,
} from '../../platform/http/index.ts'
import type { Surface } from './payment.ts'
import type { GatewayRegistry } from './payment-gateway.ts'
import { paymentToWire, paymentWire } from './payment-wire.http.ts'
import { type PaymentsAdminHttpScope, paymentsAdminHttp } from './payments-admin.http.ts'
import type { Product, ProductCatalog } from './product.ts'
import { RECEIPT_KINDS, RECEIPT_STATUSES } from './receipts/receipt.ts'
import type { ReceiptsService } from './receipts/receipts.service.ts'

/** All that the routes of payments may touch. */
export interface PaymentsHttpScope extends PaymentsAdminHttpScope {
  readonly receipts: Pick<ReceiptsService, 'listByPayment'>
  readonly products: ProductCatalog
  readonly gateways: GatewayRegistry
}

const currency = z.enum(CURRENCIES)

const productWire = z
  .object({
    id: z.string(),
    kind: z.string(),
    goods: z.enum(['digital', 'physical']),
    title: z.string(),
    description: z.string(),
    prices: z.array(z.object({ currency, amount: amountWire })),
    credits: z.object({ unit: z.string(), amount: amountWire }).nullable(),
    plan: z
      .object({
        group: z.string(),
        period: z.union([z.object({ days: z.int() }), z.object({ months: z.int() })]),
        trial: z.object({ days: z.int() }).nullable(),
        features: z.array(z.string()),
      })
      .nullable(),
    /** Gateways that may sell it where this session is. */
    gateways: z.array(z.string()),
  })
  .meta({ id: 'Product' })

const paymentDetailsWire = paymentWire
  .extend({
    /** Fiscal receipts (54-FZ), oldest first. */
    receipts: z.array(z.object({ kind: z.enum(RECEIPT_KINDS), status: z.enum(RECEIPT_STATUSES) })),
  })
  .meta({ id: 'PaymentDetails' })

const startedWire = z.object({ payment: paymentWire, confirmationUrl: z.string().nullable() })

const tags = ['payments']

/** Routes for products, purchases and refunds; register under `/api/v1`. */
export function paymentsHttp(host: ServicesHost<PaymentsHttpScope>): FastifyPluginAsyncZod {
  const { services } = host
  return async (app) => {
    app.get(
      '/products',
      {
        // Anybody may look; who has not logged in is on the web.
        onRequest: async (request) => {
          if (sessionTokenOf(request)) await requireUser(request)
        },
        schema: {
          tags,
          summary: 'What is sold, and by which gateways here',
          security: [{}, ...userSecurity],
          response: { 200: pageOf(productWire), ...problemResponses },
        },
      },
      async (request) => {
        const surface = request.principal?.session.surface ?? 'web'
        const onSale = services.products.list().filter(({ status }) => status === 'active')
        return {
          items: onSale.map((product) => productToWire(product, surface, services.gateways)),
          nextCursor: null,
        }
      },
    )

    app.post(
      '/payments',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Start a purchase',
          description:
            'Answers with the address where the buyer pays; it is null while the provider cannot ' +
            'be reached, and appears on the payment later. Needs an Idempotency-Key.',
          security: userSecurity,
          headers: z.object({ 'idempotency-key': z.string().optional() }),
          body: z.strictObject({
            productId: z.string().max(64),
            gateway: z.string().max(64),
            currency,
            returnUrl: z.string().max(2_048).optional(),
            /** Where the receipt goes, when it is not known from an earlier purchase. */
            contact: z
              .strictObject({
                email: z.string().max(320).optional(),
                phone: z.string().max(64).optional(),
              })
              .optional(),
            /** The buyer agreed to be charged again each period, by the text of this version. */
            autopaymentConsent: z
              .strictObject({ textVersion: z.string().min(1).max(64) })
              .optional(),
          }),
          response: { 201: startedWire, ...problemResponses },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async (operationId) => {
          const { user, session } = principalOf(request)
          const { autopaymentConsent: consent, ...wanted } = request.body
          const payment = await services.payments.start({
            ...wanted,
            id: operationId,
            userId: user.id,
            surface: session.surface,
            ...(consent ? { autopaymentConsent: { ...consent, sessionId: session.id } } : {}),
          })
          return {
            status: 201,
            body: { payment: paymentToWire(payment), confirmationUrl: payment.confirmationUrl },
          }
        }),
    )

    app.get(
      '/payments',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'One’s purchases, newest first',
          security: userSecurity,
          querystring: pageQuery,
          response: { 200: pageOf(paymentWire), ...problemResponses },
        },
      },
      async (request) => {
        const page = await services.payments.list(principalOf(request).user.id, request.query)
        return { ...page, items: page.items.map(paymentToWire) }
      },
    )

    app.get(
      '/payments/:id',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'One purchase, and how the registration of its receipts stands',
          security: userSecurity,
          params: idParams,
          response: { 200: paymentDetailsWire, ...problemResponses },
        },
      },
      async (request) => {
        const { user } = principalOf(request)
        const payment = await services.payments.get(user.id, request.params.id)
        const receipts = await services.receipts.listByPayment(payment.id)
        return {
          ...paymentToWire(payment),
          receipts: receipts.map(({ kind, status }) => ({ kind, status })),
        }
      },
    )

    await app.register(paymentsAdminHttp(host))
  }
}

function productToWire(product: Product, surface: Surface, gateways: GatewayRegistry) {
  const { id, kind, goods, title, description, credits = null, plan = null } = product
  const prices = CURRENCIES.flatMap((currency) => {
    const amount = product.prices[currency]
    return amount === undefined ? [] : [{ currency, amount }]
  })
  const fitting = [...gateways.values()].filter(
    ({ capabilities }) =>
      capabilities.goods[surface].includes(goods) &&
      prices.some((price) => capabilities.currencies.includes(price.currency)),
  )
  return {
    id,
    kind,
    goods,
    title,
    description,
    prices,
    credits,
    plan: plan && { ...plan, trial: plan.trial ?? null },
    gateways: fitting.map(({ name }) => name),
  }
}
