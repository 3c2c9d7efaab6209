import type { Currency, Money } from '../../../kernel/index.ts'
import type { BuyerContact } from './buyer-contact.ts'
import type { TaxProfile } from './tax-profile.ts'

/** Every kind of receipt: of a sale, of a prepayment whose goods were handed over, of a refund. */
export const RECEIPT_KINDS = ['sale', 'settlement', 'refund'] as const

/** What a receipt is for. */
export type ReceiptKind = (typeof RECEIPT_KINDS)[number]

/** Every state of a receipt's registration. */
export const RECEIPT_STATUSES = ['pending', 'registered', 'rejected'] as const

/** How far the registration is. */
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number]

/** A fiscal receipt under 54-FZ, as far as the shop has to watch over it. */
export interface Receipt {
  readonly id: string
  readonly kind: ReceiptKind
  readonly paymentId: string
  readonly refundId: string | null
  readonly amount: bigint
  readonly currency: Currency
  readonly status: ReceiptStatus
  readonly providerReceiptId: string | null
  readonly fiscalDocumentNumber: string | null
  readonly fiscalStorageNumber: string | null
  readonly fiscalAttribute: string | null
  readonly registeredAt: Date | null
  /** Why it was not registered. */
  readonly rejection: string | null
  /** Since when it has been pending for longer than a registration takes. */
  readonly overdueAt: Date | null
  readonly nextCheckAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What a provider says of a receipt, in the kit's words. */
export interface ReceiptSnapshot {
  readonly providerReceiptId: string
  readonly kind: ReceiptKind
  readonly amount: bigint
  readonly status: ReceiptStatus
  readonly fiscalDocumentNumber: string | null
  readonly fiscalStorageNumber: string | null
  readonly fiscalAttribute: string | null
  readonly registeredAt: Date | null
}

/** How a registration stands, from the receipt itself or from the money that it came with. */
export interface ReceiptReport {
  readonly status: ReceiptStatus
  readonly found?: ReceiptSnapshot | undefined
  readonly rejection?: string | undefined
}

/** What a gateway needs to have a receipt made. */
export interface ReceiptDraft {
  readonly contact: BuyerContact
  /** What the one item of the receipt costs: the money that moves, to the kopeck. */
  readonly money: Money
  readonly tax: TaxProfile
}

/** The settlement of a prepayment that is to be issued. */
export interface SettlementRequest {
  /** Idempotency key towards the provider. */
  readonly receiptId: string
  readonly providerPaymentId: string
  readonly draft: ReceiptDraft
}

/** Whose receipts are looked up. */
export interface ReceiptsOf {
  readonly providerPaymentId: string
  /** Those of one refund rather than of the payment. */
  readonly providerRefundId?: string | undefined
}

/** A gateway's receipts by themselves; those of sales and refunds go along with the money. */
export interface ReceiptDesk {
  /** How long the provider recognises an idempotency key. */
  readonly keyTtlMs: number
  /** Issues the settlement of a prepayment. */
  settle(request: SettlementRequest): Promise<ReceiptReport>
  /** Reads the receipts of a payment or refund, newest first. */
  list(of: ReceiptsOf): Promise<ReceiptSnapshot[]>
}

/** Tells what a reported state does: a registration ends once, and an end is never undone. */
export function receiptTransition(from: ReceiptStatus, to: ReceiptStatus): 'apply' | 'ignore' {
  return from === 'pending' && to !== 'pending' ? 'apply' : 'ignore'
}

/** A registration may take three days; then YooKassa asks shops to write to its support. */
export const OVERDUE_MS = 3 * 86_400_000

/** Nothing is asked any more after this long: a person has known for weeks. */
const GIVE_UP_MS = 30 * 86_400_000

/** First look after a receipt was made. */
export const FIRST_LOOK_MS = 15_000

const LOOK_INTERVAL_MAX_MS = 6 * 3_600_000

/** When to look at a pending receipt again: soon at first, then ever more rarely; null for never. */
export function nextLook({ createdAt }: Pick<Receipt, 'createdAt'>, now: Date): Date | null {
  const ageMs = now.getTime() - createdAt.getTime()
  if (ageMs >= GIVE_UP_MS) return null
  const waitMs = Math.min(Math.max(ageMs / 2, FIRST_LOOK_MS), LOOK_INTERVAL_MAX_MS)
  return new Date(now.getTime() + waitMs)
}

/** Finds the provider's receipt that a row of ours is about, among those of its payment or refund. */
export function matchReceipt(
  receipt: Receipt,
  found: readonly ReceiptSnapshot[],
): ReceiptSnapshot | undefined {
  const { providerReceiptId, kind, amount } = receipt
  if (providerReceiptId) {
    return found.find((candidate) => candidate.providerReceiptId === providerReceiptId)
  }
  // Newest first: a part that was captured replaces the receipt of the whole.
  return found.find((candidate) => candidate.kind === kind && candidate.amount === amount)
}
