import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { CouponRedemptionsRepository, CouponsRepository } from './coupons.repository.ts'

/** All that the coupons service may touch. */
export interface CouponsScope extends TenantScope<CouponsScope> {
  readonly repos: {
    readonly coupons: CouponsRepository
    readonly couponRedemptions: CouponRedemptionsRepository
    readonly customers: CustomersRepository
    readonly tenant: TenantRowRepository
  }
}
