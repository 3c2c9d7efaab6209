import type { Language } from '../../../kernel/index.ts'
import {
  amountText,
  dayText,
  moneyText,
  numberText,
  periodText,
  priceText,
  rateText,
} from './document-formats.ts'
import { DOCUMENT_TEXTS, type DocumentTexts } from './document-texts.ts'
import {
  checkDocument,
  type DocumentLine,
  type DocumentParty,
  type InvoiceDocument,
} from './invoice-document.ts'

/** A name and what goes with it. */
export interface SheetEntry {
  readonly label: string
  readonly text: string
}

/** A line of the table: what it is, what is to be said of it, and a cell for each other column. */
export interface SheetRow {
  readonly description: string
  readonly details: readonly string[]
  readonly cells: readonly string[]
}

/**
 * Every word of a document, in order, in the reader's language, and nothing else. HTML and PDF draw
 * it and add no text of their own, so they cannot differ.
 */
export interface Sheet {
  readonly language: Language
  readonly issuedOn: string
  readonly heading: string
  /** Heading and number together: the name of the page or file. */
  readonly title: string
  readonly mark: { readonly text: string; readonly isGood: boolean } | null
  readonly parties: readonly { readonly label: string; readonly lines: readonly string[] }[]
  readonly facts: readonly SheetEntry[]
  /** The first is of the descriptions, the others of the cells. */
  readonly columns: readonly string[]
  readonly rows: readonly SheetRow[]
  /** A head, then lines; null when nothing is taxed. */
  readonly taxes: {
    readonly label: string
    readonly columns: readonly string[]
    readonly rows: readonly (readonly string[])[]
  } | null
  /** The last one is what matters. */
  readonly totals: readonly SheetEntry[]
  readonly notes: readonly string[]
  readonly pay: { readonly label: string; readonly url: string } | null
  /** Has `{page}` and `{pages}` in it. */
  readonly page: string
}

/**
 * Puts a document into words.
 *
 * @throws {@link AssertionFailed} and {@link InvalidValue} as {@link checkDocument}
 */
export function layOut(document: InvoiceDocument): Sheet {
  checkDocument(document)
  const { language, number, taxes, currency } = document
  const texts = DOCUMENT_TEXTS[language]
  const heading = document.kind === 'invoice' ? texts.invoice : texts.creditNote
  const mark = texts.marks[document.status]
  const reverseCharge = document.reverseCharge ? [texts.reverseCharge] : []
  const payUrl = document.kind === 'invoice' ? document.payUrl : null
  return {
    language,
    issuedOn: document.issuedOn,
    heading,
    title: printable([heading, ...(number === null ? [] : [number])].join(' ')),
    mark: mark === null ? null : { text: mark, isGood: document.status === 'paid' },
    parties: [
      { label: texts.seller, lines: partyLines(document.seller, texts) },
      { label: texts.buyer, lines: partyLines(document.buyer, texts) },
    ],
    facts: factsOf(document, texts),
    columns: [
      texts.line,
      texts.quantity,
      document.pricesIncludeTax ? texts.unitPriceWithTax : texts.unitPrice,
      texts.net,
      texts.taxRate,
      texts.tax,
      texts.gross,
    ],
    rows: document.lines.map((line) => rowOf(line, document, texts)),
    taxes:
      taxes.length === 0
        ? null
        : {
            label: texts.taxes,
            columns: [texts.tax, texts.taxable, texts.tax],
            rows: taxes.map(({ name, rate, taxable, tax }) => [
              `${printable(name)} ${rateText(rate, language)}`,
              amountText(taxable, currency, language),
              amountText(tax, currency, language),
            ]),
          },
    totals: totalsOf(document, texts),
    notes: [...reverseCharge, ...document.notes.flatMap((note) => note.split(/\r?\n|\r/))]
      .map(printable)
      .filter((note) => note !== ''),
    pay: payUrl === null ? null : { label: texts.pay, url: new URL(payUrl).href },
    page: texts.page,
  }
}

function partyLines(party: DocumentParty, texts: DocumentTexts): string[] {
  const { name, company, address, country, taxId, email } = party
  const taxLine = taxId === null ? null : `${texts.taxId}: ${taxId}`
  return [company, name, ...address, country, taxLine, email]
    .map((line) => printable(line ?? ''))
    .filter((line) => line !== '')
}

type Fact = readonly [label: string, text: string | null]

function factsOf(document: InvoiceDocument, texts: DocumentTexts): SheetEntry[] {
  const { language, period, purchaseOrder } = document
  const ofKind: readonly Fact[] =
    document.kind === 'invoice'
      ? [[texts.dueOn, dayText(document.dueOn, language)]]
      : [
          [texts.invoiceNumber, document.invoiceNumber],
          [texts.reason, document.reason],
        ]
  const facts: readonly Fact[] = [
    [texts.issuedOn, dayText(document.issuedOn, language)],
    ...ofKind,
    [texts.period, period && periodText(period, language)],
    [texts.purchaseOrder, purchaseOrder],
    [texts.currency, document.currency],
  ]
  return facts.flatMap(([label, text]) => (text ? [{ label, text: printable(text) }] : []))
}

function rowOf(line: DocumentLine, document: InvoiceDocument, texts: DocumentTexts): SheetRow {
  const { currency, language } = document
  const amount = (minor: bigint): string => amountText(minor, currency, language)
  const steps = line.steps.map(({ quantity, unitPrice, flatFee }) => {
    const price = priceText(unitPrice, currency, language)
    const fee = flatFee === 0n ? '' : ` + ${amount(flatFee)}`
    return `${numberText(quantity, language)} × ${price}${fee}`
  })
  return {
    description: printable(line.description),
    details: [
      ...(line.period ? [periodText(line.period, language)] : []),
      ...steps,
      ...(line.discount === 0n ? [] : [`${texts.discount}: ${amount(-line.discount)}`]),
    ],
    cells: [
      numberText(line.quantity, language),
      line.unitPrice === null ? '' : priceText(line.unitPrice, currency, language),
      amount(line.net),
      line.taxRate === null ? '' : rateText(line.taxRate, language),
      amount(line.tax),
      amount(line.gross),
    ],
  }
}

function totalsOf(document: InvoiceDocument, texts: DocumentTexts): SheetEntry[] {
  const { currency, language, discounts, taxes } = document
  const entry = (label: string, amount: bigint): SheetEntry => ({
    label: printable(label),
    text: moneyText(amount, currency, language),
  })
  const sums = [
    entry(texts.subtotal, document.subtotal),
    ...discounts.map(({ description, amount }) => entry(description, -amount)),
    ...taxes.map(({ name, rate, tax }) => entry(`${name} ${rateText(rate, language)}`, tax)),
  ]
  if (document.kind === 'credit_note') return [...sums, entry(texts.totalCredited, document.total)]
  const { credited, paid, due, total } = document
  return [
    ...sums,
    entry(texts.total, total),
    ...(credited === 0n ? [] : [entry(texts.credited, -credited)]),
    ...(paid === 0n ? [] : [entry(texts.paid, -paid)]),
    entry(texts.due, due),
  ]
}

/** Leaves out what would not be seen and could turn a line round: only text is left, on one line. */
function printable(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Bidi_Control}\ufeff]/gu, '')
    .trim()
}
