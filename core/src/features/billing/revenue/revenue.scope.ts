import type { JournalService } from '../journal/journal.service.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { ClosedMonthsRepository } from './closed-months.repository.ts'

/** All that the revenue of a tenant may touch. */
export interface RevenueScope extends TenantScope<RevenueScope> {
  readonly journal: Pick<JournalService, 'bookRecognition'>
  readonly repos: {
    readonly closedMonths: ClosedMonthsRepository
    readonly tenant: TenantRowRepository
  }
}
