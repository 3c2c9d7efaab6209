import type { Currency, Money } from '../../kernel/index.ts'
import type { ProductSnapshot } from './product.ts'
import type { ReceiptStatus } from './receipts/receipt.ts'
import type { InBooks } from './reconciliation/in-books.ts'

/** Every state a payment can be in. */
export const PAYMENT_STATUSES = [
  'created',
  'pending',
  'waiting_for_capture',
  'succeeded',
  'partially_refunded',
  'refunded',
  'disputed',
  'canceled',
  'expired',
  'failed',
  'unknown',
] as const

/** State of a payment. */
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** Where the buyer logged in; comes from the session, never from a request. */
export type Surface = 'telegram' | 'web'

/** A purchase, or one renewal of a subscription. */
export interface Payment {
  readonly id: string
  readonly userId: string
  readonly gateway: string
  readonly surface: Surface
  readonly productId: string
  readonly product: ProductSnapshot
  readonly amount: bigint
  readonly currency: Currency
  readonly refundedAmount: bigint
  /** What is to be taken of reserved money, where it is less than all of it. */
  readonly captureAmount: bigint | null
  readonly status: PaymentStatus
  /** The provider's own id; with Stars the charge id, known once it is paid. */
  readonly providerPaymentId: string | null
  readonly confirmationUrl: string | null
  readonly returnUrl: string | null
  readonly subscriptionId: string | null
  /** The payment whose invoice was paid again: a renewal, or a second charge of one link. */
  readonly originalPaymentId: string | null
  readonly savedMethodId: string | null
  /** End of the paid period as the provider states it (Stars subscriptions). */
  readonly providerPeriodEnd: Date | null
  readonly failureReason: string | null
  readonly nextCheckAt: Date | null
  /** What the provider's books say of its money; null until they were read that far. */
  readonly inBooks: InBooks | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly paidAt: Date | null
}

/** What a provider says about a payment, in the kit's words. */
export interface PaymentSnapshot {
  readonly gateway: string
  /** Our id, from the invoice payload or the metadata. */
  readonly paymentId: string
  readonly providerPaymentId: string
  readonly status: Extract<
    PaymentStatus,
    'pending' | 'waiting_for_capture' | 'succeeded' | 'canceled' | 'expired' | 'failed'
  >
  /** What was asked for, is reserved or was taken; what went back takes nothing off. */
  readonly money: Money
  /** Who paid, where the provider tells it. */
  readonly payerTelegramId?: bigint | undefined
  readonly savedMethodId?: string | undefined
  /** A charge the provider made by itself for a running subscription. */
  readonly isRenewal?: boolean
  readonly periodEnd?: Date | undefined
  readonly failureReason?: string | undefined
  /** How the registration of its receipt stands, where the provider issues one. */
  readonly receiptStatus?: ReceiptStatus | undefined
  /** The provider's own words as JSON, free of secrets, for the record. */
  readonly body: object
}

/** What a reported state does to a payment in a given state. */
export type Transition =
  /** The payment moves to the reported state. */
  | 'apply'
  /** Nothing new: the payment is there already, or has moved further. */
  | 'ignore'
  /** Money for a payment that is closed: it becomes a linked payment of its own. */
  | 'link'

/** States in which the buyer or the provider is awaited. */
export const OPEN_STATUSES: readonly PaymentStatus[] = [
  'created',
  'pending',
  'unknown',
  'waiting_for_capture',
]
const CLOSED_UNPAID: readonly PaymentStatus[] = ['canceled', 'expired', 'failed']

/** Tells whether the payment still waits for the buyer or the provider. */
export function isOpen(status: PaymentStatus): boolean {
  return OPEN_STATUSES.includes(status)
}

/** The state of a payment whose money arrived, by what went back and what is disputed. */
export function paidStatus(
  { amount, refundedAmount }: Pick<Payment, 'amount' | 'refundedAmount'>,
  isDisputed: boolean,
): Extract<PaymentStatus, 'succeeded' | 'partially_refunded' | 'refunded' | 'disputed'> {
  if (refundedAmount === amount) return 'refunded'
  if (isDisputed) return 'disputed'
  return refundedAmount === 0n ? 'succeeded' : 'partially_refunded'
}

/**
 * Decides what a provider's report does. A payment only ever moves forward: reports arrive late,
 * twice and out of order, and none of them may undo what a later one did.
 */
export function transition(from: PaymentStatus, to: PaymentSnapshot['status']): Transition {
  if (to === 'succeeded') {
    if (isOpen(from)) return 'apply'
    return CLOSED_UNPAID.includes(from) ? 'link' : 'ignore'
  }
  if (!isOpen(from)) return 'ignore'
  if (to === 'pending') return from === 'created' || from === 'unknown' ? 'apply' : 'ignore'
  if (to === 'waiting_for_capture') return from === to ? 'ignore' : 'apply'
  return 'apply'
}
