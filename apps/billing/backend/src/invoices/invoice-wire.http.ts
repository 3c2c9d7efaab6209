import { INVOICE_STATES, type Invoice, LINE_KINDS, remainingOf } from '@gramkit/core/billing'
import { amountWire, instantWire } from '@gramkit/core/http'
import { CURRENCIES } from '@gramkit/core/kernel'
import { z } from 'zod'
import { dayWire, decimalWire, stepWire } from '../wire.ts'

const partyWire = z
  .object({
    name: z.string(),
    company: z.string().nullable(),
    address: z.array(z.string()).readonly(),
    country: z.string().nullable(),
    region: z.string().nullable(),
    taxId: z.string().nullable(),
    email: z.string().nullable(),
  })
  .meta({ id: 'InvoiceParty' })

/** What was taken off a document. */
export const discountsWire = z.array(z.object({ title: z.string(), amount: amountWire })).readonly()

/** What taxes a document bears. */
export const taxesWire = z
  .array(z.object({ name: z.string(), rate: z.string(), taxable: amountWire, tax: amountWire }))
  .readonly()

const invoice = {
  id: z.uuid(),
  customerId: z.uuid(),
  subscriptionId: z.uuid().nullable(),
  billNumber: z.int().nullable(),
  runId: z.uuid().nullable(),
  state: z.enum(INVOICE_STATES),
  number: z.string().nullable(),
  currency: z.enum(CURRENCIES),
  seller: partyWire,
  buyer: partyWire,
  fromOn: dayWire.nullable(),
  untilOn: dayWire.nullable(),
  issuedOn: dayWire.nullable(),
  dueOn: dayWire.nullable(),
  subtotal: amountWire,
  discount: amountWire,
  tax: amountWire,
  total: amountWire,
  paid: amountWire,
  credited: amountWire,
  /** What is left to pay. */
  remaining: amountWire,
  discounts: discountsWire,
  taxes: taxesWire,
  pricesIncludeTax: z.boolean(),
  reverseCharge: z.boolean(),
  purchaseOrder: z.string().nullable(),
  notes: z.array(z.string()).readonly(),
  createdAt: instantWire,
  finalizedAt: instantWire.nullable(),
  updatedAt: instantWire,
}

/** An invoice, on the wire. */
export const invoiceWire = z.object(invoice).meta({ id: 'Invoice' })

const lineWire = z.object({
  id: z.uuid(),
  place: z.int(),
  kind: z.enum(LINE_KINDS),
  subscriptionId: z.uuid().nullable(),
  chargeKey: z.string().nullable(),
  title: z.string(),
  fromOn: dayWire.nullable(),
  untilOn: dayWire.nullable(),
  quantity: decimalWire,
  unitPrice: decimalWire.nullable(),
  steps: z.array(stepWire).readonly(),
  discount: amountWire,
  net: amountWire,
  taxRate: decimalWire.nullable(),
  tax: amountWire,
})

/** An invoice with its lines. */
export const invoiceViewWire = z
  .object({ ...invoice, lines: z.array(lineWire).readonly() })
  .meta({ id: 'InvoiceWithLines' })

/** Adds what is left to pay. */
export function toWire<Of extends Invoice>(of: Of): Of & { readonly remaining: bigint } {
  return { ...of, remaining: remainingOf(of) }
}
