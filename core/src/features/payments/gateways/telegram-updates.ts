import { z } from 'zod'
import { addMs, idSchema } from '../../../kernel/index.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { BookEntry } from '../reconciliation/reconciliation.ts'
import type { RefundReport } from '../refunds/refund.ts'

const GATEWAY = 'telegram-stars'

/** PostgreSQL keeps neither U+0000 nor half a character, and Telegram sends neither. */
const text = z.string().refine((value) => value.isWellFormed() && !value.includes('\u0000'))

const chargeIdText = text.min(1).max(256)

const telegramId = z.int().positive().transform(BigInt)

const paidSchema = z.object({
  message: z.object({
    from: z.object({ id: telegramId }),
    successful_payment: z.object({
      currency: z.literal('XTR'),
      total_amount: z.int().positive().transform(BigInt),
      invoice_payload: text,
      subscription_expiration_date: z.int().optional(),
      is_recurring: z.boolean().optional(),
      is_first_recurring: z.boolean().optional(),
      telegram_payment_charge_id: chargeIdText,
    }),
  }),
})

const refundedSchema = z.object({
  message: z.object({
    refunded_payment: z.object({
      currency: z.literal('XTR'),
      total_amount: z.int().positive().transform(BigInt),
      invoice_payload: text,
      telegram_payment_charge_id: chargeIdText,
    }),
  }),
})

const messageSchema = z.object({ message: z.record(z.string(), z.unknown()) })

const preCheckoutSchema = z.object({
  pre_checkout_query: z.object({
    id: z.string(),
    from: z.object({ id: telegramId, language_code: z.string().optional() }),
    currency: z.string(),
    total_amount: z.int().transform(BigInt),
    invoice_payload: z.string(),
  }),
})

const subscriptionSchema = z.object({
  subscription: z.object({
    user: z.object({ id: telegramId }),
    invoice_payload: idSchema,
    state: z.enum(['active', 'canceled', 'failed']),
  }),
})

const partnerSchema = z.object({
  type: z.literal('user'),
  transaction_type: z.literal('invoice_payment'),
  user: z.object({ id: telegramId }),
  invoice_payload: text,
  subscription_period: z.int().optional(),
})

const transactionSchema = z.object({
  id: z.string().min(1),
  amount: z.int().positive().transform(BigInt),
  date: z.int(),
  source: partnerSchema.optional(),
  receiver: partnerSchema.optional(),
})

/** A question of Telegram whether a payment may go ahead. */
export type PreCheckout = z.output<typeof preCheckoutSchema>['pre_checkout_query']

/** Finds the pre-checkout question in an update, or undefined. */
export function readPreCheckout(update: unknown): PreCheckout | undefined {
  const read = preCheckoutSchema.safeParse(update)
  return read.success ? read.data.pre_checkout_query : undefined
}

/** Finds what an update says of a payment in Stars, or undefined. */
export function readSuccessfulPayment(update: unknown): PaymentSnapshot | undefined {
  const read = paidSchema.safeParse(update)
  if (!read.success) return undefined
  const { from, successful_payment: paid } = read.data.message
  const expiration = paid.subscription_expiration_date
  return {
    gateway: GATEWAY,
    paymentId: paid.invoice_payload,
    // The charge, never the payload: a renewal and a second payment of one link repeat the payload.
    providerPaymentId: paid.telegram_payment_charge_id,
    status: 'succeeded',
    money: { amount: paid.total_amount, currency: 'XTR' },
    payerTelegramId: from.id,
    isRenewal: paid.is_recurring === true && paid.is_first_recurring !== true,
    periodEnd: expiration === undefined ? undefined : addMs(new Date(0), expiration * 1_000),
    body: { chargeId: paid.telegram_payment_charge_id, payload: paid.invoice_payload },
  }
}

/** What a buyer did with a subscription in Telegram, or that Telegram could not charge for it. */
export interface SubscriptionWord {
  /** The purchase that began it: its payload is all that Telegram names it by. */
  readonly firstPaymentId: string
  readonly payerTelegramId: bigint
  readonly state: 'active' | 'canceled' | 'failed'
}

/** Finds what an update says of a subscription in Stars, or undefined. */
export function readSubscription(update: unknown): SubscriptionWord | undefined {
  const read = subscriptionSchema.safeParse(update)
  if (!read.success) return undefined
  const { user, invoice_payload, state } = read.data.subscription
  return { firstPaymentId: invoice_payload, payerTelegramId: user.id, state }
}

/** Finds what an update says of a refund in Stars, or undefined. */
export function readRefundedPayment(update: unknown): RefundReport | undefined {
  const read = refundedSchema.safeParse(update)
  if (!read.success) return undefined
  const refunded = read.data.message.refunded_payment
  const { telegram_payment_charge_id: chargeId, invoice_payload: paymentId } = refunded
  const money = { amount: refunded.total_amount, currency: refunded.currency }
  return {
    gateway: GATEWAY,
    providerPaymentId: chargeId,
    providerRefundId: chargeId,
    ...money,
    // Stars that went back were paid, whichever of the two updates comes first.
    payment: {
      gateway: GATEWAY,
      paymentId,
      providerPaymentId: chargeId,
      status: 'succeeded',
      money,
      body: { chargeId, payload: paymentId, source: 'refund' },
    },
    status: 'succeeded',
  }
}

/** Tells whether an update is about money that moved, whether or not it can be read. */
export function isAboutMoney(update: unknown): boolean {
  const message = messageSchema.safeParse(update).data?.message ?? {}
  return 'successful_payment' in message || 'refunded_payment' in message
}

/**
 * Reads a line of the bot's books as a report, or undefined for Stars that moved for another reason.
 * A payment and its refund have one id; the side tells them apart.
 */
export function readStarTransaction(transaction: unknown): BookEntry | undefined {
  const read = transactionSchema.safeParse(transaction)
  if (!read.success) return undefined
  const { id, amount, date, source, receiver } = read.data
  const at = addMs(new Date(0), date * 1_000)
  if (receiver) {
    const refund: RefundReport = {
      gateway: GATEWAY,
      providerPaymentId: id,
      providerRefundId: id,
      amount,
      currency: 'XTR',
      status: 'succeeded',
    }
    return { kind: 'refund', report: refund }
  }
  if (!source) return undefined
  const { invoice_payload, subscription_period, user } = source
  const payment: PaymentSnapshot = {
    gateway: GATEWAY,
    paymentId: invoice_payload,
    providerPaymentId: id,
    status: 'succeeded',
    money: { amount, currency: 'XTR' },
    payerTelegramId: user.id,
    // The books name no end; a period begins with its charge.
    periodEnd: subscription_period ? addMs(at, subscription_period * 1_000) : undefined,
    body: { chargeId: id, payload: invoice_payload, source: 'books' },
  }
  return { kind: 'payment', report: payment }
}
