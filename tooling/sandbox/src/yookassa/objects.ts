import { z } from 'zod'

/** An amount with two decimals, as text. */
export interface Amount {
  readonly value: string
  readonly currency: string
}

const CURRENCIES = [
  'RUB',
  'EUR',
  'USD',
  'KZT',
  'BYN',
  'UAH',
  'UZS',
  'TRY',
  'INR',
  'MDL',
  'AZN',
  'AMD',
]

const amountSchema = z.object({
  value: z
    .string()
    .regex(/^\d{1,10}(\.\d{1,2})?$/)
    .transform((text) => format(toMinor(text)))
    .refine((text) => toMinor(text) > 0),
  currency: z.enum(CURRENCIES),
})

const metadataSchema = z
  .record(z.string().min(1).max(32), z.string().max(512).nullable())
  .refine((metadata) => Object.keys(metadata).length <= 16)

const receiptSchema = z.object({
  customer: z
    .object({ email: z.string().optional(), phone: z.string().optional() })
    .loose()
    .refine(({ email, phone }) => email || phone),
  items: z
    .array(
      z
        .object({
          description: z.string().min(1).max(128),
          quantity: z.union([z.string(), z.number()]),
          amount: amountSchema,
          vat_code: z.int().min(1).max(12),
          payment_subject: z.string().optional(),
          payment_mode: z.string().optional(),
        })
        .loose(),
    )
    .min(1)
    .max(100),
  tax_system_code: z.int().min(1).max(6).optional(),
})

/** What POST /payments takes. */
export const newPaymentSchema = z.object({
  amount: amountSchema,
  description: z.string().max(128).optional(),
  capture: z.boolean().default(false),
  confirmation: z
    .object({
      type: z.literal('redirect', 'the sandbox confirms by redirect only'),
      return_url: z.url(),
      locale: z.string().optional(),
      enforce: z.boolean().optional(),
    })
    .optional(),
  payment_method_data: z.object({ type: z.string() }).loose().optional(),
  payment_method_id: z.string().optional(),
  save_payment_method: z.boolean().optional(),
  metadata: metadataSchema.optional(),
  merchant_customer_id: z.string().max(200).optional(),
  receipt: receiptSchema.optional(),
})

/** What POST /payments/{id}/capture takes. */
export const captureSchema = z
  .object({ amount: amountSchema.optional(), receipt: receiptSchema.optional() })
  .default({})

/** What POST /refunds takes. */
export const newRefundSchema = z.object({
  payment_id: z.string(),
  amount: amountSchema,
  description: z.string().max(250).optional(),
  metadata: metadataSchema.optional(),
  receipt: receiptSchema.optional(),
})

/** What POST /receipts takes. */
export const newReceiptSchema = receiptSchema.extend({
  type: z.enum(['payment', 'refund']),
  payment_id: z.string().optional(),
  refund_id: z.string().optional(),
  send: z.boolean(),
})

/** What POST /webhooks takes. */
export const newWebhookSchema = z.object({ event: z.string().min(1), url: z.url() })

/** A card, wallet or account that a payment was made with. */
export interface PaymentMethod {
  readonly type: string
  readonly id: string
  readonly saved: boolean
  readonly status: 'pending' | 'active' | 'inactive'
  readonly title: string
  readonly card?: Readonly<Record<string, string>>
}

/** A payment as YooKassa shows it. */
export interface Payment {
  readonly id: string
  readonly status: 'pending' | 'waiting_for_capture' | 'succeeded' | 'canceled'
  readonly amount: Amount
  readonly income_amount?: Amount
  readonly description?: string | undefined
  readonly recipient: { readonly account_id: string; readonly gateway_id: string }
  readonly payment_method?: PaymentMethod
  readonly captured_at?: string
  readonly created_at: string
  readonly expires_at?: string
  readonly confirmation?: {
    readonly type: 'redirect'
    readonly return_url: string
    readonly confirmation_url: string
  }
  readonly test: true
  readonly refunded_amount?: Amount
  readonly paid: boolean
  readonly refundable: boolean
  readonly receipt_registration?: 'pending' | 'succeeded' | 'canceled'
  readonly metadata: Readonly<Record<string, string | null>>
  readonly cancellation_details?: { readonly party: string; readonly reason: string }
  readonly authorization_details?: {
    readonly rrn: string
    readonly auth_code: string
    readonly three_d_secure: { readonly applied: boolean }
  }
  readonly merchant_customer_id?: string | undefined
}

/** A refund as YooKassa shows it. */
export interface Refund {
  readonly id: string
  readonly payment_id: string
  readonly status: 'pending' | 'succeeded' | 'canceled'
  readonly created_at: string
  readonly amount: Amount
  readonly description?: string | undefined
  readonly receipt_registration?: 'succeeded'
  readonly metadata?: Readonly<Record<string, string | null>> | undefined
  readonly cancellation_details?: { readonly party: string; readonly reason: string }
}

/** Hundredths of a currency out of a decimal text. */
export function toMinor(value: string): number {
  const [whole = '0', rest = ''] = value.split('.')
  return Number(whole) * 100 + Number(rest.padEnd(2, '0'))
}

/** Decimal text of hundredths. */
export function format(minor: number): string {
  return `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`
}
