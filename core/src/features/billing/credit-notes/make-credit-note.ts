import {
  allocate,
  assert,
  type Decimal,
  decimalText,
  formatDecimal,
  fraction,
  InvalidValue,
  newId,
  readDecimal,
  roundFraction,
} from '../../../kernel/index.ts'
import type { Invoice, InvoiceDiscount, InvoiceTax } from '../invoices/invoice.ts'
import type { InvoiceLine } from '../invoices/invoice-line.ts'
import type { CreditNote, CreditNoteLine } from './credit-note.ts'
import { MoreThanInvoiced, NothingToCredit } from './credit-notes.errors.ts'

/** What credit notes took back of one line of an invoice so far. */
export interface CreditedLine {
  readonly invoiceLineId: string
  readonly discount: bigint
  readonly net: bigint
  readonly tax: bigint
}

/** What a credit note says, before it has a number. */
export interface MadeCreditNote {
  readonly note: Pick<CreditNote, 'subtotal' | 'discount' | 'tax' | 'total' | 'discounts' | 'taxes'>
  readonly lines: readonly Omit<CreditNoteLine, 'tenantId' | 'creditNoteId' | 'place'>[]
}

type MadeLine = MadeCreditNote['lines'][number]

/** What a credit note is made of. */
export interface CreditNoteFacts {
  readonly invoice: Invoice
  readonly lines: readonly InvoiceLine[]
  readonly credited: readonly CreditedLine[]
  /** Which lines, and how much of each. [all that is left of all] */
  readonly asked:
    | readonly { readonly lineId: string; readonly amount?: bigint | undefined }[]
    | undefined
}

const ONE = readDecimal('1')
const NOTHING = { discount: 0n, net: 0n, tax: 0n }

/**
 * Reckons a credit note. Discount and tax go back in proportion, and each is rounded as part of all
 * that went back of the line so far: notes that take back a whole line take back its discount and
 * its tax to the minor unit, in however many parts.
 *
 * @throws {@link InvalidValue} for a line that is not of the invoice, or an amount of another sign
 * @throws {@link MoreThanInvoiced}
 * @throws {@link NothingToCredit}
 */
export function makeCreditNote({
  invoice,
  lines,
  credited,
  asked,
}: CreditNoteFacts): MadeCreditNote {
  const soFar = new Map(credited.map((line) => [line.invoiceLineId, line]))
  const whole = lines.map(({ id }) => ({ lineId: id, amount: undefined }))
  const made = (asked ?? whole).flatMap(({ lineId, amount }, index) => {
    const line = lines.find(({ id }) => id === lineId)
    const field = `lines.${index}`
    if (!line) throw new InvalidValue({ field, problem: 'is no line of the invoice' })
    const before = soFar.get(lineId) ?? NOTHING
    const part = partOf(invoice, { line, before, amount, field })
    return part ? [{ ...told(line, part), ...part, id: newId(), invoiceLineId: line.id }] : []
  })
  const sum = (amountOf: (line: MadeLine) => bigint): bigint =>
    made.reduce((total, line) => total + amountOf(line), 0n)
  const [discount, tax] = [sum((line) => line.discount), sum((line) => line.tax)]
  const subtotal = sum((line) => line.net) + discount
  const total = subtotal - discount + tax
  if (total <= 0n) {
    const { id: invoiceId, currency } = invoice
    throw new NothingToCredit({ invoiceId, total: formatDecimal({ amount: total, currency }) })
  }
  const left = invoice.total - invoice.credited
  // Deductions that stay on the invoice leave less of it than of its lines.
  if (total > left) {
    const { id: invoiceId, currency } = invoice
    const text = (minor: bigint): string => formatDecimal({ amount: minor, currency })
    throw new MoreThanInvoiced({ invoiceId, lineId: null, left: text(left), amount: text(total) })
  }
  const [discounts, taxes] = [discountsOf(invoice, discount), taxesOf(invoice, made)]
  return { note: { subtotal, discount, tax, total, discounts, taxes }, lines: made }
}

interface Asked {
  readonly line: InvoiceLine
  readonly before: Pick<CreditedLine, 'discount' | 'net' | 'tax'>
  readonly amount: bigint | undefined
  readonly field: string
}

/** What goes back of a line; undefined where nothing is left and nothing was asked for. */
function partOf(
  { id: invoiceId, currency, pricesIncludeTax }: Invoice,
  { line, before, amount, field }: Asked,
): Pick<MadeLine, 'discount' | 'net' | 'tax'> | undefined {
  const priceOf = (of: Asked['before']): bigint => of.net + (pricesIncludeTax ? of.tax : 0n)
  const [price, gone] = [priceOf(line), priceOf(before)]
  const left = price - gone
  if (amount === undefined && left === 0n) return undefined
  const back = amount ?? left
  const sign = price < 0n ? -1n : 1n
  if (sign * back > sign * left) {
    const text = (minor: bigint): string => formatDecimal({ amount: minor, currency })
    throw new MoreThanInvoiced({ invoiceId, lineId: line.id, left: text(left), amount: text(back) })
  }
  if (sign * back <= 0n) {
    const problem = sign > 0n ? 'is not above 0' : 'is not below 0, as the line is'
    throw new InvalidValue({ field: `${field}.amount`, problem })
  }
  const share = (of: bigint): bigint =>
    roundFraction(fraction(sign * of * (gone + back), sign * price))
  const tax = share(line.tax) - before.tax
  const discount = share(line.discount) - before.discount
  return { discount, net: pricesIncludeTax ? back - tax : back, tax }
}

/** What a line says beside its amounts: how many units only where it takes back all of them. */
function told(
  line: InvoiceLine,
  part: Pick<MadeLine, 'net' | 'tax'>,
): Pick<MadeLine, 'title' | 'fromOn' | 'untilOn' | 'quantity' | 'unitPrice' | 'taxRate'> {
  const { title, fromOn, untilOn, taxRate } = line
  const isWhole = part.net === line.net && part.tax === line.tax
  const quantity: Decimal = isWhole ? line.quantity : ONE
  return { title, fromOn, untilOn, quantity, unitPrice: isWhole ? line.unitPrice : null, taxRate }
}

/** The discounts of the invoice in the proportions that they had. */
function discountsOf(invoice: Invoice, discount: bigint): InvoiceDiscount[] {
  if (discount === 0n) return []
  const amounts = allocate(
    discount,
    invoice.discounts.map(({ amount }) => amount),
  )
  return invoice.discounts.map((one, index) => ({ ...one, amount: amounts[index] ?? 0n }))
}

/** The taxes of the lines, by the names that their rates have on the invoice. */
function taxesOf(invoice: Invoice, lines: readonly MadeLine[]): InvoiceTax[] {
  const taxes = new Map<string, InvoiceTax>()
  for (const { taxRate, net, tax } of lines) {
    if (taxRate === null) continue
    const rate = decimalText(taxRate)
    const named = invoice.taxes.find((one) => one.rate === rate)
    assert(named, 'The rate of a line is one of its invoice')
    const before = taxes.get(rate) ?? { ...named, taxable: 0n, tax: 0n }
    taxes.set(rate, { ...before, taxable: before.taxable + net, tax: before.tax + tax })
  }
  return [...taxes.values()]
}
