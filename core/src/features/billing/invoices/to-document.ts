import {
  addDays,
  type Currency,
  decimalText,
  fractionOf,
  type Language,
  readDecimal,
  roundToMinor,
} from '../../../kernel/index.ts'
import type {
  DocumentLine,
  DocumentParty,
  DocumentPeriod,
  DocumentStep,
  InvoiceFacts,
} from '../documents/invoice-document.ts'
import { dueOn } from '../periods/days.ts'
import { type Invoice, type InvoiceParty, remainingOf } from './invoice.ts'
import type { InvoiceLine } from './invoice-line.ts'

/** What a document of an invoice needs beside it. */
export interface DocumentOptions {
  readonly language: Language
  /** The day that a draft would be issued on. */
  readonly today: string
  /** Where it can be paid; none for what asks for nothing. */
  readonly payUrl: string | null
}

/** An invoice as its reader sees it: of this value HTML, PDF and CSV are made. */
export function toDocument(
  { lines, ...invoice }: Invoice & { readonly lines: readonly InvoiceLine[] },
  { language, today, payUrl }: DocumentOptions,
): InvoiceFacts {
  const { currency, discounts, taxes } = invoice
  const issuedOn = invoice.issuedOn ?? today
  const due = remainingOf(invoice)
  return {
    ...{ kind: 'invoice', status: invoice.state, number: invoice.number, currency, language },
    ...{ seller: toParty(invoice.seller), buyer: toParty(invoice.buyer) },
    ...{ issuedOn, dueOn: invoice.dueOn ?? dueOn(issuedOn, invoice.paymentTermsDays) },
    ...{ period: toPeriod(invoice), purchaseOrder: invoice.purchaseOrder, notes: invoice.notes },
    lines: lines.map((line) => toLine(line, currency)),
    discounts: discounts.map(({ title, amount }) => ({ description: title, amount })),
    ...{ taxes, pricesIncludeTax: invoice.pricesIncludeTax, reverseCharge: invoice.reverseCharge },
    ...{ subtotal: invoice.subtotal, total: invoice.total },
    ...{ credited: invoice.credited, paid: invoice.paid, due },
    payUrl: due > 0n && invoice.state !== 'draft' ? payUrl : null,
  }
}

/** Who sells or buys, as documents name them. */
export function toParty({ region, ...party }: InvoiceParty): DocumentParty {
  return party
}

function toPeriod(of: {
  readonly fromOn: string | null
  readonly untilOn: string | null
}): DocumentPeriod | null {
  const { fromOn, untilOn } = of
  return fromOn === null || untilOn === null
    ? null
    : { firstDay: fromOn, lastDay: addDays(untilOn, -1) }
}

/** What documents show of a line. */
export type ShownLine = Pick<
  InvoiceLine,
  | 'discount'
  | 'fromOn'
  | 'net'
  | 'quantity'
  | 'steps'
  | 'tax'
  | 'taxRate'
  | 'title'
  | 'unitPrice'
  | 'untilOn'
>

/** A line as documents show it. */
export function toLine(line: ShownLine, currency: Currency): DocumentLine {
  const { discount, net, tax, taxRate, unitPrice } = line
  return {
    ...{ description: line.title, period: toPeriod(line), quantity: decimalText(line.quantity) },
    unitPrice: unitPrice === null ? null : decimalText(unitPrice),
    steps: line.steps.flatMap((step): DocumentStep[] =>
      step.kind === 'tier'
        ? [
            {
              ...{ quantity: step.quantity, unitPrice: step.rate },
              flatFee: roundToMinor(fractionOf(readDecimal(step.flatFee ?? '0')), currency),
            },
          ]
        : [],
    ),
    ...{ discount, net, taxRate: taxRate === null ? null : decimalText(taxRate) },
    ...{ tax, gross: net + tax },
  }
}
