import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { InvoicesRepository } from '../invoices/invoices.repository.ts'
import type { IssueScope } from '../invoices/issue.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { LateFeesRepository } from './late-fees.repository.ts'

/** All that the late fees service may touch. */
export interface LateFeesScope extends TenantScope<LateFeesScope>, Pick<IssueScope, 'journal'> {
  readonly repos: IssueScope['repos'] & {
    readonly customers: Pick<CustomersRepository, 'getById'>
    readonly invoices: InvoicesRepository
    readonly lateFees: LateFeesRepository
    readonly tenant: TenantRowRepository
  }
}
