import type { CouponRedemptionsRepository } from '../coupons/coupons.repository.ts'
import type { CouponsService } from '../coupons/coupons.service.ts'
import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { PlansRepository, PlanVersionsRepository } from '../plans/plans.repository.ts'
import type { PricingPlugIns } from '../pricing/pricing-plug-in.ts'
import type { TaxesService } from '../taxes/taxes.service.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { UsageService } from '../usage/usage.service.ts'
import type {
  BilledSubscriptionsRepository,
  RevisionsRepository,
} from './subscriptions.repository.ts'

/** What bills are reckoned with. */
export interface BillsScope {
  readonly pricingPlugIns: PricingPlugIns
  readonly taxes: Pick<TaxesService, 'provider'>
  readonly usage: Pick<UsageService, 'read' | 'bill'>
  readonly repos: {
    readonly couponRedemptions: CouponRedemptionsRepository
    readonly customers: CustomersRepository
    readonly planVersions: PlanVersionsRepository
    readonly revisions: RevisionsRepository
    readonly subscriptions: BilledSubscriptionsRepository
    readonly tenant: TenantRowRepository
  }
}

/** All that the subscriptions service may touch. */
export interface BilledSubscriptionsScope
  extends TenantScope<BilledSubscriptionsScope>,
    BillsScope {
  readonly coupons: Pick<CouponsService, 'redeem'>
  readonly repos: BillsScope['repos'] & { readonly plans: PlansRepository }
}
