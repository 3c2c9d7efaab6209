import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { CustomersRepository } from './customers.repository.ts'

/** All that the customers service may touch. */
export interface CustomersScope extends TenantScope<CustomersScope> {
  readonly repos: {
    readonly customers: CustomersRepository
    readonly tenant: TenantRowRepository
  }
}
