import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { InvoicesRepository } from './invoices.repository.ts'
import type { TaxProvider } from './tax-provider.ts'

/** All that the invoices service may touch. */
export interface InvoicesScope extends TenantScope<InvoicesScope> {
  readonly taxProvider: TaxProvider
  readonly repos: {
    readonly customers: CustomersRepository
    readonly invoices: InvoicesRepository
    readonly tenant: TenantRowRepository
  }
}
