import { z } from 'zod'

/** What is asked of a recognition. */
export const recognitionFields = z.strictObject({
  /** The last day that is recognised; one that is over. [the last day of the month before] */
  throughOn: z.iso.date('is no day, such as 2028-01-31').optional(),
})

/** What is asked of a recognition. */
export type RecognitionInput = z.input<typeof recognitionFields>

/** The month that is closed. */
export const monthFields = z.strictObject({
  month: z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'is no month, such as 2028-01'),
})

/** The month that is closed. */
export type MonthInput = z.input<typeof monthFields>

/** A month that takes no more entries. */
export interface ClosedMonth {
  readonly tenantId: string
  /** Its first day. */
  readonly month: string
  readonly actor: string
  readonly createdAt: Date
}

/** Why what was earned in a month is not in the books yet. */
export type OpenWork =
  /** Periods that ended in it are not billed, or their invoices are drafts of a run. */
  | 'unbilled'
  /** Somebody changes an invoice of it right now. */
  | 'busy'
