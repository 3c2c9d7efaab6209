import type { Language } from '../../../kernel/index.ts'
import type { Invoice } from '../invoices/invoice.ts'

/** What customers are told of. */
export const NOTICE_KINDS = [
  'invoice_issued',
  'payment_received',
  'credit_applied',
  'payment_failed',
  'invoice_overdue',
] as const

/** What a customer is told of. */
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** One thing that one customer is told. */
export interface CustomerNotice {
  /** The same at each try, so that a repetition can be told. */
  readonly id: string
  readonly kind: NoticeKind
  /** The tenant's, as of its documents. */
  readonly language: Language
  /** Who sells. */
  readonly seller: string
  readonly customer: { readonly id: string; readonly name: string; readonly email: string }
  readonly invoice: Pick<
    Invoice,
    'tenantId' | 'id' | 'number' | 'currency' | 'total' | 'paid' | 'dueOn' | 'issuedOn'
  >
  /** What is left to pay, in minor units. */
  readonly remaining: bigint
  /** Of the payment, in minor units; null where it is about none. */
  readonly amount: bigint | null
  /** Where the invoice is shown and paid; null where the app shows none. */
  readonly payUrl: string | null
}

/**
 * Tells customers of tenants about their invoices, by mail or however an app likes.
 *
 * It is called outside of transactions, by a job that comes again when the call fails: a repetition
 * has the same `id`.
 */
export interface CustomerNotifier {
  /**
   * Tells one customer; `refused` when they can never be reached so.
   *
   * @throws {@link AppError} when a later try may go through
   */
  send(notice: CustomerNotice): Promise<'sent' | 'refused'>
}
