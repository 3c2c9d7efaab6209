import { formatDecimal } from '../../../kernel/index.ts'
import type { Payment, Quote, QuoteRequest, TaxProfile } from '../../payments/index.ts'
import { type Invoice, invoiceAfter, remainingOf } from '../invoices/invoice.ts'
import { INVOICE_KIND, readInvoiceFacts, titlesOf } from './invoice-payment.ts'
import {
  InvoiceNotPayable,
  PaymentUnderWay,
  ReceiptNotPossible,
} from './invoice-payments.errors.ts'
import type { InvoicePaymentsScope } from './invoice-payments.scope.ts'
import { vatCodeOf } from './receipt-terms.ts'

/** Tells whether an invoice asks for money. */
export function isPayable(invoice: Invoice): boolean {
  return invoiceAfter(invoice.state, 'pay_rest') !== undefined && remainingOf(invoice) > 0n
}

/**
 * Says what a payment of an invoice is of and how much of it is asked for, under the lock of the
 * invoice. A customer may have several pages open, and what is paid too much becomes their credit;
 * a charge that they do not see is the only payment of its invoice while it is under way.
 */
export async function quoteInvoice(
  tx: InvoicePaymentsScope,
  { gateway, facts }: QuoteRequest,
): Promise<Quote> {
  const { invoiceId, amount: wanted, attempt, methodId } = readInvoiceFacts(facts)
  const invoice = await tx.repos.invoices.getByIdWithLock(invoiceId)
  const { state, currency, customerId } = invoice
  const remaining = remainingOf(invoice)
  const amount = wanted ?? remaining
  if (!isPayable(invoice) || amount > remaining) {
    const text = (minor: bigint) => formatDecimal({ amount: minor, currency })
    const [asks, asked] = [text(state === 'draft' ? 0n : remaining), text(amount)]
    throw new InvoiceNotPayable({ invoiceId, state, remaining: asks, amount: asked })
  }
  const open = await tx.repos.invoicePayments.listOpen(invoiceId)
  const inTheWay = open.find((each) => attempt !== undefined || each.attempt !== null)
  if (inTheWay) throw new PaymentUnderWay({ invoiceId, paymentId: inTheWay.id })
  const customer = await tx.repos.customers.getById(customerId)
  const method = methodId ? await tx.repos.paymentMethods.getById(methodId) : undefined
  const { language } = await tx.repos.tenant.get()
  const titles = titlesOf(invoice, language)
  const tax = await taxProfileOf(tx, invoice, { gateway, amount, ...titles })
  return {
    // Whoever pays was written down before: see `payerOf`.
    userId: customer.userId ?? '',
    product: { id: `invoice-${invoiceId}`, goods: 'digital', ...titles, tax },
    money: { amount, currency },
    savedMethodId: method?.savedMethodId,
    contact: customer.email === null ? undefined : { email: customer.email },
  }
}

/** Writes down a payment that was quoted. */
export async function noteOpened(tx: InvoicePaymentsScope, payment: Payment): Promise<void> {
  const { invoiceId, attempt } = readInvoiceFacts(payment.product.facts)
  const { customerId } = await tx.repos.invoices.getById(invoiceId)
  const { id, gateway, currency, amount, createdAt } = payment
  await tx.repos.invoicePayments.insert({
    ...{ id, invoiceId, customerId, gateway, currency, amount, createdAt, updatedAt: createdAt },
    ...{ attempt: attempt ?? null, state: 'open', ...NOTHING_CAME },
  })
}

/** What there is of a payment before its money comes. */
export const NOTHING_CAME = {
  ...{ taken: 0n, left: 0n, returned: 0n, takenBack: 0n },
  ...{ reason: null, declineClass: null },
} as const

/** Kind of the products that stand for invoices, and what each says of its invoice. */
export function invoiceFacts(facts: {
  readonly tenantId: string
  readonly invoiceId: string
  readonly amount?: bigint | undefined
  readonly attempt?: number | undefined
  readonly methodId?: string | undefined
}): { readonly kind: string; readonly facts: Readonly<Record<string, string>> } {
  const given = Object.entries(facts).filter(([, value]) => value !== undefined)
  return {
    kind: INVOICE_KIND,
    facts: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  }
}

/**
 * What a receipt says of an invoice, where the gateway issues one: one item that costs what is paid.
 * It can tell one rate of tax and a whole payment only, so others are refused.
 */
async function taxProfileOf(
  { core, repos }: InvoicePaymentsScope,
  invoice: Invoice,
  paid: { readonly gateway: string; readonly amount: bigint; readonly description: string },
): Promise<TaxProfile | undefined> {
  const { receipts: terms } = core.billingOptions
  if (!core.gateways.get(paid.gateway)?.capabilities.receipts || !terms) return undefined
  const { vatCodes: _, ...said } = terms
  const found =
    paid.amount === remainingOf(invoice)
      ? vatCodeOf(await repos.invoices.listLines([invoice.id]), terms)
      : { problem: 'is paid in parts: pay all that remains' }
  if ('problem' in found) {
    throw new ReceiptNotPossible({ invoiceId: invoice.id, gateway: paid.gateway, ...found })
  }
  return { ...said, ...found, description: paid.description }
}
