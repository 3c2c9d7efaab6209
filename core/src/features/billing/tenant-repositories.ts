import type { Executor } from '../../platform/database/index.ts'
import { ApiKeysRepository } from './api-keys/api-keys.repository.ts'
import { CouponRedemptionsRepository, CouponsRepository } from './coupons/coupons.repository.ts'
import { CustomersRepository } from './customers/customers.repository.ts'
import { InvoicesRepository } from './invoices/invoices.repository.ts'
import { PaymentMethodsRepository } from './payment-methods/payment-methods.repository.ts'
import { PlansRepository, PlanVersionsRepository } from './plans/plans.repository.ts'
import { TenantRowRepository } from './tenants/tenants.repository.ts'

/** All repositories of one tenant on one transaction. Each is built when it is first touched. */
export class TenantRepositories {
  #apiKeys?: ApiKeysRepository
  #couponRedemptions?: CouponRedemptionsRepository
  #coupons?: CouponsRepository
  #customers?: CustomersRepository
  #paymentMethods?: PaymentMethodsRepository
  #plans?: PlansRepository
  #planVersions?: PlanVersionsRepository
  #invoices?: InvoicesRepository
  #tenant?: TenantRowRepository
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  get apiKeys(): ApiKeysRepository {
    return (this.#apiKeys ??= new ApiKeysRepository(this.#db, this.#tenantId))
  }

  get couponRedemptions(): CouponRedemptionsRepository {
    return (this.#couponRedemptions ??= new CouponRedemptionsRepository(this.#db, this.#tenantId))
  }

  get coupons(): CouponsRepository {
    return (this.#coupons ??= new CouponsRepository(this.#db, this.#tenantId))
  }

  get customers(): CustomersRepository {
    return (this.#customers ??= new CustomersRepository(this.#db, this.#tenantId))
  }

  get paymentMethods(): PaymentMethodsRepository {
    return (this.#paymentMethods ??= new PaymentMethodsRepository(this.#db, this.#tenantId))
  }

  get plans(): PlansRepository {
    return (this.#plans ??= new PlansRepository(this.#db, this.#tenantId))
  }

  get planVersions(): PlanVersionsRepository {
    return (this.#planVersions ??= new PlanVersionsRepository(this.#db, this.#tenantId))
  }

  get invoices(): InvoicesRepository {
    return (this.#invoices ??= new InvoicesRepository(this.#db, this.#tenantId))
  }

  get tenant(): TenantRowRepository {
    return (this.#tenant ??= new TenantRowRepository(this.#db, this.#tenantId))
  }
}
