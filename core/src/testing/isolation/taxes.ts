import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

/** What another tenant tries on taxes. */
export const taxServices = {
  taxes: {
    add: ({ taxRate: { country, fromOn } }) => [{ country, fromOn, name: 'Ours', rate: '7' }],
    load: () => ['ru_vat'],
    remove: ({ taxRate }) => [taxRate.id],
    list: () => [{ limit: 100 }],
    provider: () => [],
  },
} satisfies Pick<ServiceProbes, 'taxes'>

/** What another tenant tries on tax rates, past their service. */
export const taxRepositories = {
  taxRates: { ...probeRows(({ taxRate }) => taxRate), listAll: () => [] },
} satisfies Pick<RepositoryProbes, 'taxRates'>
