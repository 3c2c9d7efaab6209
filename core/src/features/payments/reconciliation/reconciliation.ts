import type { PaymentSnapshot } from '../payment.ts'
import type { RefundReport } from '../refunds/refund.ts'

/** One line of a provider's books, as a report in the kit's words. */
export type BookEntry =
  | { readonly kind: 'payment'; readonly report: PaymentSnapshot }
  | { readonly kind: 'refund'; readonly report: RefundReport }
  /** A line about one of ours that cannot be what it says: another shop's, or play money. */
  | {
      readonly kind: 'unreadable'
      readonly of: 'payment' | 'refund'
      readonly providerPaymentId: string
      readonly problem: string
    }

/** Which part of a provider's books is wanted. */
export interface BooksRequest {
  /** Where the page before ended; undefined at the very first time. */
  readonly cursor: string | undefined
  /** Nothing of ours is older. */
  readonly since: Date
  /** Lines from this instant on are left for the next time: their webhook may be on its way. */
  readonly until: Date
}

/** A page of a provider's books: money that arrived, and money that went back. */
export interface BookPage {
  /** In the order of the money: a payment before its refunds. */
  readonly entries: readonly BookEntry[]
  /** Where the next page begins, now or in an hour. Opaque, the gateway's own. */
  readonly cursor: string
  /** Nothing more for now. */
  readonly isLast: boolean
}

/** What a comparison found out about one payment or refund. */
export interface ReconciledEntry {
  readonly kind: 'payment' | 'refund'
  /** The provider's id of the payment. */
  readonly providerPaymentId: string
  /** Ours, once there is one. */
  readonly paymentId: string | null
  /** What does not fit; null when it was taken in. */
  readonly problem: string | null
}

/** What a reconciliation of one gateway found. */
export interface Reconciliation {
  readonly gateway: string
  /** Lines of the books that were compared. */
  readonly checked: number
  /** What the provider had and we did not: taken in now. */
  readonly repaired: ReconciledEntry[]
  /** What does not fit, earlier findings included: a person has to look. */
  readonly differences: ReconciledEntry[]
}
