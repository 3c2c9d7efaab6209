import type { RepositoryProbes, ServiceProbes } from './probes.ts'

const AT = new Date('2028-02-29T00:00:00Z')
const FAR = new Date('2100-01-01T00:00:00Z')

/** What another tenant tries on debts. */
export const dunningServices = {
  dunning: {
    policy: () => [],
    setPolicy: () => [{ end: 'nothing' }],
    get: ({ overdue }) => [overdue.id],
    workDue: () => [],
  },
  lateFees: {
    policy: () => [],
    setPolicy: () => [{ everyDays: 7 }],
    list: ({ overdue }) => [overdue.id],
    chargeDue: () => [],
  },
} satisfies Pick<ServiceProbes, 'dunning' | 'lateFees'>

/** What another tenant tries on debts, past their services. */
export const dunningRepositories = {
  dunnings: {
    getPolicy: () => [],
    setPolicy: () => [{ days: [1], endDay: 1, end: 'nothing' }, AT],
    open: ({ dunning }) => [[dunning]],
    find: ({ overdue }) => [overdue.id],
    findWithLock: ({ overdue }) => [overdue.id],
    listDue: () => [FAR, 100],
    update: ({ overdue }) => [overdue.id, { dueAt: null }],
    recover: ({ overdue }) => [overdue.id, AT],
    isPausing: ({ subscription }) => [subscription.id],
    insertStep: ({ overdue }) => [overdue.id, 'remind', AT],
    listSteps: ({ overdue }) => [overdue.id],
  },
  lateFees: {
    getPolicy: () => [],
    setPolicy: () => [{ fee: null, graceDays: 0, everyDays: 1 }, AT],
    follow: ({ overdue }) => [
      [{ invoiceId: overdue.id, fromOn: '2028-02-29', periods: 9, dueAt: AT, updatedAt: AT }],
    ],
    followFrom: ({ overdue }) => [
      { invoiceId: overdue.id, fromOn: '2028-02-29', periods: 9, dueAt: AT, updatedAt: AT },
    ],
    listFeeInvoices: ({ lateFee }) => [[lateFee.feeInvoiceId]],
    listDue: () => [FAR, 100],
    lockLate: ({ overdue }) => [overdue.id],
    moveOn: ({ overdue }) => [
      { invoiceId: overdue.id, fromOn: '2028-02-29', periods: 9, dueAt: null, updatedAt: AT },
    ],
    insert: ({ lateFee }) => [lateFee],
    listOfInvoice: ({ overdue }) => [overdue.id],
  },
} satisfies Pick<RepositoryProbes, 'dunnings' | 'lateFees'>
