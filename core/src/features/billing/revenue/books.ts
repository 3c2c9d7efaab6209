/** What can be wrong with the journal of a tenant. */
export const BOOK_PROBLEMS = [
  'owed_differs_from_invoice',
  'bad_debt_differs_from_invoice',
  'sold_differs_from_lines',
  'tax_differs_from_invoice',
  'recognised_differs_from_schedule',
  'deferred_differs_from_schedule',
  'unbilled_differs_from_schedule',
  'money_differs_from_booking',
  'credit_note_differs_from_booking',
  'credit_differs_from_balance',
  /** Entries are not what they were when they were booked. */
  'booking_differs_from_audit',
  'booking_not_in_audit',
  'audit_is_broken',
] as const

/** One thing that does not add up: minor units, or numbers of entries. */
export interface BookDifference {
  readonly problem: (typeof BOOK_PROBLEMS)[number]
  /** Such as `invoice INV-000042`. */
  readonly subject: string
  readonly expected: bigint | null
  readonly actual: bigint | null
}

/** What was found in the books of a tenant. */
export interface BooksReport {
  readonly ok: boolean
  readonly entries: number
  /** Up to 100 of each kind. */
  readonly differences: readonly BookDifference[]
}
