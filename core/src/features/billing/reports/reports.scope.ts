import type { CouponRedemptionsRepository } from '../coupons/coupons.repository.ts'
import type { ExchangeRatesService } from '../exchange-rates/exchange-rates.service.ts'
import type { JournalRepository } from '../journal/journal.repository.ts'
import type { PlanVersionsRepository } from '../plans/plans.repository.ts'
import type { PricingPlugIns } from '../pricing/pricing-plug-in.ts'
import type { RevisionsRepository } from '../subscriptions/subscriptions.repository.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { ReportsRepository } from './reports.repository.ts'

/** All that reports may touch. */
export interface ReportsScope extends TenantScope<ReportsScope> {
  readonly pricingPlugIns: PricingPlugIns
  readonly exchangeRates: Pick<ExchangeRatesService, 'find'>
  readonly repos: {
    readonly couponRedemptions: Pick<CouponRedemptionsRepository, 'listRecurring'>
    readonly journal: Pick<JournalRepository, 'listBalances'>
    readonly planVersions: Pick<PlanVersionsRepository, 'getByIds'>
    readonly reports: ReportsRepository
    readonly revisions: Pick<RevisionsRepository, 'listOfSubscriptions'>
    readonly tenant: TenantRowRepository
  }
}
