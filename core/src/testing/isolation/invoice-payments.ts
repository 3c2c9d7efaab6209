import { newId } from '../../kernel/index.ts'
import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

/** What another tenant tries on payments of invoices. */
export const invoicePaymentServices = {
  payments: {
    start: ({ invoice }) => [{ id: newId(), invoiceId: invoice.id, gateway: 'yookassa' }],
    charge: ({ invoice }) => [invoice.id, 1],
    chargeDue: () => [],
    refund: ({ invoicePayment }) => [{ id: newId(), paymentId: invoicePayment.id }],
    get: ({ invoicePayment }) => [invoicePayment.id],
    list: ({ invoice }) => [invoice.id],
    gateways: ({ invoice }) => [invoice.id],
  },
} satisfies Pick<ServiceProbes, 'payments'>

/** What another tenant tries on payments of invoices, past their service. */
export const invoicePaymentRepositories = {
  invoicePayments: {
    ...probeRows(({ invoicePayment }) => invoicePayment),
    insertOnce: ({ invoicePayment }) => [invoicePayment],
    listOfInvoice: ({ invoice }) => [invoice.id],
    listOpen: ({ invoice }) => [invoice.id],
    listOfCustomers: ({ customer }) => [[customer.id]],
    listChargeable: () => [new Date('2100-01-01T00:00:00Z'), 100],
  },
  invoiceReturns: {
    ...probeRows(({ invoiceReturn }) => invoiceReturn),
    listOfPayments: ({ invoicePayment }) => [[invoicePayment.id]],
  },
} satisfies Pick<RepositoryProbes, 'invoicePayments' | 'invoiceReturns'>
