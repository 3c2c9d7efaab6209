/**
 * Money in: payments of invoices, charges of saved methods, and what goes back.
 *
 * @module
 */
export { billingInvoicePayment, billingInvoiceReturn } from './invoice-payment.table.ts'
export {
  type ChargeOutcome,
  DECLINE_CLASSES,
  type DeclineClass,
  INVOICE_PAYMENT_STATES,
  type InvoicePayment,
  type InvoicePaymentState,
  type InvoiceReturn,
  type StartInvoicePayment,
} from './invoice-payment.ts'
export {
  InvoiceNotPayable,
  PaymentUnderWay,
  ReceiptNotPossible,
} from './invoice-payments.errors.ts'
export { invoicePaymentsFulfilment } from './invoice-payments.fulfilment.ts'
export { chargeDueInvoices } from './invoice-payments.jobs.ts'
export {
  InvoicePaymentsRepository,
  InvoiceReturnsRepository,
} from './invoice-payments.repository.ts'
export type { InvoicePaymentsScope } from './invoice-payments.scope.ts'
export {
  InvoicePaymentsService,
  type InvoicePaymentView,
  type RefundInvoicePayment,
} from './invoice-payments.service.ts'
export type { InvoiceReceipts } from './receipt-terms.ts'
