import { z } from 'zod'
import { CURRENCIES } from '../../kernel/index.ts'
import { defineEvent } from '../../platform/outbox/index.ts'
import { DISPUTE_STATUSES } from './disputes/dispute.ts'

const amountText = z.string().regex(/^\d+$/)

const moneyMoved = z.object({
  paymentId: z.uuid(),
  productId: z.string(),
  gateway: z.string(),
  /** Minor units. */
  amount: amountText,
  currency: z.enum(CURRENCIES),
})

/** Money arrived and what was sold has been given. */
export const paymentSucceeded = defineEvent('payment.succeeded', {
  version: 1,
  schema: moneyMoved.extend({ isRenewal: z.boolean() }),
})

/** A payment ended without money. */
export const paymentClosed = defineEvent('payment.closed', {
  version: 1,
  schema: z.object({ paymentId: z.uuid(), status: z.enum(['canceled', 'expired', 'failed']) }),
})

/** A payment moved while it is still open: a screen that shows it may want to look again. */
export const paymentUpdated = defineEvent('payment.updated', {
  version: 1,
  schema: z.object({ paymentId: z.uuid(), status: z.string() }),
})

/** Money went back, and what was sold has been taken back. */
export const paymentRefunded = defineEvent('payment.refunded', {
  version: 1,
  schema: moneyMoved.extend({ refundId: z.uuid(), refundedAmount: amountText }),
})

/** A bank or an app store wants money back, or it was decided who gets it. */
export const paymentDisputed = defineEvent('payment.disputed', {
  version: 1,
  schema: z.object({
    paymentId: z.uuid(),
    disputeId: z.uuid(),
    status: z.enum(DISPUTE_STATUSES),
    amount: amountText,
    currency: z.enum(CURRENCIES),
  }),
})

/** The provider's books and ours differ: somebody should look. */
export const paymentDiffers = defineEvent('payment.differs', {
  version: 1,
  schema: z.object({
    kind: z.enum(['payment', 'refund']),
    providerPaymentId: z.string(),
    paymentId: z.uuid().nullable(),
    problem: z.string(),
  }),
})

/** A report did not fit its payment: nothing changed, somebody should look. */
export const paymentReportRefused = defineEvent('payment.report_refused', {
  version: 1,
  schema: z.object({ paymentEventId: z.uuid(), gateway: z.string(), problem: z.string() }),
})
