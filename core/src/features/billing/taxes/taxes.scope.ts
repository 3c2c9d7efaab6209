import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { TaxCalculation } from './tax-calculation.ts'
import type { TaxRatesRepository } from './tax-rates.repository.ts'

/** All that the taxes service may touch. */
export interface TaxesScope extends TenantScope<TaxesScope> {
  readonly taxCalculation: TaxCalculation
  readonly repos: { readonly taxRates: TaxRatesRepository }
}
