import { assert } from '../../../kernel/index.ts'
import type { Payment } from '../../payments/index.ts'
import { hearDecline } from '../dunning/hear-decline.ts'
import { chargeRefusedEvent } from '../invoices/tell-invoices.ts'
import type { InvoicePayment } from './invoice-payment.ts'
import { readInvoiceFacts } from './invoice-payment.ts'
import type { InvoicePaymentsScope } from './invoice-payments.scope.ts'
import { NOTHING_CAME } from './quote-invoice.ts'

/**
 * Gives money that came to its invoice, and what the invoice does not ask for to the customer's
 * credit: it may be paid already, void, or paid twice at the same moment.
 */
export async function takeIn(tx: InvoicePaymentsScope, payment: Payment): Promise<void> {
  const { invoiceId } = readInvoiceFacts(payment.product.facts)
  const { id, amount, currency } = payment
  const { invoice, taken, left } = await tx.invoices.receive(invoiceId, amount)
  assert(invoice.currency === currency, 'A payment is in the currency of its invoice')
  const before = await tx.repos.invoicePayments.findById(id)
  const facts = { customerId: invoice.customerId, currency, amount }
  if (!before) await insertLinked(tx, payment, { ...facts, invoiceId })
  if (left > 0n) {
    const source = `payment:${id}`
    await tx.credit.add({ ...facts, amount: left, reason: 'overpayment', invoiceId, source })
  }
  await tx.journal.bookReceived({ invoice, paymentId: id, taken, left })
  const now = tx.clock.now()
  const received = { state: 'received' as const, amount, taken, left }
  const after = await tx.repos.invoicePayments.update(id, { ...received, updatedAt: now })
  await tx.record({ action: 'payment.received', subject: `payment:${id}`, after: told(after) })
  await keepMethod(tx, after, payment)
}

/** Writes down that a payment ended without money; of a charge also what that says about the next. */
export async function noteClosed(tx: InvoicePaymentsScope, payment: Payment): Promise<void> {
  const { id, failureReason: reason } = payment
  const before = await tx.repos.invoicePayments.getByIdWithLock(id)
  const finalDeclines = tx.core.gateways.get(payment.gateway)?.capabilities.finalDeclines ?? []
  const isFinal = reason !== null && finalDeclines.includes(reason)
  const declined = isFinal ? 'final' : 'temporary'
  const after = await tx.repos.invoicePayments.update(id, {
    ...{ state: 'closed', reason, updatedAt: tx.clock.now() },
    declineClass: before.attempt === null ? null : declined,
  })
  await recordClosed(tx, after)
}

/** Writes down and, where it was a charge, tells that a payment ended without money. */
export async function recordClosed(
  tx: InvoicePaymentsScope,
  payment: InvoicePayment,
): Promise<void> {
  const { id, invoiceId, attempt, amount, reason } = payment
  await tx.record({ action: 'payment.closed', subject: `payment:${id}`, after: told(payment) })
  if (payment.declineClass) await hearDecline(tx, invoiceId, payment.declineClass)
  if (attempt === null) return
  const invoice = await tx.repos.invoices.getById(invoiceId)
  await tx.tell([chargeRefusedEvent(invoice, { amount, attempt, reason }, tx.clock.now())])
}

/** Money for a payment that had ended already comes as one of its own. */
async function insertLinked(
  tx: InvoicePaymentsScope,
  { id, gateway, createdAt }: Payment,
  facts: Pick<InvoicePayment, 'invoiceId' | 'customerId' | 'currency' | 'amount'>,
): Promise<void> {
  await tx.repos.invoicePayments.insert({
    ...{ ...facts, id, gateway, createdAt, updatedAt: createdAt },
    ...{ attempt: null, state: 'open', ...NOTHING_CAME },
  })
}

/** Keeps a method that the payer let the gateway save, to be charged when invoices are due. */
async function keepMethod(
  tx: InvoicePaymentsScope,
  { customerId, attempt }: InvoicePayment,
  { gateway, savedMethodId, originalPaymentId }: Payment,
): Promise<void> {
  if (!savedMethodId || attempt !== null || originalPaymentId !== null) return
  const on = tx.clock.now().toISOString().slice(0, 10)
  await tx.paymentMethods.add({ customerId, gateway, savedMethodId, label: `${gateway}, ${on}` })
}

/** What the audit keeps of a payment. */
export function told(payment: InvoicePayment): object {
  const { invoiceId, gateway, attempt, state, currency, amount } = payment
  const { taken, left, returned, takenBack, reason, declineClass } = payment
  return {
    ...{ invoiceId, gateway, attempt, state, currency, amount },
    ...{ taken, left, returned, takenBack, reason, declineClass },
  }
}
