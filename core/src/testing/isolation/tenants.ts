import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

/** What another tenant tries on the row of a tenant. */
export const tenantServices = {
  tenant: {
    get: () => [],
    update: () => [{ name: 'Taken over' }],
  },
} satisfies Pick<ServiceProbes, 'tenant'>

/** What another tenant tries on the row of a tenant, past its service. */
export const tenantRepositories = {
  tenant: {
    ...probeRows(({ tenant }) => tenant),
    get: () => [],
  },
} satisfies Pick<RepositoryProbes, 'tenant'>
