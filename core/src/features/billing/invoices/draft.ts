import {
  allocate,
  assert,
  type Currency,
  decimalText,
  formatDecimal,
  newId,
} from '../../../kernel/index.ts'
import type { Customer } from '../customers/customer.ts'
import type { Tenant } from '../tenants/tenant.ts'
import { type InvoiceDiscount, type InvoiceTax, partyOf } from './invoice.ts'
import type { InvoiceLine, PricedLine } from './invoice-line.ts'
import { NothingToInvoice } from './invoices.errors.ts'
import type { MadeInvoice } from './invoices.repository.ts'
import type { TaxProvider } from './tax-provider.ts'

/** What a line of a one-off invoice is of. */
const NO_BILL = { subscriptionId: null, billNumber: null, chargeKey: null, revision: null }

/** A line of a draft, before taxes, with the bill that it is of. */
export type DraftLine = PricedLine &
  Partial<Pick<InvoiceLine, 'subscriptionId' | 'billNumber' | 'chargeKey' | 'revision'>>

/** What a draft is made of. */
export interface DraftFacts {
  readonly tenant: Tenant
  readonly customer: Customer
  readonly currency: Currency
  readonly lines: readonly DraftLine[]
  /** What is taken off, and how much of it off each line, in their order. [nothing] */
  readonly discounts?: {
    readonly perLine: readonly bigint[]
    readonly taken: readonly InvoiceDiscount[]
  }
  readonly fromOn: string | null
  readonly untilOn: string | null
  /** The day by which taxes are chosen. */
  readonly on: string
  readonly paymentTermsDays?: number | undefined
  readonly purchaseOrder?: string | null
  readonly notes?: readonly string[]
  readonly subscriptionId?: string | null
  readonly billNumber?: number | null
  readonly now: Date
}

/**
 * Makes a draft of lines that have their prices: taxes them, adds up and keeps who sells and who
 * buys as they are now.
 *
 * @throws {@link NothingToInvoice} when the lines come to less than nothing
 */
export function makeDraft(facts: DraftFacts, taxProvider: TaxProvider): MadeInvoice {
  const { tenant, customer, currency, lines, discounts, now } = facts
  const [seller, buyer] = [partyOf({ ...tenant, email: null }), partyOf(customer)]
  const taxable = lines.map(({ amount, taxCategory }, index) => ({
    ...{ amount, category: taxCategory, discount: discounts?.perLine[index] ?? 0n },
  }))
  const { taxCategory: category, taxRounding: rounding } = tenant
  const terms = { category, rounding, pricesIncludeTax: tenant.pricesIncludeTax }
  const exempt = customer.taxExemption !== null
  const taxed = taxProvider.tax({
    ...{ seller, buyer, currency, on: facts.on, lines: taxable, terms: { ...terms, exempt } },
  })
  const { pricesIncludeTax, reverseCharge } = taxed
  const priced = taxed.lines.map((line, index) => {
    const untaxed = lines[index]
    assert(untaxed, 'Taxes answer line by line')
    const { amount, taxCategory, ...rest } = untaxed
    return { ...NO_BILL, ...rest, ...line, id: newId() }
  })
  const { made, taxes } = balanced(priced, taxed.taxes)
  const sum = (amountOf: (line: (typeof made)[number]) => bigint): bigint =>
    made.reduce((total, line) => total + amountOf(line), 0n)
  const [subtotal, discount] = [
    sum((line) => line.net + line.discount),
    sum((line) => line.discount),
  ]
  const tax = sum((line) => line.tax)
  const total = subtotal - discount + tax
  const taken = withoutTax(discounts?.taken ?? [], discount)
  const notes = [
    ...(facts.notes ?? []),
    ...(customer.taxExemption === null ? [] : [customer.taxExemption]),
  ]
  if (total < 0n) throw new NothingToInvoice({ total: formatDecimal({ amount: total, currency }) })
  return {
    invoice: {
      ...{ id: newId(), customerId: customer.id, state: 'draft', currency, seller, buyer },
      ...{ subscriptionId: facts.subscriptionId ?? null, billNumber: facts.billNumber ?? null },
      ...{ runId: null, number: null, series: null, sequence: null, issuedOn: null, dueOn: null },
      ...{ overdueAt: null, finalizedAt: null, fromOn: facts.fromOn, untilOn: facts.untilOn },
      paymentTermsDays:
        facts.paymentTermsDays ?? customer.paymentTermsDays ?? tenant.paymentTermsDays,
      ...{ graceDays: tenant.graceDays, timeZone: customer.timeZone },
      ...{ subtotal, discount, tax, total, paid: 0n, credited: 0n },
      ...{ discounts: taken, taxes, pricesIncludeTax, reverseCharge },
      ...{ purchaseOrder: facts.purchaseOrder ?? null, notes },
      ...{ createdAt: now, updatedAt: now },
    },
    lines: made,
  }
}

/**
 * Gives the line that carries a credit on the tax which makes the invoice ask for 0: the taxes of
 * the others are rounded line by line, so that of their sum may differ by some minor units.
 */
function balanced<Line extends Pick<InvoiceLine, 'kind' | 'net' | 'tax' | 'taxRate'>>(
  lines: readonly Line[],
  taxes: readonly InvoiceTax[],
): { readonly made: readonly Line[]; readonly taxes: readonly InvoiceTax[] } {
  const carry = lines.find(({ kind }) => kind === 'carry')
  const rest = lines.reduce((total, { net, tax }) => total + net + tax, 0n)
  if (!carry?.taxRate || rest === 0n) return { made: lines, taxes }
  const made = lines.map((line) => (line === carry ? { ...line, tax: line.tax - rest } : line))
  const rate = decimalText(carry.taxRate)
  const [own] = taxes.filter((tax) => tax.rate === rate)
  assert(own, 'Each tax of a line is summed up')
  return {
    made,
    taxes: taxes.map((tax) => (tax === own ? { ...tax, tax: tax.tax - rest } : tax)),
  }
}

/** Discounts that together take off what the lines say: without tax, as the subtotal is. */
function withoutTax(taken: readonly InvoiceDiscount[], discount: bigint): InvoiceDiscount[] {
  const weights = taken.map(({ amount }) => amount)
  if (weights.every((weight) => weight === 0n)) return [...taken]
  const amounts = allocate(discount, weights)
  return taken.map((one, index) => ({ ...one, amount: amounts[index] ?? 0n }))
}
