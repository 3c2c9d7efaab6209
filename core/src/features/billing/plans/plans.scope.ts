import type { PricingPlugIns } from '../pricing/pricing-plug-in.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { MetersRepository } from '../usage/meters.repository.ts'
import type { PlansRepository, PlanVersionsRepository } from './plans.repository.ts'

/** All that the plans service may touch. */
export interface PlansScope extends TenantScope<PlansScope> {
  /** What charges of the model `custom` name. */
  readonly pricingPlugIns: PricingPlugIns
  readonly repos: {
    readonly meters: MetersRepository
    readonly plans: PlansRepository
    readonly planVersions: PlanVersionsRepository
  }
}
