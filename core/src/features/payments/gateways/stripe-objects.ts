import { z } from 'zod'
import { type Currency, isCurrency } from '../../../kernel/index.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { RefundReport } from '../refunds/refund.ts'

/** Name under which payments keep this gateway. */
export const STRIPE = 'stripe'

const currencySchema = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.custom<Currency>((text) => isCurrency(String(text)), 'is in no currency of ours'))

/** Stripe counts in the smallest unit, as the kit does; of three decimals the last one is 0. */
const amountSchema = z.int().nonnegative().transform(BigInt)

/** What the kit writes on a payment at Stripe, beside our id. */
const metadataSchema = z.object({
  payment_id: z.string().optional(),
  /** `checkout` where the buyer pays on a page: the kit knows it by the page's session. */
  from: z.string().optional(),
})

/** A payment intent as far as the kit reads it; play money and real money are never mixed. */
export function stripeIntentSchema(isTest: boolean) {
  return z
    .object({
      id: z.string().min(1),
      livemode: z.boolean(),
      status: z.enum([
        ...(['requires_payment_method', 'requires_confirmation', 'requires_action'] as const),
        ...(['processing', 'requires_capture', 'succeeded', 'canceled'] as const),
      ]),
      amount: amountSchema,
      amount_received: amountSchema,
      currency: currencySchema,
      metadata: metadataSchema,
      payment_method: z.string().nullable(),
      setup_future_usage: z.string().nullable(),
      cancellation_reason: z.string().nullable(),
      last_payment_error: z
        .object({ code: z.string().optional(), decline_code: z.string().optional() })
        .nullable(),
    })
    .refine(({ livemode }) => livemode !== isTest, isOther(isTest))
}

/** A page on which somebody pays, with the payment that it began. */
export function stripeSessionSchema(isTest: boolean) {
  return z
    .object({
      id: z.string().min(1),
      livemode: z.boolean(),
      status: z.enum(['open', 'complete', 'expired']),
      amount_total: amountSchema,
      currency: currencySchema,
      // A buyer can write the reference of a payment link; metadata only who has the key.
      metadata: metadataSchema,
      payment_intent: stripeIntentSchema(isTest).nullable(),
    })
    .refine(({ livemode }) => livemode !== isTest, isOther(isTest))
}

/** Money that goes back, with the payment it is of. */
export function stripeRefundSchema(isTest: boolean) {
  return z.object({
    id: z.string().min(1),
    status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
    amount: amountSchema,
    currency: currencySchema,
    metadata: z.object({ refund_id: z.string().optional() }),
    failure_reason: z.string().optional(),
    payment_intent: stripeIntentSchema(isTest).nullable(),
  })
}

/** A payment intent that was read. */
export type StripeIntent = z.output<ReturnType<typeof stripeIntentSchema>>
/** A session that was read. */
export type StripeSession = z.output<ReturnType<typeof stripeSessionSchema>>
type StripeRefund = z.output<ReturnType<typeof stripeRefundSchema>>

/** What a page and its payment say, in the kit's words. */
export function sessionSnapshot(session: StripeSession): PaymentSnapshot {
  const { id, status, amount_total, currency, metadata, payment_intent } = session
  if (payment_intent) return intentSnapshot(payment_intent, { id, status })
  return {
    gateway: STRIPE,
    paymentId: metadata.payment_id ?? '',
    providerPaymentId: id,
    status: status === 'expired' ? 'expired' : 'pending',
    money: { amount: amount_total, currency },
    body: { id, status },
  }
}

/** What a payment says, in the kit's words; `page` is the session on which it is made. */
export function intentSnapshot(
  intent: StripeIntent,
  page?: Pick<StripeSession, 'id' | 'status'>,
): PaymentSnapshot {
  const { id, amount, amount_received, currency, last_payment_error: failure } = intent
  const isPaid = intent.status === 'succeeded'
  const status = statusOf(intent, page?.status)
  const keepsMethod = intent.setup_future_usage === 'off_session' && intent.payment_method !== null
  const refusal = failure?.decline_code ?? failure?.code
  const reason = status === 'failed' ? refusal : (intent.cancellation_reason ?? undefined)
  return {
    gateway: STRIPE,
    paymentId: intent.metadata.payment_id ?? '',
    providerPaymentId: page?.id ?? id,
    status,
    money: { amount: isPaid ? amount_received : amount, currency },
    savedMethodId: keepsMethod ? (intent.payment_method ?? undefined) : undefined,
    failureReason: reason,
    body: { id, status: intent.status, reason: reason ?? null, page: page?.id ?? null },
  }
}

function statusOf(
  { status, cancellation_reason: reason }: StripeIntent,
  page: StripeSession['status'] | undefined,
): PaymentSnapshot['status'] {
  switch (status) {
    case 'succeeded':
      return 'succeeded'
    case 'requires_capture':
      return 'waiting_for_capture'
    case 'processing':
      return 'pending'
    case 'canceled':
      return reason === 'automatic' || reason === 'expired' ? 'expired' : 'canceled'
    default:
      // On a page the buyer may try again until it closes; a saved method has nobody who could.
      if (page === 'open') return 'pending'
      return page === 'expired' ? 'expired' : 'failed'
  }
}

/** What a refund says, in the kit's words. */
export function refundReport(refund: StripeRefund, providerPaymentId: string): RefundReport {
  const { id, status, amount, currency, metadata, failure_reason: failureReason } = refund
  const isFailed = status === 'failed' || status === 'canceled'
  return {
    gateway: STRIPE,
    providerPaymentId,
    providerRefundId: id,
    refundId: metadata.refund_id,
    amount,
    currency,
    status: isFailed ? 'failed' : status === 'succeeded' ? 'succeeded' : 'pending',
    failureReason,
  }
}

function isOther(isTest: boolean): string {
  return `is ${isTest ? 'no' : 'a'} test object`
}
