import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { MetersRepository } from './meters.repository.ts'
import type { QuotasRepository } from './quotas.repository.ts'
import type { UsageEventsRepository } from './usage-events.repository.ts'
import type { UsageReadingsRepository } from './usage-readings.repository.ts'

/** All that the services of usage may touch. */
export interface UsageScope extends TenantScope<UsageScope> {
  readonly repos: {
    readonly meters: MetersRepository
    readonly quotas: Pick<QuotasRepository, 'noteUse'>
    readonly usageEvents: UsageEventsRepository
    readonly usageReadings: UsageReadingsRepository
  }
}
