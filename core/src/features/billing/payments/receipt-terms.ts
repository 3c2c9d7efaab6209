import { decimalText } from '../../../kernel/index.ts'
import type { TaxProfile } from '../../payments/index.ts'
import type { InvoiceLine } from '../invoices/invoice-line.ts'

/**
 * What the shop owner's accountant says about receipts of invoices (54-FZ); nothing of it has a
 * default that could be wrong quietly.
 */
export interface InvoiceReceipts extends Pick<TaxProfile, 'subject' | 'mode' | 'measure'> {
  /** Code of the VAT for each rate, as `{ none: 1, '20': 4 }`: percent, or `none` without tax. */
  readonly vatCodes: Readonly<Record<string, number>>
}

/** The code of the VAT that a receipt of one item says of an invoice, or why there is none. */
export function vatCodeOf(
  lines: readonly Pick<InvoiceLine, 'net' | 'taxRate'>[],
  { vatCodes }: Pick<InvoiceReceipts, 'vatCodes'>,
): { readonly vatCode: number } | { readonly problem: string } {
  const rates = ratesOf(lines)
  const [rate = 'none'] = rates
  if (rates.length > 1) return { problem: `bears several rates of tax: ${rates.join(', ')}` }
  const vatCode = vatCodes[rate]
  if (vatCode === undefined) return { problem: `bears the rate ${rate}, which has no code of VAT` }
  return { vatCode }
}

/** Rates of tax that lines bear which cost something: percent as text, or `none`. */
function ratesOf(lines: readonly Pick<InvoiceLine, 'net' | 'taxRate'>[]): string[] {
  const rates = lines
    .filter(({ net }) => net !== 0n)
    .map(({ taxRate }) => (taxRate === null ? 'none' : decimalText(taxRate)))
  return [...new Set(rates)]
}
