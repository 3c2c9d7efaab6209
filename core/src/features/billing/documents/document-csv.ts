import { csvLine, formatDecimal } from '../../../kernel/index.ts'
import { checkDocument, type InvoiceDocument } from './invoice-document.ts'

const COLUMNS = {
  documents: [
    ...['number', 'kind', 'status', 'issued_on', 'due_on', 'first_day', 'last_day', 'for_invoice'],
    ...['customer', 'company', 'country', 'tax_id', 'currency'],
    ...['subtotal', 'discount', 'tax', 'total', 'credited', 'paid', 'due'],
  ],
  lines: [
    ...['number', 'line', 'description', 'first_day', 'last_day', 'quantity', 'unit_price'],
    ...['currency', 'discount', 'net', 'tax_rate', 'tax', 'gross'],
  ],
} as const

/** What can be had as a file of commas: one row for a document, or one for each of its lines. */
export type DocumentTable = keyof typeof COLUMNS

/** The first line of such a file. */
export function documentCsvHead(table: DocumentTable): string {
  return csvLine(COLUMNS[table])
}

/**
 * What one document adds to such a file. Numbers have a point and nothing else, days are ISO 8601.
 *
 * @throws {@link AssertionFailed} and {@link InvalidValue} as {@link checkDocument}
 */
export function documentCsv(table: DocumentTable, document: InvoiceDocument): string {
  checkDocument(document)
  return table === 'documents' ? documentRow(document) : lineRows(document)
}

function documentRow(document: InvoiceDocument): string {
  const { buyer, currency, period, subtotal, discounts, taxes, total } = document
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n)
  const decimal = (amount: bigint): string => formatDecimal({ amount, currency })
  const invoice = document.kind === 'invoice' ? document : null
  return csvLine([
    document.number,
    document.kind,
    document.status,
    document.issuedOn,
    invoice?.dueOn,
    period?.firstDay,
    period?.lastDay,
    document.kind === 'credit_note' ? document.invoiceNumber : null,
    buyer.name,
    buyer.company,
    buyer.country,
    buyer.taxId,
    currency,
    decimal(subtotal),
    decimal(sum(discounts.map(({ amount }) => amount))),
    decimal(sum(taxes.map(({ tax }) => tax))),
    decimal(total),
    invoice && decimal(invoice.credited),
    invoice && decimal(invoice.paid),
    invoice && decimal(invoice.due),
  ])
}

function lineRows({ number, currency, lines }: InvoiceDocument): string {
  const decimal = (amount: bigint): string => formatDecimal({ amount, currency })
  const rows = lines.map((line, index) =>
    csvLine([
      number,
      index + 1,
      line.description,
      line.period?.firstDay,
      line.period?.lastDay,
      line.quantity,
      line.unitPrice,
      currency,
      decimal(line.discount),
      decimal(line.net),
      line.taxRate,
      decimal(line.tax),
      decimal(line.gross),
    ]),
  )
  return rows.join('')
}
