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

/** Rates of tax that lines bear which cost something: percent as text, or `none`. */
export function ratesOf(lines: readonly Pick<InvoiceLine, 'net' | 'taxRate'>[]): string[] {
  const rates = lines
    .filter(({ net }) => net !== 0n)
    .map(({ taxRate }) => (taxRate === null ? 'none' : decimalText(taxRate)))
  return [...new Set(rates)]
}
