import { z } from 'zod'
import type { Currency, Decimal } from '../../../kernel/index.ts'
import { line } from '../fields.ts'
import type { InvoiceDiscount, InvoiceTax } from '../invoices/invoice.ts'

/** What corrects a finalized invoice; never changed. Amounts are minor units. */
export interface CreditNote {
  readonly tenantId: string
  readonly id: string
  readonly invoiceId: string
  readonly customerId: string
  /** Such as CN-000001; counts in its series without a gap. */
  readonly number: string
  readonly series: string
  readonly sequence: bigint
  readonly issuedOn: string
  readonly reason: string | null
  readonly currency: Currency
  /** All lines without tax, before discounts. */
  readonly subtotal: bigint
  readonly discount: bigint
  readonly tax: bigint
  readonly total: bigint
  /** How much less the invoice asks for. */
  readonly lowered: bigint
  /** What was paid and is the customer's again. */
  readonly released: bigint
  readonly discounts: readonly InvoiceDiscount[]
  readonly taxes: readonly InvoiceTax[]
  readonly createdAt: Date
}

/** What a credit note takes back of one line of its invoice. */
export interface CreditNoteLine {
  readonly tenantId: string
  readonly id: string
  readonly creditNoteId: string
  /** Counts from 1. */
  readonly place: number
  readonly invoiceLineId: string
  readonly title: string
  readonly fromOn: string | null
  readonly untilOn: string | null
  /** Those of the invoice's line where all of it is taken back, or 1. */
  readonly quantity: Decimal
  readonly unitPrice: Decimal | null
  readonly discount: bigint
  readonly net: bigint
  readonly taxRate: Decimal | null
  readonly tax: bigint
}

const creditedLine = z.strictObject({
  /** Of the invoice. */
  lineId: z.uuid('is no id'),
  /** In minor units and as prices are, with the tax where they have it in them. [all that is left] */
  amount: z.bigint().optional(),
})

/** What a credit note is made from. */
export const creditNoteFields = z.strictObject({
  invoiceId: z.uuid('is no id'),
  /** [all that is left of the invoice] */
  lines: z
    .array(creditedLine)
    .min(1, 'are none')
    .max(1000, 'are more than 1000')
    .refine(
      (lines) => new Set(lines.map(({ lineId }) => lineId)).size === lines.length,
      'name a line twice',
    )
    .optional(),
  reason: line(200).nullable().default(null),
})

/** What a credit note is made from. */
export type CreditNoteInput = z.input<typeof creditNoteFields>
