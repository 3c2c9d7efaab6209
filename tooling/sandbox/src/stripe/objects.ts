import { z } from 'zod'

const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
const currency = z.string().regex(/^[a-z]{3}$/)
const expand = z.array(z.string()).optional()

const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine((entries) => Object.keys(entries).length <= 50)
  .default({})

/** What POST /v1/checkout/sessions takes; other modes than `payment` are not played. */
export const newSessionSchema = z.strictObject({
  mode: z.literal('payment'),
  line_items: z
    .array(
      z.strictObject({
        quantity: whole.refine((quantity) => quantity > 0),
        price_data: z.strictObject({
          currency,
          unit_amount: whole,
          product_data: z.strictObject({
            name: z.string().min(1).max(250),
            description: z.string().min(1).max(500).optional(),
          }),
        }),
      }),
    )
    .min(1)
    .max(100),
  success_url: z.url().max(5_000),
  cancel_url: z.url().max(5_000).optional(),
  client_reference_id: z.string().max(200).optional(),
  customer: z.string().optional(),
  customer_creation: z.enum(['always', 'if_required']).optional(),
  adaptive_pricing: z.strictObject({ enabled: flag }).optional(),
  metadata,
  payment_intent_data: z
    .strictObject({
      capture_method: z.enum(['automatic', 'automatic_async', 'manual']).optional(),
      description: z.string().max(1_000).optional(),
      metadata,
      setup_future_usage: z.enum(['on_session', 'off_session']).optional(),
    })
    .prefault({}),
  expand,
})

/** What POST /v1/payment_intents takes: a charge of a saved method, confirmed at once. */
export const newIntentSchema = z.strictObject({
  amount: whole,
  currency,
  customer: z.string(),
  payment_method: z.string(),
  off_session: z.literal('true'),
  confirm: z.literal('true'),
  description: z.string().max(1_000).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: z.literal('true'), allow_redirects: z.enum(['always', 'never']) })
    .optional(),
  return_url: z.url().optional(),
  metadata,
  expand,
})

/** What POST /v1/payment_intents/{id}/capture takes. */
export const captureSchema = z.strictObject({ amount_to_capture: whole.optional(), expand })

/** What POST /v1/payment_intents/{id}/cancel takes. */
export const cancelSchema = z.strictObject({
  cancellation_reason: z
    .enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'])
    .optional(),
  expand,
})

/** What POST /v1/refunds takes. */
export const newRefundSchema = z.strictObject({
  payment_intent: z.string(),
  amount: whole.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata,
  expand,
})

/** What POST /v1/customers takes. */
export const newCustomerSchema = z.strictObject({
  email: z.string().max(512).optional(),
  name: z.string().max(256).optional(),
  metadata,
})

/** Texts that an account keeps with an object. */
export type Metadata = Readonly<Record<string, string>>

/** What every object has. */
interface Named<Kind extends string> {
  readonly id: string
  readonly object: Kind
  readonly livemode: boolean
  /** Seconds since 1970. */
  readonly created: number
}

/** Somebody who pays, with the methods they saved. */
export interface Customer extends Named<'customer'> {
  readonly email: string | null
  readonly name: string | null
  readonly metadata: Metadata
}

/** A card; one without a customer can be used once. */
export interface PaymentMethod extends Named<'payment_method'> {
  readonly type: 'card'
  readonly customer: string | null
  readonly card: { readonly brand: string; readonly last4: string; readonly exp_year: number }
}

/** Why a card was refused. */
export interface PaymentFailure {
  readonly type: 'card_error'
  readonly code: string
  readonly decline_code: string
  readonly message: string
}

/** A payment from the first try to the money. */
export interface PaymentIntent extends Named<'payment_intent'> {
  readonly amount: number
  readonly amount_capturable: number
  readonly amount_received: number
  readonly cancellation_reason: string | null
  readonly capture_method: 'automatic' | 'automatic_async' | 'manual'
  readonly currency: string
  readonly customer: string | null
  readonly description: string | null
  readonly last_payment_error: PaymentFailure | null
  readonly latest_charge: string | null
  readonly metadata: Metadata
  readonly next_action: { readonly type: 'use_stripe_sdk' } | null
  readonly payment_method: string | null
  readonly setup_future_usage: 'on_session' | 'off_session' | null
  readonly status:
    | 'requires_payment_method'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'succeeded'
    | 'canceled'
}

/** One try of a payment that a bank allowed. */
export interface Charge extends Named<'charge'> {
  readonly amount: number
  readonly amount_captured: number
  readonly amount_refunded: number
  readonly balance_transaction: string | null
  readonly captured: boolean
  readonly currency: string
  readonly customer: string | null
  readonly disputed: boolean
  readonly metadata: Metadata
  readonly paid: boolean
  readonly payment_intent: string
  readonly payment_method: string
  readonly refunded: boolean
  readonly status: 'succeeded'
}

/** A hosted page on which somebody pays. */
export interface CheckoutSession extends Named<'checkout.session'> {
  readonly amount_subtotal: number
  readonly amount_total: number
  readonly cancel_url: string | null
  readonly client_reference_id: string | null
  readonly currency: string
  readonly customer: string | null
  readonly customer_creation: 'always' | 'if_required'
  readonly expires_at: number
  readonly metadata: Metadata
  readonly mode: 'payment'
  readonly payment_intent: string | null
  readonly payment_status: 'paid' | 'unpaid'
  readonly status: 'open' | 'complete' | 'expired'
  readonly success_url: string
  /** Null once the session is closed. */
  readonly url: string | null
}

/** Money back to who paid. */
export interface Refund extends Named<'refund'> {
  readonly amount: number
  readonly balance_transaction: string
  readonly charge: string
  readonly currency: string
  readonly failure_reason?: string
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly reason: string | null
  readonly status: 'pending' | 'succeeded' | 'failed'
}

/** Money that a bank wants back. */
export interface Dispute extends Named<'dispute'> {
  readonly amount: number
  readonly charge: string
  readonly currency: string
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly reason: string
  readonly status: 'needs_response' | 'under_review' | 'won' | 'lost'
}

/** A line of the account's balance. */
export interface BalanceTransaction extends Named<'balance_transaction'> {
  /** What came in; less than nothing for what went out. */
  readonly amount: number
  readonly currency: string
  readonly fee: number
  readonly net: number
  readonly source: string
  readonly type: 'charge' | 'refund' | 'refund_failure' | 'adjustment'
}
