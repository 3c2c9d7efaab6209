import type { Currency, Decimal, Rounding } from '../../../kernel/index.ts'
import type { InvoiceParty, InvoiceTax } from './invoice.ts'

/** A line that is to be taxed, in minor units. */
export interface TaxableLine {
  /** Before the discount. */
  readonly amount: bigint
  readonly discount: bigint
  /** What taxes treat alike. [that of the terms] */
  readonly category?: string | undefined
}

/** How a tenant taxes a customer. */
export interface TaxTerms {
  /** Of lines that name none. */
  readonly category: string
  readonly pricesIncludeTax: boolean
  /** Of the tax of a line. */
  readonly rounding: Rounding
  /** Whether the customer bears no taxes. */
  readonly exempt: boolean
}

/** What taxes depend on. */
export interface TaxFacts {
  readonly seller: InvoiceParty
  readonly buyer: InvoiceParty
  readonly currency: Currency
  /** The day by which rates are chosen. */
  readonly on: string
  readonly terms: TaxTerms
  readonly lines: readonly TaxableLine[]
}

/** What taxes make of the lines of an invoice; sums of lines are the sums of its taxes. */
export interface Taxed {
  /** In the order of the lines. */
  readonly lines: readonly {
    readonly discount: bigint
    readonly net: bigint
    readonly taxRate: Decimal | null
    readonly tax: bigint
  }[]
  readonly taxes: readonly InvoiceTax[]
  readonly pricesIncludeTax: boolean
  readonly reverseCharge: boolean
}

/**
 * Says which taxes the lines of an invoice bear. It is called inside the transaction that writes
 * the invoice, so it must reckon with what it has and never ask over the network; the same facts
 * give the same taxes, as an invoice may be previewed and priced again.
 */
export interface TaxProvider {
  tax(facts: TaxFacts): Taxed
}

/** Sells without taxes; what is asked is the price as it is. */
export const noTax: TaxProvider = {
  tax: ({ lines }) => ({
    lines: lines.map(({ amount, discount }) => ({
      ...{ discount, net: amount - discount, taxRate: null, tax: 0n },
    })),
    taxes: [],
    pricesIncludeTax: false,
    reverseCharge: false,
  }),
}
