import type { InvoiceReceipts } from '@gramkit/core/billing'

/**
 * What receipts say of invoices, where YooKassa issues them (54-FZ): ask your accountant before you sell.
 * A rate that is not listed is not guessed: YooKassa is then not offered for the invoice.
 */
export const INVOICE_RECEIPTS: InvoiceReceipts = {
  subject: 'service',
  mode: 'full_payment',
  measure: 'piece',
  // YooKassa's code for each rate of VAT in percent.
  vatCodes: { none: 1, '0': 2, '5': 7, '7': 8, '10': 3, '20': 4, '22': 11 },
}
