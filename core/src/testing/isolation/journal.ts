import type { Contents } from './contents.ts'
import type { RepositoryProbes, ServiceProbes } from './probes.ts'

const AT = new Date('2028-02-29T00:00:00Z')
const booking = {
  id: '0190a0a0-0000-7000-8000-000000000001',
  ...{ today: '2028-02-29', on: '2028-02-29', openFromOn: '2028-02-01' },
  ...{ timeZone: 'UTC', at: AT },
}
const MONTHS = { fromMonth: '2024-01', untilMonth: '2024-12' }
const lineOf = ({ invoice }: Contents): string => invoice.lines[0]?.id ?? ''

/** What another tenant tries on the journal. */
export const journalServices = {
  journal: {
    bookFinalized: ({ invoiceDraft }) => [[invoiceDraft.id]],
    bookVoid: ({ invoice }) => [invoice],
    bookWrittenOff: ({ invoice }) => [invoice, 1n],
    bookReceived: ({ invoice }) => [{ invoice, paymentId: 'ours', taken: 1n, left: 1n }],
    bookTakenBack: ({ invoice }) => [{ invoice, takeBackId: 'ours', reopened: 1n }],
    bookCreditNote: ({ invoice, ...theirs }) => [
      {
        ...{ invoice, creditNoteId: 'ours', reduces: 1n },
        lines: [{ invoiceLineId: lineOf({ invoice, ...theirs }), net: 1n, tax: 0n }],
      },
    ],
    bookCreditApplied: ({ invoice }) => [{ invoice, applicationId: 'ours', amount: 1n }],
    bookCreditGranted: ({ invoice }) => [{ ...invoice, creditId: 'ours', amount: 1n }],
    bookCreditPaidOut: ({ invoice }) => [{ ...invoice, creditId: 'ours', amount: 1n }],
    bookCreditUnused: ({ invoice }) => [{ ...invoice, creditId: 'ours', net: 1n, tax: 0n }],
    bookRecognition: () => ['2100-01-01', 100],
    list: ({ invoice }) => [{ invoiceId: invoice.id }, { limit: 100 }],
    balances: () => [{}],
  },
  reports: {
    revenue: () => [MONTHS],
    mrr: () => [MONTHS],
    cohorts: () => [MONTHS],
    aging: () => [{}],
    activity: () => [],
  },
  revenue: {
    recognise: () => [{}],
    recogniseDue: () => [],
    closeMonth: () => [{ month: '2020-02' }],
    listClosedMonths: () => [],
    verify: () => [],
  },
} satisfies Pick<ServiceProbes, 'journal' | 'reports' | 'revenue'>

/** What another tenant tries on the journal, past its service. */
export const journalRepositories = {
  journal: {
    findOpenFromOn: () => [],
    insert: ({ invoice: { id, customerId, currency } }) => [
      [
        {
          ...{ source: 'payment', sourceId: 'ours', customerId, currency, invoiceId: id },
          postings: { cash: 1n, receivable: -1n },
        },
      ],
      booking,
    ],
    insertFinalized: ({ invoiceDraft }) => [[invoiceDraft.id], booking],
    insertVoid: ({ invoice }) => [invoice.id, booking],
    sumBadDebt: ({ invoice }) => [invoice.id],
    countOf: ({ invoice }) => [invoice.id, 'invoice'],
    digest: ({ journalEntry }) => [journalEntry.bookingId],
    listFiltered: ({ invoice }) => [{ invoiceId: invoice.id }, { limit: 100 }],
    listBalances: () => [undefined],
  },
  recognitions: {
    recognise: ({ invoice }) => [
      { untilOn: '2100-01-01', invoiceId: invoice.id, limit: 100 },
      booking,
    ],
    stop: ({ invoice }) => [invoice.id],
    reduce: (theirs) => [lineOf(theirs), 1n],
  },
  reports: {
    sumMonths: () => ['2000-01-01', '2100-01-01'],
    sumAging: () => ['2100-01-01'],
    readActivity: () => [AT, '2028-02-29'],
    listSubscribers: () => [undefined, 100],
  },
  books: {
    count: () => [],
    compareInvoices: () => [],
    compareMoney: () => [],
    compareCreditNotes: () => [],
    compareCredit: () => [],
    compareBookings: () => [],
  },
  closedMonths: {
    findOpenWork: () => ['2100-01-01'],
    lock: () => [],
    insert: () => [{ month: '2020-02-01', actor: 'ours', createdAt: AT }],
    findLast: () => [],
    list: () => [],
  },
} satisfies Pick<
  RepositoryProbes,
  'journal' | 'recognitions' | 'reports' | 'books' | 'closedMonths'
>
