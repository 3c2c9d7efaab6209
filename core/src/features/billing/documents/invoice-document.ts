import { assert, type Currency, InvalidValue, type Language } from '../../../kernel/index.ts'

/** Who sells or buys, as the document names them. */
export interface DocumentParty {
  readonly name: string
  readonly company: string | null
  /** Street, town and so on, a line each. */
  readonly address: readonly string[]
  /** Two letters of ISO 3166. */
  readonly country: string | null
  readonly taxId: string | null
  readonly email: string | null
}

/** Local days, such as `2028-02-29`; both belong to the period. */
export interface DocumentPeriod {
  readonly firstDay: string
  readonly lastDay: string
}

/** A part of a tiered price: so many units at a rate, and what the tier costs by itself. */
export interface DocumentStep {
  /** A decimal number as text, as in {@link DocumentLine}. */
  readonly quantity: string
  readonly unitPrice: string
  /** Minor units. */
  readonly flatFee: bigint
}

/** One line; amounts are minor units of the document's currency. */
export interface DocumentLine {
  readonly description: string
  readonly period: DocumentPeriod | null
  /** A decimal number as text, such as `250` or `0.500000000000`. */
  readonly quantity: string
  /** In major units; null where the steps say it. */
  readonly unitPrice: string | null
  readonly steps: readonly DocumentStep[]
  /** This line's part of the document's discounts. */
  readonly discount: bigint
  /** Without tax, after the discount. */
  readonly net: bigint
  /** Percent, such as `20` or `7.75`; null without tax. */
  readonly taxRate: string | null
  readonly tax: bigint
  /** `net` and `tax` together. */
  readonly gross: bigint
}

/** A tax of the whole document. */
export interface DocumentTax {
  readonly name: string
  /** Percent. */
  readonly rate: string
  /** What it is taken of, and what it comes to. */
  readonly taxable: bigint
  readonly tax: bigint
}

interface DocumentFacts {
  /** Null while it is a draft. */
  readonly number: string | null
  readonly seller: DocumentParty
  readonly buyer: DocumentParty
  /** A local day. */
  readonly issuedOn: string
  readonly period: DocumentPeriod | null
  /** What the buyer calls their order. */
  readonly purchaseOrder: string | null
  readonly currency: Currency
  readonly language: Language
  readonly lines: readonly DocumentLine[]
  readonly discounts: readonly { readonly description: string; readonly amount: bigint }[]
  readonly taxes: readonly DocumentTax[]
  /** Whether unit prices have the tax in them. */
  readonly pricesIncludeTax: boolean
  /** Whether the buyer owes the tax to their own state. */
  readonly reverseCharge: boolean
  /** All lines without tax, before discounts. */
  readonly subtotal: bigint
  readonly total: bigint
  /** Paragraphs at the end. */
  readonly notes: readonly string[]
}

/** An invoice as its reader sees it. */
export interface InvoiceFacts extends DocumentFacts {
  readonly kind: 'invoice'
  readonly status:
    | 'draft'
    | 'finalized'
    | 'partially_paid'
    | 'paid'
    | 'overdue'
    | 'void'
    | 'uncollectible'
  /** A local day. */
  readonly dueOn: string
  /** By credit notes. */
  readonly credited: bigint
  readonly paid: bigint
  /** What is left of the total; nothing when it is void. */
  readonly due: bigint
  /** Where it can be paid; null when there is nothing to pay. */
  readonly payUrl: string | null
}

/** A credit note as its reader sees it; its amounts are positive. */
export interface CreditNoteFacts extends DocumentFacts {
  readonly kind: 'credit_note'
  readonly status: 'draft' | 'finalized' | 'void'
  /** Of the invoice that it corrects. */
  readonly invoiceNumber: string
  readonly reason: string | null
}

/**
 * All that stands on an invoice or a credit note: HTML, PDF and CSV are made of this value and of
 * nothing else, so the same value is always the same document.
 */
export type InvoiceDocument = InvoiceFacts | CreditNoteFacts

const LINES_MAX = 5_000
const STEPS_MAX = 50_000
const TEXT_MAX = 1_000
const FEW_MAX = 50

/**
 * Refuses a document that nobody should read: one whose figures do not add up, is longer than can
 * be drawn, or leads somewhere else than to a page.
 *
 * @throws {@link AssertionFailed} when sums are not those of the lines
 * @throws {@link InvalidValue} when something is too long, or the link is none
 */
export function checkDocument(document: InvoiceDocument): void {
  checkSums(document)
  const { lines, discounts, taxes, notes, seller, buyer } = document
  const steps = sum(lines, (line) => BigInt(line.steps.length))
  limit('lines', lines.length, LINES_MAX)
  limit('steps', Number(steps), STEPS_MAX)
  const few = { discounts, taxes, notes, seller: seller.address, buyer: buyer.address }
  for (const [field, list] of Object.entries(few)) limit(field, list.length, FEW_MAX)
  for (const [field, text] of textsOf(document)) limit(field, text?.length ?? 0, TEXT_MAX)
  if (document.kind === 'invoice' && document.payUrl !== null) checkLink(document.payUrl)
}

function checkSums(document: InvoiceDocument): void {
  const { lines, discounts, taxes, subtotal, total } = document
  const net = sum(lines, (line) => line.net)
  const tax = sum(lines, (line) => line.tax)
  const discount = sum(lines, (line) => line.discount)
  const isLine = (line: DocumentLine): boolean => line.gross === line.net + line.tax
  assert(lines.every(isLine), 'a line of a document is its net and its tax')
  assert(subtotal === net + discount, 'a subtotal is that of the lines')
  assert(sum(discounts, ({ amount }) => amount) === discount, 'discounts are in the lines')
  assert(sum(taxes, (one) => one.tax) === tax, 'taxes are those of the lines')
  assert(total === net + tax, 'a total is that of the lines')
  if (document.kind === 'credit_note') return
  const { status, credited, paid, due } = document
  assert(due === (status === 'void' ? 0n : total - credited - paid), 'what is due is what is left')
}

function sum<Item>(items: readonly Item[], amount: (item: Item) => bigint): bigint {
  return items.reduce((total, item) => total + amount(item), 0n)
}

function* textsOf(document: InvoiceDocument): Generator<[field: string, text: string | null]> {
  const { lines, discounts, taxes, notes } = document
  for (const party of [document.seller, document.buyer]) {
    const { name, company, address, country, taxId, email } = party
    for (const text of [name, company, country, taxId, email, ...address]) yield ['party', text]
  }
  for (const { description, quantity, unitPrice, taxRate } of lines) {
    for (const text of [description, quantity, unitPrice, taxRate]) yield ['line', text]
  }
  for (const { description } of discounts) yield ['discount', description]
  for (const { name, rate } of taxes) {
    for (const text of [name, rate]) yield ['tax', text]
  }
  for (const note of notes) yield ['note', note]
  yield ['number', document.number]
  yield ['purchaseOrder', document.purchaseOrder]
  if (document.kind === 'credit_note') yield ['reason', document.reason]
}

function limit(field: string, is: number, most: number): void {
  if (is <= most) return
  throw new InvalidValue({
    field,
    problem: `of a document is ${is} long`,
    remedy: `at most ${most}`,
  })
}

function checkLink(url: string): void {
  if (/^https?:\/\/[^\s"'<>\\]{1,2000}$/i.test(url) && URL.canParse(url)) return
  throw new InvalidValue({ field: 'payUrl', problem: 'is not the address of a page' })
}
