import { z } from 'zod'
import type { ShopOptions } from '../options.ts'
import { type Amount, amountSchema } from './amount.ts'
import { receiptSchema } from './receipt-objects.ts'

const metadataSchema = z
  .record(z.string().min(1).max(32), z.string().max(512).nullable())
  .refine((metadata) => Object.keys(metadata).length <= 16)

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
  readonly test: boolean
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
  readonly receipt_registration?: 'pending' | 'succeeded' | 'canceled'
  readonly metadata?: Readonly<Record<string, string | null>> | undefined
  readonly cancellation_details?: { readonly party: string; readonly reason: string }
}

/** Tells whether a shop sells for play money, which YooKassa tells by its key. */
export function isTestShop(shops: readonly ShopOptions[], shopId: string): boolean {
  return shops.some((shop) => shop.shopId === shopId && shop.secretKey.startsWith('test_'))
}
