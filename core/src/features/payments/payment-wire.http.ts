import { z } from 'zod'
import { CURRENCIES } from '../../kernel/index.ts'
import { amountWire, instantWire } from '../../platform/http/index.ts'
import { PAYMENT_STATUSES, type Payment } from './payment.ts'

/** A payment as the API shows it. */
export const paymentWire = z
  .object({
    id: z.uuid(),
    status: z.enum(PAYMENT_STATUSES),
    gateway: z.string(),
    productId: z.string(),
    title: z.string(),
    amount: amountWire,
    currency: z.enum(CURRENCIES),
    refundedAmount: amountWire,
    confirmationUrl: z.string().nullable(),
    subscriptionId: z.uuid().nullable(),
    createdAt: instantWire,
    paidAt: instantWire.nullable(),
  })
  .meta({ id: 'Payment' })

/** Picks what the API shows of a payment. */
export function paymentToWire(payment: Payment) {
  const { id, status, gateway, productId, product, amount, currency } = payment
  const { refundedAmount, confirmationUrl, subscriptionId, createdAt, paidAt } = payment
  return {
    id,
    status,
    gateway,
    productId,
    title: product.title,
    amount,
    currency,
    refundedAmount,
    confirmationUrl,
    subscriptionId,
    createdAt,
    paidAt,
  }
}
