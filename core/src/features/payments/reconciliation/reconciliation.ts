import type { PaymentSnapshot } from '../payment.ts'
import type { RefundReport } from '../refunds/refund.ts'

/** One line of a provider's books, as a report in the kit's words. */
export type BookEntry = {
  /** When the provider wrote it down. */
  readonly at: Date
  /** Where the books go on after this line. */
  readonly cursor: string
} & (
  | { readonly payment: PaymentSnapshot; readonly refund?: never }
  | { readonly refund: RefundReport; readonly payment?: never }
)

/** A page of a provider's books, oldest first. */
export interface BookPage {
  readonly entries: readonly BookEntry[]
  /** How many lines of the books this was, those included that are no business of the kit. */
  readonly lines: number
  /** Where the next page begins. */
  readonly cursor: string
}

/** A line of the books that we did not have, or do not understand. */
export interface ReconciledEntry {
  readonly kind: 'payment' | 'refund'
  readonly providerPaymentId: string
  /** Ours, once there is one. */
  readonly paymentId: string | null
  /** Why it cannot be taken in; null when it was. */
  readonly problem: string | null
}

/** What a reconciliation of one gateway found. */
export interface Reconciliation {
  readonly gateway: string
  /** Lines of the books that were compared. */
  readonly checked: number
  /** What the provider had and we did not: taken in now. */
  readonly repaired: ReconciledEntry[]
  /** What the provider has and we cannot take in: a person has to look. */
  readonly differences: ReconciledEntry[]
}
