import { z } from 'zod'
import { type Currency, isCurrency, type Money, parseDecimal } from '../../../kernel/index.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { RefundReport } from '../refunds/refund.ts'
import { registrationSchema } from './yookassa-receipts.ts'

/** Name under which payments keep this gateway. */
export const YOOKASSA = 'yookassa'

const amountSchema = z
  .object({ value: z.string(), currency: z.custom<Currency>((value) => isCurrency(String(value))) })
  .transform(({ value, currency }): Money => parseDecimal(value, currency))

const paymentSchema = z.object({
  id: z.string().min(1),
  status: z.enum(['pending', 'waiting_for_capture', 'succeeded', 'canceled']),
  amount: amountSchema,
  metadata: z.object({ payment_id: z.string() }).optional(),
  recipient: z.object({ account_id: z.string() }),
  payment_method: z.object({ id: z.string(), saved: z.boolean().optional() }).optional(),
  cancellation_details: z.object({ party: z.string(), reason: z.string() }).optional(),
  test: z.boolean().optional(),
  receipt_registration: registrationSchema.optional(),
})

/** Reads a payment object of one shop into the kit's words; another shop's is refused. */
export function yookassaPaymentSchema({ shopId, isTest }: { shopId: string; isTest: boolean }) {
  return paymentSchema
    .refine((object) => object.recipient.account_id === shopId, 'belongs to another shop')
    .refine(({ test = false }) => test === isTest, `is ${isTest ? 'no' : 'a'} test payment`)
    .transform((object): PaymentSnapshot => {
      const reason = object.cancellation_details?.reason
      const isExpired = reason === 'expired_on_confirmation' || reason === 'expired_on_capture'
      return {
        gateway: YOOKASSA,
        paymentId: object.metadata?.payment_id ?? '',
        providerPaymentId: object.id,
        status: object.status === 'canceled' && isExpired ? 'expired' : object.status,
        money: object.amount,
        savedMethodId: object.payment_method?.saved ? object.payment_method.id : undefined,
        failureReason: reason,
        receiptStatus: object.receipt_registration,
        body: { id: object.id, status: object.status, reason: reason ?? null },
      }
    })
}

/** Reads a refund object into the kit's words. */
export const yookassaRefundSchema = z
  .object({
    id: z.string().min(1),
    payment_id: z.string().min(1),
    status: z.enum(['pending', 'succeeded', 'canceled']),
    amount: amountSchema,
    metadata: z.object({ refund_id: z.string().optional() }).optional(),
    cancellation_details: z.object({ reason: z.string() }).optional(),
    receipt_registration: registrationSchema.optional(),
  })
  .transform(
    (object): RefundReport => ({
      gateway: YOOKASSA,
      providerPaymentId: object.payment_id,
      providerRefundId: object.id,
      refundId: object.metadata?.refund_id,
      ...object.amount,
      status: object.status === 'canceled' ? 'failed' : object.status,
      failureReason: object.cancellation_details?.reason,
      receiptStatus: object.receipt_registration,
    }),
  )
