import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

const QUERY = { to: 'USD', on: '2020-01-01', maxAgeDays: 0 } as const

/** What another tenant tries on exchange rates. */
export const exchangeRateServices = {
  exchangeRates: {
    add: ({ exchangeRate: { from, to, quotedOn } }) => [
      { from, to, quotedOn, rate: '2', source: 'Ours', reason: 'Theirs is wrong' },
    ],
    list: () => [{ limit: 100 }],
    find: () => [{ ...QUERY, from: 'EUR' }],
    convert: () => [{ amount: 100n, currency: 'EUR' }, QUERY],
  },
} satisfies Pick<ServiceProbes, 'exchangeRates'>

/** What another tenant tries on exchange rates, past their service. */
export const exchangeRateRepositories = {
  exchangeRates: {
    ...probeRows(({ exchangeRate }) => exchangeRate),
    findLatest: ({ exchangeRate }) => [
      exchangeRate,
      { firstOn: '2020-01-01', lastOn: '2020-01-01' },
    ],
    findLatestDay: ({ exchangeRate }) => [exchangeRate, '2020-01-01'],
  },
} satisfies Pick<RepositoryProbes, 'exchangeRates'>
