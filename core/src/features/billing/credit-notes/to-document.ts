import type { Language } from '../../../kernel/index.ts'
import type { CreditNoteFacts } from '../documents/invoice-document.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { toLine, toParty } from '../invoices/to-document.ts'
import type { CreditNote, CreditNoteLine } from './credit-note.ts'

/** A credit note as its reader sees it: who sells and who buys is what its invoice says. */
export function toCreditNoteDocument(
  note: CreditNote & { readonly lines: readonly CreditNoteLine[] },
  invoice: Invoice,
  language: Language,
): CreditNoteFacts {
  const { currency, discounts, taxes } = note
  const { pricesIncludeTax, reverseCharge, purchaseOrder } = invoice
  return {
    ...{ kind: 'credit_note', status: 'finalized', number: note.number, currency, language },
    ...{ seller: toParty(invoice.seller), buyer: toParty(invoice.buyer) },
    ...{ issuedOn: note.issuedOn, period: null, purchaseOrder, reason: note.reason, notes: [] },
    invoiceNumber: invoice.number ?? '',
    lines: note.lines.map((line) => toLine({ ...line, steps: [] }, currency)),
    discounts: discounts.map(({ title, amount }) => ({ description: title, amount })),
    ...{ taxes, pricesIncludeTax, reverseCharge, subtotal: note.subtotal, total: note.total },
  }
}
