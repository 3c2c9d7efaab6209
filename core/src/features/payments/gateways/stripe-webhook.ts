import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Clock, type Currency, InvalidValue } from '../../../kernel/index.ts'
import type { InboxHandler } from '../../../platform/inbox/index.ts'
import type { DisputeStatus } from '../disputes/dispute.ts'
import type { DisputesService } from '../disputes/disputes.service.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { GatewayRegistry } from '../payment-gateway.ts'
import { WebhookSignatureInvalid } from '../payments.errors.ts'
import type { PaymentsService } from '../payments.service.ts'
import type { RefundReport } from '../refunds/refund.ts'
import type { RefundsService } from '../refunds/refunds.service.ts'
import { STRIPE } from './stripe-objects.ts'

/** Oldest signature that is believed, as Stripe's own client has it. */
const TOLERANCE_SECONDS = 300

/** How events of one account come in. */
export interface StripeWebhookOptions {
  /** The endpoint's signing secret, which begins with `whsec_`. */
  readonly secret: string
  readonly clock: Clock
  /** Stores an event; a throw makes Stripe deliver it again. */
  receive(key: string, body: unknown): Promise<void>
}

const DISPUTE = 'charge.dispute.'

/** What is handled; an endpoint that is subscribed to more is answered, and nothing is kept. */
const HANDLED: readonly string[] = ['checkout.session.', 'payment_intent.', 'refund.', DISPUTE]

const eventSchema = z.object({
  id: z.string().max(255),
  type: z
    .string()
    .max(255)
    .refine((type) => HANDLED.some((prefix) => type.startsWith(prefix))),
  data: z.object({ object: z.looseObject({ id: z.string().max(255) }) }),
})

/**
 * The route that Stripe delivers events to. Only what carries the endpoint's signature over the very
 * bytes that came, not older than five minutes, is stored; how the object of an event stands is asked
 * of Stripe, as events come late, twice and in any order.
 *
 * @throws {@link InvalidValue} without a secret: everybody could then claim to have paid
 */
export function stripeWebhook(options: StripeWebhookOptions): FastifyPluginAsyncZod {
  const { secret, clock } = options
  if (!/^whsec_\S{8,}$/.test(secret)) {
    throw new InvalidValue({
      field: 'secret of the Stripe webhook',
      problem: 'is missing or weak',
      remedy: 'take the signing secret of the endpoint, which begins with whsec_',
    })
  }
  return async (app) => {
    const { Stripe } = await import('stripe')
    // The signature is of the bytes that came; parsed and printed again they may be others.
    app.removeContentTypeParser('application/json')
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    app.post(
      '/webhooks/stripe',
      { schema: { hide: true, body: z.unknown() } },
      async ({ headers, body }, reply) => {
        const signature = headers['stripe-signature']
        const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
        let event: unknown
        try {
          const { webhooks } = Stripe
          const now = clock.now().getTime()
          const at = [TOLERANCE_SECONDS, undefined, now] as const
          event = webhooks.constructEvent(raw, signature ?? '', secret, ...at)
        } catch {
          throw new WebhookSignatureInvalid()
        }
        const read = eventSchema.safeParse(event)
        if (read.success) await options.receive(read.data.id, told(read.data))
        return reply.code(200).send()
      },
    )
  }
}

/** What is kept of an event: the rest tells of people and their cards, and is asked back. */
function told({ id, type, data: { object } }: z.output<typeof eventSchema>) {
  const dispute = type.startsWith(DISPUTE) ? disputeSchema.safeParse(object).data : undefined
  return { id, type, object: dispute ?? { id: object.id } }
}

/** Only a dispute is believed as it is told: it is signed, and one that is decided stays so. */
const disputeSchema = z.object({
  id: z.string().max(255),
  payment_intent: z.string().max(255),
  amount: z.int().positive(),
  currency: z.string().max(8),
  reason: z.string().max(255),
  status: z.string().max(64),
})

const toldSchema = z.object({
  type: z.string(),
  object: z.union([disputeSchema, z.object({ id: z.string() })]),
})

/** Inquiries of a bank take no money yet, and an appeal comes after a dispute was lost. */
const DISPUTE_STATUS = new Map<string, DisputeStatus>([
  ['needs_response', 'open'],
  ['under_review', 'open'],
  ['won', 'won'],
  ['lost', 'lost'],
])

type Answer =
  | { readonly kind: 'payment'; readonly snapshot: PaymentSnapshot }
  | { readonly kind: 'refund'; readonly report: RefundReport }
  | {
      readonly kind: 'dispute'
      readonly snapshot: PaymentSnapshot
      readonly dispute: z.output<typeof disputeSchema>
      readonly status: DisputeStatus
    }
  | undefined

interface StripeInboxScope {
  readonly gateways: GatewayRegistry
  readonly payments: Pick<PaymentsService, 'apply'>
  readonly refunds: Pick<RefundsService, 'apply'>
  readonly disputes: Pick<DisputesService, 'record'>
}

/** Handles stored events: asks Stripe how the object stands, then applies the answer. */
export const stripeInbox: InboxHandler<StripeInboxScope, Answer> = {
  provider: STRIPE,

  async prepare({ gateways }, delivery) {
    const { type, object } = toldSchema.parse(delivery.body)
    const gateway = gateways.get(STRIPE)
    const fetch = async (id: string) => gateway?.fetch?.(id)
    if (type.startsWith('checkout.session.') || type.startsWith('payment_intent.')) {
      const snapshot = await fetch(object.id)
      return snapshot && { kind: 'payment', snapshot }
    }
    if (type.startsWith('refund.')) {
      const report = await gateway?.fetchRefund?.(object.id)
      // The payment's own event may come later, or never.
      const payment = report && (await fetch(report.providerPaymentId))
      return report && { kind: 'refund', report: { ...report, payment } }
    }
    if (!type.startsWith(DISPUTE) || !('payment_intent' in object)) return undefined
    const status = DISPUTE_STATUS.get(object.status)
    const snapshot = status && (await fetch(object.payment_intent))
    return status && snapshot && { kind: 'dispute', snapshot, dispute: object, status }
  },

  async apply(tx, _delivery, answer) {
    if (answer?.kind === 'refund') {
      await tx.refunds.apply(answer.report)
      return
    }
    if (!answer) return
    const applied = await tx.payments.apply(answer.snapshot)
    if (answer.kind !== 'dispute' || applied.outcome === 'refused') return
    const { dispute, status } = answer
    const { id: paymentId, amount, currency } = applied.payment
    await tx.disputes.record({
      paymentId,
      reference: dispute.id,
      amount: disputed(dispute, { amount, currency }),
      status,
      reason: dispute.reason,
      actor: 'provider',
    })
  },
}

/** What of a payment is disputed; a bank that counts in its own currency means all of it. */
function disputed(
  { amount, currency }: z.output<typeof disputeSchema>,
  payment: { readonly amount: bigint; readonly currency: Currency },
): bigint {
  const isSame = currency.toUpperCase() === payment.currency
  return isSame && BigInt(amount) < payment.amount ? BigInt(amount) : payment.amount
}
