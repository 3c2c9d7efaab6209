import type { RepositoryProbes, ServiceProbes } from './probes.ts'

const AT = new Date('2028-02-29T00:00:00Z')

/** What another tenant tries on invoices. */
export const invoiceServices = {
  invoices: {
    draft: ({ customer }) => [
      { customerId: customer.id, lines: [{ title: 'Ours', unitPrice: '1' }] },
    ],
    finalize: ({ invoiceDraft }) => [invoiceDraft.id],
    discard: ({ invoiceDraft }) => [invoiceDraft.id],
    void: ({ invoice }) => [invoice.id],
    writeOff: ({ invoice }) => [invoice.id],
    receive: ({ invoice }) => [invoice.id, 1n],
    takeBack: ({ invoice }) => [invoice.id, 1n],
    get: ({ invoice }) => [invoice.id],
    document: ({ invoice }) => [invoice.id],
    getByNumber: ({ invoice }) => [String(invoice.number)],
    list: ({ customer }) => [{ customerId: customer.id }, { limit: 100 }],
    fallOverdue: () => [],
  },
} satisfies Pick<ServiceProbes, 'invoices'>

/** What another tenant tries on invoices, past their service. */
export const invoiceRepositories = {
  invoices: {
    getById: ({ invoice }) => [invoice.id],
    getByIdWithLock: ({ invoice }) => [invoice.id],
    getByIds: ({ invoice, invoiceDraft }) => [[invoice.id, invoiceDraft.id]],
    findByNumber: ({ invoice }) => [String(invoice.number)],
    listFiltered: ({ customer }) => [{ customerId: customer.id }, { limit: 100 }],
    listLines: ({ invoice }) => [[invoice.id]],
    insertDrafts: ({ invoiceDraft }) => [[{ invoice: invoiceDraft, lines: invoiceDraft.lines }]],
    finalize: ({ invoiceDraft }) => [
      [{ id: invoiceDraft.id, dueOn: '2028-02-29', overdueAt: AT }],
      { series: 'OURS', issuedOn: '2028-02-29', at: AT },
    ],
    move: ({ invoice }) => [[invoice.id], { aim: 'void', payment: 0n, at: AT }],
    remove: ({ invoiceDraft }) => [invoiceDraft.id],
    lockOverdue: () => [new Date('2100-01-01T00:00:00Z'), 100],
    listOfCustomers: ({ customer }) => [[customer.id]],
  },
} satisfies Pick<RepositoryProbes, 'invoices'>
