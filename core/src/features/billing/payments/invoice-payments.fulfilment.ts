import type { Fulfilment, Payment } from '../../payments/index.ts'
import { remainingOf } from '../invoices/invoice.ts'
import { readInvoiceFacts } from './invoice-payment.ts'
import type { InvoicePaymentsScope } from './invoice-payments.scope.ts'
import { isPayable, noteOpened, quoteInvoice } from './quote-invoice.ts'
import { checkReturnable, takeBack } from './take-back.ts'
import { noteClosed, takeIn } from './take-in.ts'

interface FulfilmentScope {
  readonly billing: {
    forTenant(tenantId: string): Pick<InvoicePaymentsScope, 'transaction'>
  }
}

/**
 * Gives and takes back what payments of kind `billing_invoice` buy: a customer owes less. The tenant
 * and the invoice are those that were written with the payment, whatever a provider says.
 */
export const invoicePaymentsFulfilment: Fulfilment<FulfilmentScope> = {
  quote: (tx, request) => within(tx, request.facts, (own) => quoteInvoice(own, request)),
  opened: (tx, payment) => of(tx, payment, (own) => noteOpened(own, payment)),
  closed: (tx, payment) => of(tx, payment, (own) => noteClosed(own, payment)),
  fulfil: (tx, payment) => of(tx, payment, (own) => takeIn(own, payment)),
  reserve: (tx, payment, part) => of(tx, payment, (own) => checkReturnable(own, payment, part)),
  reverse: (tx, payment, reversal) => of(tx, payment, (own) => takeBack(own, payment, reversal)),
  wantsCharge: (tx, payment) =>
    of(tx, payment, async ({ repos }) => {
      const { invoiceId, methodId = '' } = readInvoiceFacts(payment.product.facts)
      const method = await repos.paymentMethods.findById(methodId)
      const invoice = await repos.invoices.getById(invoiceId)
      return !method?.removedAt && isPayable(invoice) && payment.amount <= remainingOf(invoice)
    }),
}

function of<T>(
  tx: FulfilmentScope,
  { product }: Payment,
  work: (own: InvoicePaymentsScope) => Promise<T>,
): Promise<T> {
  return within(tx, product.facts, work)
}

function within<T>(
  { billing }: FulfilmentScope,
  facts: Readonly<Record<string, string>> | undefined,
  work: (own: InvoicePaymentsScope) => Promise<T>,
): Promise<T> {
  return billing.forTenant(readInvoiceFacts(facts).tenantId).transaction(work)
}
