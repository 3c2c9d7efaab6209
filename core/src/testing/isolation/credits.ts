import type { RepositoryProbes, ServiceProbes } from './probes.ts'

/** What another tenant tries on credit. */
export const creditServices = {
  credit: {
    add: ({ customer }) => [
      { customerId: customer.id, currency: 'EUR', amount: 1n, reason: 'grant', note: 'Ours' },
    ],
    payOut: ({ customer }) => [{ customerId: customer.id, currency: 'EUR', amount: 1n }],
    takeOut: ({ customer }) => [{ customerId: customer.id, currency: 'EUR', amount: 1n }],
    giveBack: ({ customer, invoice }) => [
      { customerId: customer.id, currency: 'EUR', amount: 1n, invoiceId: invoice.id },
    ],
    apply: ({ invoice }) => [invoice.id],
    balances: ({ customer }) => [customer.id],
    list: ({ customer }) => [customer.id, { limit: 100 }],
  },
} satisfies Pick<ServiceProbes, 'credit'>

/** What another tenant tries on credit, past its service. */
export const creditRepositories = {
  credits: {
    insertMany: ({ creditEntry }) => [[creditEntry]],
    insertOnce: ({ creditEntry }) => [creditEntry],
    findBySource: ({ creditEntry }) => ['grant', String(creditEntry.source)],
    listOfCustomer: ({ customer }) => [customer.id, { limit: 100 }],
    listBalances: ({ customer }) => [customer.id],
    lockBalances: ({ customer }) => [[{ customerId: customer.id, currency: 'EUR' }]],
    lockSpendable: ({ customer }) => [[{ customerId: customer.id, currency: 'EUR' }]],
    sumOfInvoice: ({ invoice }) => [invoice.id],
  },
} satisfies Pick<RepositoryProbes, 'credits'>
