import type { Aggregation, UsageSpan } from '../../features/billing/index.ts'
import type { Contents } from './contents.ts'
import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

const spanOf = ({ customer, meter, usage }: Contents): UsageSpan => ({
  ...{ customerId: customer.id, meter: meter.code },
  ...{ startsAt: usage.startsAt, endsAt: usage.endsAt },
})
const periodOf = (theirs: Contents) => ({
  ...spanOf(theirs),
  ...{ periodStartOn: '2020-01-01', periodEndOn: '2020-02-01' },
  subscriptionId: theirs.usage.subscriptionId,
})
const readingOf = (theirs: Contents) => ({
  ...periodOf(theirs),
  quantity: theirs.usage.quantity,
  late: [],
})
const countedOf = ({ meter, usage }: Contents) => [
  { index: 0, event: usage.event, meter, quantity: usage.quantity, value: null },
]
const countedSpanOf = (theirs: Contents, aggregation: Aggregation) => ({
  ...spanOf(theirs),
  ...{ meterId: theirs.meter.id, aggregation },
})

/** What another tenant tries on meters, quotas and usage. */
export const usageServices = {
  meters: {
    create: () => [{ code: 'ours', name: 'Ours', unit: 'call', aggregation: 'count' }],
    getByCode: ({ meter }) => [meter.code],
    list: () => [{ limit: 100 }],
  },
  quotas: {
    set: ({ customer, meter }) => [
      {
        ...{ customerId: customer.id, meter: meter.code, quantity: '1', kind: 'hard' },
        ...{ cycle: 'monthly', anchorOn: '2020-01-01' },
      },
    ],
    state: ({ customer, meter }) => [{ customerId: customer.id, meter: meter.code }],
    reserve: ({ reservation, customer, meter }) => [
      { id: reservation.id, customerId: customer.id, meter: meter.code, quantity: '1' },
    ],
    commit: ({ reservation }) => [reservation.id],
    release: ({ reservation }) => [reservation.id],
    tellDue: () => [],
  },
  usage: {
    record: ({ usage }) => [usage.event],
    recordBatch: ({ usage }) => [[usage.event]],
    totals: (theirs) => [[spanOf(theirs)]],
    read: (theirs) => [[periodOf(theirs)]],
    bill: (theirs) => [[readingOf(theirs)]],
  },
} satisfies Pick<ServiceProbes, 'meters' | 'quotas' | 'usage'>

/** What another tenant tries on meters, quotas and usage, past their services. */
export const usageRepositories = {
  meters: {
    ...probeRows(({ meter }) => meter),
    listByCodes: ({ meter }) => [[meter.code]],
  },
  quotas: {
    ...probeRows(({ quota }) => quota),
    findOf: ({ customer, meter }) => [customer.id, meter.id],
    lockOf: ({ customer, meter }) => [customer.id, meter.id],
    noteUse: ({ customer, meter }) => [
      [{ customerId: customer.id, meterId: meter.id }],
      customer.createdAt,
    ],
    listDue: () => [new Date('2100-01-01T00:00:00Z'), 100],
    keepLooks: ({ quota }) => [
      [{ quota, reachedUntil: new Date('2100-01-01T00:00:00Z') }],
      quota.createdAt,
    ],
  },
  reservations: {
    ...probeRows(({ reservation }) => reservation),
    sumHeld: ({ quota, customer }) => [[quota.id], customer.createdAt],
  },
  usageEvents: {
    insertNew: (theirs) => [countedOf(theirs), theirs.usage.endsAt],
    listStored: (theirs) => [countedOf(theirs)],
    listCustomers: ({ customer }) => [[customer.id]],
    total: (theirs) => [
      (['sum', 'count', 'max', 'unique', 'last', 'weighted'] as const).map((aggregation) =>
        countedSpanOf(theirs, aggregation),
      ),
    ],
  },
  usageReadings: {
    insert: (theirs) => [[{ period: readingOf(theirs), meter: theirs.meter }], theirs.usage.endsAt],
    listEarlier: (theirs) => [
      [
        {
          period: { ...periodOf(theirs), startsAt: theirs.usage.endsAt },
          meter: theirs.meter,
        },
      ],
    ],
    listBilledUntil: ({ customer, meter }) => [[customer.id], [meter.id]],
  },
} satisfies Pick<
  RepositoryProbes,
  'meters' | 'quotas' | 'reservations' | 'usageEvents' | 'usageReadings'
>
