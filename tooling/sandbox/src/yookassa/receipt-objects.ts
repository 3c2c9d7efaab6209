import type {
  ReceiptItemMeasure,
  ReceiptItemPaymentMode,
  ReceiptItemPaymentSubject,
  ReceiptRegistrationStatus,
  SettlementTypeEnum,
} from '@yookassa/sdk'
import { z } from 'zod'
import type { ShopOptions } from '../options.ts'
import { type Amount, amountSchema, format, toMinor } from './amount.ts'
import { invalid } from './yookassa-error.ts'

const MEASURES = [
  'piece',
  'gram',
  'kilogram',
  'ton',
  'centimeter',
  'decimeter',
  'meter',
  'square_centimeter',
  'square_decimeter',
  'square_meter',
  'milliliter',
  'liter',
  'cubic_meter',
  'kilowatt_hour',
  'gigacalorie',
  'day',
  'hour',
  'minute',
  'second',
  'kilobyte',
  'megabyte',
  'gigabyte',
  'terabyte',
  'another',
] as const satisfies readonly ReceiptItemMeasure[]

const PAYMENT_MODES = [
  'full_prepayment',
  'partial_prepayment',
  'advance',
  'full_payment',
  'partial_payment',
  'credit',
  'credit_payment',
] as const satisfies readonly ReceiptItemPaymentMode[]

const PAYMENT_SUBJECTS = [
  'commodity',
  'excise',
  'job',
  'service',
  'gambling_bet',
  'gambling_prize',
  'lottery',
  'lottery_prize',
  'intellectual_activity',
  'payment',
  'agent_commission',
  'property_right',
  'non_operating_gain',
  'insurance_premium',
  'sales_tax',
  'resort_fee',
  'composite',
  'another',
] as const satisfies readonly ReceiptItemPaymentSubject[]

const SETTLEMENT_TYPES = [
  'cashless',
  'prepayment',
  'postpayment',
  'consideration',
] as const satisfies readonly SettlementTypeEnum[]

const itemSchema = z.object({
  description: z.string().min(1).max(128),
  amount: amountSchema,
  quantity: z.coerce
    .number()
    .positive()
    .max(99_999.999)
    .refine((quantity) => Number.isInteger(Math.round(quantity * 1e9) / 1e6), 'at most 3 decimals'),
  vat_code: z.coerce.number().pipe(z.int().min(1).max(12)),
  measure: z.enum(MEASURES).optional(),
  payment_subject: z.enum(PAYMENT_SUBJECTS).optional(),
  payment_mode: z.enum(PAYMENT_MODES).optional(),
})

/** The receipt in a request that moves money. */
export const receiptSchema = z.object({
  customer: z.object({
    full_name: z.string().max(256).optional(),
    inn: z.string().optional(),
    // Both are checked later, as YooKassa does: what it takes depends on the shop.
    email: z.string().optional(),
    phone: z.string().optional(),
  }),
  items: z.array(itemSchema).min(1).max(80),
  internet: z.boolean().optional(),
  tax_system_code: z.int().min(1).max(6).optional(),
})

/** What POST /receipts takes. */
export const newReceiptSchema = receiptSchema.extend({
  type: z.enum(['payment', 'refund']),
  payment_id: z.string().optional(),
  refund_id: z.string().optional(),
  send: z.literal(true),
  settlements: z
    .array(z.object({ type: z.enum(SETTLEMENT_TYPES), amount: amountSchema }))
    .min(1)
    .max(100),
})

/** The receipt in a request that moves money. */
export type ReceiptData = z.output<typeof receiptSchema>
/** A receipt that is asked for by itself. */
export type NewReceipt = z.output<typeof newReceiptSchema>

/** A fiscal receipt as YooKassa shows it. */
export interface Receipt {
  readonly id: string
  readonly type: 'payment' | 'refund'
  readonly payment_id?: string | undefined
  readonly refund_id?: string | undefined
  readonly status: ReceiptRegistrationStatus
  readonly fiscal_document_number?: string
  readonly fiscal_storage_number?: string
  readonly fiscal_attribute?: string
  readonly registered_at?: string
  readonly fiscal_provider_id?: string
  readonly items: ReceiptData['items']
  readonly settlements?: NewReceipt['settlements'] | undefined
  readonly tax_system_code?: number | undefined
}

const EMAIL = /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/
/** E.164 without the plus. */
const PHONE = /^\d{10,15}$/

/**
 * Checks a receipt as YooKassa does before money moves.
 *
 * @throws {@link YookassaError} naming the parameter
 */
export function checkReceipt(shop: ShopOptions, receipt: ReceiptData, total: Amount): void {
  const { email, phone } = receipt.customer
  if (!email && (!phone || shop.receipts === 'email')) {
    throw invalid('The customer of the receipt has no contact', 'receipt.customer.email')
  }
  // YooKassa may repeat what it was given; a shop must not log it.
  if (email && !EMAIL.test(email)) {
    throw invalid(`Not an e-mail address: ${email}`, 'receipt.customer.email')
  }
  if (phone && !PHONE.test(phone)) {
    throw invalid(`Not a phone number: ${phone}`, 'receipt.customer.phone')
  }
  const sum = sumOf(receipt.items)
  const isInCurrency = receipt.items.every(({ amount }) => amount.currency === total.currency)
  if (!isInCurrency || sum !== toMinor(total.value)) {
    throw invalid(`The items of the receipt are ${format(sum)} in sum`, 'receipt.items.amount')
  }
}

/** What the items cost together, in hundredths. */
export function sumOf(items: ReceiptData['items']): number {
  return items.reduce(
    (sum, { amount, quantity }) => sum + Math.round(toMinor(amount.value) * quantity),
    0,
  )
}
