import type { BillingScope } from '../billing.scope.ts'
import type { JournalService } from '../journal/journal.service.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { BooksRepository } from './books.repository.ts'
import type { ClosedMonthsRepository } from './closed-months.repository.ts'

/** All that the revenue of a tenant may touch. */
export interface RevenueScope extends TenantScope<RevenueScope> {
  readonly core: Pick<BillingScope, 'audit'>
  readonly journal: Pick<JournalService, 'bookRecognition'>
  readonly repos: {
    readonly books: BooksRepository
    readonly closedMonths: ClosedMonthsRepository
    readonly tenant: TenantRowRepository
  }
}
