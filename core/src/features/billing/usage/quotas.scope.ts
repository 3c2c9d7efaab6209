import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { MetersRepository } from './meters.repository.ts'
import type { QuotasRepository, ReservationsRepository } from './quotas.repository.ts'
import type { UsageService } from './usage.service.ts'
import type { UsageEventsRepository } from './usage-events.repository.ts'

/** All that the quotas service may touch. */
export interface QuotasScope extends TenantScope<QuotasScope> {
  readonly usage: Pick<UsageService, 'record'>
  readonly repos: {
    readonly customers: CustomersRepository
    readonly meters: MetersRepository
    readonly quotas: QuotasRepository
    readonly reservations: ReservationsRepository
    readonly usageEvents: Pick<UsageEventsRepository, 'total'>
  }
}
