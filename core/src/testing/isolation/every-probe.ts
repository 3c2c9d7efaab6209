import { customerRepositories, customerServices } from './customers.ts'
import type { RepositoryProbes, ServiceProbes } from './probes.ts'
import { tenantRepositories, tenantServices } from './tenants.ts'

/** What another tenant tries on each service: one that is not listed does not compile. */
export const SERVICE_PROBES: ServiceProbes = {
  ...customerServices,
  ...tenantServices,
}

/** What another tenant tries on each repository: one that is not listed does not compile. */
export const REPOSITORY_PROBES: RepositoryProbes = {
  ...customerRepositories,
  ...tenantRepositories,
}
