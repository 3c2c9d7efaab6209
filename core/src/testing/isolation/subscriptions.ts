import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

const NOW = new Date('2100-01-01T00:00:00Z')

/** What another tenant tries on subscriptions and runs. */
export const subscriptionServices = {
  subscriptions: {
    create: ({ customer, plan }) => [{ customerId: customer.id, planId: plan.id }],
    change: ({ subscription }) => [subscription.id, { quantity: '2' }],
    preview: ({ subscription }) => [subscription.id, { quantity: '2' }],
    pause: ({ subscription }) => [subscription.id],
    resume: ({ subscription }) => [subscription.id],
    cancel: ({ subscription }) => [subscription.id, 'now'],
    previewCancel: ({ subscription }) => [subscription.id, 'now'],
    retry: ({ subscription }) => [subscription.id],
    get: ({ subscription }) => [subscription.id],
    list: ({ customer }) => [{ customerId: customer.id }, { limit: 100 }],
  },
  runs: {
    start: () => [],
    preview: () => [{ approvalThreshold: 0n }],
    approve: ({ run }) => [run.id],
    reject: ({ run }) => [run.id],
    work: ({ run }) => [run.id],
    workDue: () => [],
    get: ({ run }) => [run.id],
    list: () => [{ limit: 100 }],
  },
} satisfies Pick<ServiceProbes, 'subscriptions' | 'runs'>

/** What another tenant tries on subscriptions and runs, past their services. */
export const subscriptionRepositories = {
  subscriptions: {
    ...probeRows(({ subscription: { revisions: _, ...row } }) => row),
    listFiltered: ({ customer }) => [{ customerId: customer.id }, { limit: 100 }],
    listOfCustomer: ({ customer }) => [customer.id],
    listBilling: ({ customer, run }) => [customer.id, run.id],
    lockDue: () => [NOW, 100],
    listDue: () => [NOW, { limit: 100 }],
    countDue: () => [NOW],
    countParked: () => [],
    moveOn: ({ subscription }) => [[subscription], NOW],
    fallBehind: ({ invoice }) => [[invoice.id], NOW],
    catchUp: ({ subscription }) => [subscription.id, NOW],
    listCharged: ({ subscription }) => [[subscription]],
    findCarried: ({ subscription }) => [subscription.id],
    listOwing: ({ subscription }) => [subscription.id],
  },
  revisions: {
    listOfSubscriptions: ({ subscription }) => [[subscription.id]],
    insert: ({ subscription }) => {
      const [revision] = subscription.revisions
      if (!revision) throw new Error('no revision')
      return [{ ...revision, number: 9 }]
    },
  },
  runs: {
    ...probeRows(({ run }) => run),
    findOpen: () => [],
    listNewest: () => [{ limit: 100 }],
    lockDrafts: ({ run }) => [run.id, 100],
    countInvoices: ({ run }) => [run.id, 'all'],
  },
} satisfies Pick<RepositoryProbes, 'subscriptions' | 'revisions' | 'runs'>
