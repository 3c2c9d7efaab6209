import type { Currency } from '../../../kernel/index.ts'
import type { Payment, PaymentSnapshot } from '../payment.ts'
import type { ReceiptStatus } from '../receipts/receipt.ts'
import type { InBooks } from '../reconciliation/in-books.ts'

/** Every state a refund can be in; `unknown` means that the provider's answer was lost. */
export const REFUND_STATUSES = ['requested', 'pending', 'succeeded', 'failed', 'unknown'] as const

/** State of a refund. */
export type RefundStatus = (typeof REFUND_STATUSES)[number]

/** Money on its way back to the buyer. */
export interface Refund {
  readonly id: string
  readonly paymentId: string
  readonly amount: bigint
  readonly status: RefundStatus
  readonly providerRefundId: string | null
  readonly actor: string
  readonly failureReason: string | null
  readonly nextCheckAt: Date | null
  /** What the provider's books say of it; null until they were read that far. */
  readonly inBooks: InBooks | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What a provider reports of a refund, also of one that we did not ask for. */
export interface RefundReport {
  readonly gateway: string
  readonly providerPaymentId: string
  readonly providerRefundId: string
  /** Ours, where the provider gives it back. */
  readonly refundId?: string | undefined
  readonly amount: bigint
  readonly currency: Currency
  /** What the provider says of the payment itself, where it does: a refund may be heard of first. */
  readonly payment?: PaymentSnapshot | undefined
  readonly status: 'pending' | 'succeeded' | 'failed'
  readonly failureReason?: string | undefined
  /** How the registration of its receipt stands, where the provider issues one. */
  readonly receiptStatus?: ReceiptStatus | undefined
}

const DISPUTE = 'dispute:'

/** What stands for a provider's id with money that a lost dispute took. */
export function disputeRefundId(reference: string): string {
  return `${DISPUTE}${reference}`
}

/**
 * Tells whether refunds alone give back more than was paid, with one more of them. A dispute that is
 * lost while a refund is on its way takes the money a second time; both have gone back.
 */
export function isTooMuch(
  payment: Pick<Payment, 'amount'>,
  refund: Pick<Refund, 'id' | 'amount'>,
  others: readonly Refund[],
): boolean {
  const gone = others.filter(
    ({ id, status, providerRefundId }) =>
      id !== refund.id && status === 'succeeded' && !providerRefundId?.startsWith(DISPUTE),
  )
  return gone.reduce((sum, { amount }) => sum + amount, refund.amount) > payment.amount
}

/** Tells whether the money may still go back. */
export function isRefundOpen(status: RefundStatus): boolean {
  return status === 'requested' || status === 'pending' || status === 'unknown'
}

/**
 * Tells whether a refund moves to a state. It only moves forward, but for one thing: money that went
 * back has gone back, also when a try in between was refused.
 */
export function movesRefund(from: RefundStatus, to: Exclude<RefundStatus, 'requested'>): boolean {
  if (to === 'succeeded') return from !== 'succeeded'
  if (to === 'failed') return isRefundOpen(from)
  return from === 'requested' || (from === 'unknown' && to === 'pending')
}
