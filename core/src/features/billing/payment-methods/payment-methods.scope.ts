import type { CustomersRepository } from '../customers/customers.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { PaymentMethodsRepository } from './payment-methods.repository.ts'

/** All that the service of saved ways to pay may touch. */
export interface PaymentMethodsScope extends TenantScope<PaymentMethodsScope> {
  readonly repos: {
    readonly paymentMethods: PaymentMethodsRepository
    readonly customers: CustomersRepository
  }
}
