import { z } from 'zod'
import { type Currency, readDecimal } from '../../../kernel/index.ts'
import { currencyField, daysField, line, taxCategoryField } from '../fields.ts'

/** Every state an invoice can be in. */
export const INVOICE_STATES = [
  'draft',
  'finalized',
  'partially_paid',
  'paid',
  'overdue',
  'void',
  'uncollectible',
] as const

/** State of an invoice. */
export type InvoiceState = (typeof INVOICE_STATES)[number]

/** What can happen to an invoice. */
export const INVOICE_STEPS = [
  'finalize',
  /** Money came, and something is left to pay. */
  'pay_part',
  /** Money came, and nothing is left. */
  'pay_rest',
  /** Money went back, and some stays. */
  'take_back_part',
  /** All money went back. */
  'take_back_all',
  /** Its due day and the days of grace are over. */
  'fall_overdue',
  'void',
  'write_off',
] as const

/** What can happen to an invoice. */
export type InvoiceStep = (typeof INVOICE_STEPS)[number]

const TRANSITIONS: Readonly<
  Record<InvoiceState, Readonly<Partial<Record<InvoiceStep, InvoiceState>>>>
> = {
  draft: { finalize: 'finalized' },
  finalized: {
    pay_part: 'partially_paid',
    pay_rest: 'paid',
    fall_overdue: 'overdue',
    void: 'void',
    write_off: 'uncollectible',
  },
  partially_paid: {
    pay_part: 'partially_paid',
    pay_rest: 'paid',
    take_back_part: 'partially_paid',
    take_back_all: 'finalized',
    fall_overdue: 'overdue',
    write_off: 'uncollectible',
  },
  paid: { take_back_part: 'partially_paid', take_back_all: 'finalized' },
  overdue: {
    pay_part: 'overdue',
    pay_rest: 'paid',
    take_back_part: 'overdue',
    take_back_all: 'overdue',
    void: 'void',
    write_off: 'uncollectible',
  },
  uncollectible: {
    pay_part: 'uncollectible',
    pay_rest: 'paid',
    take_back_part: 'uncollectible',
    take_back_all: 'uncollectible',
  },
  void: {},
}

/** Where a step leads, or undefined where it is refused. */
export function invoiceAfter(state: InvoiceState, step: InvoiceStep): InvoiceState | undefined {
  return TRANSITIONS[state][step]
}

/** Who sells or buys, as an invoice keeps them. */
export const partySchema = z.strictObject({
  name: z.string(),
  company: z.string().nullable(),
  address: z.array(z.string()),
  country: z.string().nullable(),
  region: z.string().nullable(),
  taxId: z.string().nullable(),
  email: z.string().nullable(),
})

/** Who sells or buys, as an invoice keeps them. */
export type InvoiceParty = Readonly<z.output<typeof partySchema>>

/** What an invoice keeps of a tenant or a customer. */
export function partyOf(of: Omit<InvoiceParty, 'email'> & { email?: string | null }): InvoiceParty {
  const { name, company, address, country, region, taxId, email = null } = of
  return { name, company, address, country, region, taxId, email }
}

const amountText = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt)

/** What a discount took off an invoice, as it is stored. */
export const invoiceDiscountsSchema = z.array(
  z.strictObject({ redemptionId: z.uuid(), title: z.string(), amount: amountText }),
)

/** What was taken off an invoice, in minor units. */
export type InvoiceDiscount = z.output<typeof invoiceDiscountsSchema>[number]

/** A tax of a whole invoice, as it is stored. */
export const invoiceTaxesSchema = z.array(
  z.strictObject({ name: z.string(), rate: z.string(), taxable: amountText, tax: amountText }),
)

/** A tax of a whole invoice; its rate is a percentage. */
export type InvoiceTax = z.output<typeof invoiceTaxesSchema>[number]

/** What is asked of a customer. From `finalized` on its contents and lines never change. */
export interface Invoice {
  readonly tenantId: string
  readonly id: string
  readonly customerId: string
  /** Which bill of which subscription it asks for; null for a one-off invoice. */
  readonly subscriptionId: string | null
  readonly billNumber: number | null
  /** The run that made it. */
  readonly runId: string | null
  readonly state: InvoiceState
  /** Such as INV-000042; none while it is a draft. */
  readonly number: string | null
  readonly series: string | null
  /** Counts from 1 in the series of the tenant, without a gap. */
  readonly sequence: bigint | null
  readonly currency: Currency
  readonly seller: InvoiceParty
  readonly buyer: InvoiceParty
  /** The days it is for; null where it is for none. */
  readonly fromOn: string | null
  readonly untilOn: string | null
  readonly issuedOn: string | null
  /** Last day on which it is paid in time. */
  readonly dueOn: string | null
  /** From when on it is overdue. */
  readonly overdueAt: Date | null
  readonly paymentTermsDays: number
  readonly graceDays: number
  /** Whose days its due day is counted in. */
  readonly timeZone: string
  /** All lines without tax, before discounts. */
  readonly subtotal: bigint
  readonly discount: bigint
  readonly tax: bigint
  readonly total: bigint
  readonly paid: bigint
  /** By credit notes. */
  readonly credited: bigint
  readonly discounts: readonly InvoiceDiscount[]
  readonly taxes: readonly InvoiceTax[]
  readonly pricesIncludeTax: boolean
  readonly reverseCharge: boolean
  readonly purchaseOrder: string | null
  readonly notes: readonly string[]
  readonly createdAt: Date
  readonly finalizedAt: Date | null
  readonly updatedAt: Date
}

/** What is left to pay, in minor units. */
export function remainingOf(
  invoice: Pick<Invoice, 'state' | 'total' | 'paid' | 'credited'>,
): bigint {
  return invoice.state === 'void' ? 0n : invoice.total - invoice.paid - invoice.credited
}

/** One line of a one-off invoice. */
const oneOffLine = z.strictObject({
  title: line(200),
  /** Units, as a decimal number. */
  quantity: z
    .string()
    .default('1')
    .transform((text) => readDecimal(text, 'quantity')),
  /** Price of one unit in major units, as a decimal number; a deduction is negative. */
  unitPrice: z.string().transform((text) => readDecimal(text, 'unitPrice')),
  /** What taxes treat alike; the tenant's where none is given. */
  taxCategory: taxCategoryField.optional(),
})

/** What a one-off invoice is made from. */
export const oneOffFields = z.strictObject({
  customerId: z.uuid('is no id'),
  /** The customer's where none is given. */
  currency: currencyField.optional(),
  /** The customer's or the tenant's where none is given. */
  paymentTermsDays: daysField(365).optional(),
  purchaseOrder: line(100).nullable().default(null),
  notes: z.array(line(500)).max(20, 'are more than 20').default([]),
  lines: z.array(oneOffLine).min(1, 'are none').max(1000, 'are more than 1000'),
})

/** What a one-off invoice is made from. */
export type OneOffInput = z.input<typeof oneOffFields>

/** Which invoices are listed. */
export const invoiceFilter = z.strictObject({
  customerId: z.uuid('is no id').optional(),
  state: z.enum(INVOICE_STATES, `is none of ${INVOICE_STATES.join(', ')}`).optional(),
  /** Issued on this day or later. */
  issuedFromOn: z.iso.date('is no day, such as 2028-01-31').optional(),
  /** Issued on this day or before. */
  issuedUntilOn: z.iso.date('is no day, such as 2028-01-31').optional(),
})

/** Which invoices are listed. */
export type InvoiceFilter = z.input<typeof invoiceFilter>
