import type { BillingScope } from '../billing.scope.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { JournalRepository } from './journal.repository.ts'
import type { RecognitionsRepository } from './recognitions.repository.ts'

/** All that the journal may touch. */
export interface JournalScope extends TenantScope<JournalScope> {
  readonly core: Pick<BillingScope, 'repos'>
  readonly repos: {
    readonly journal: JournalRepository
    readonly recognitions: RecognitionsRepository
    readonly tenant: TenantRowRepository
  }
}
