import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { ExchangeRatesRepository } from './exchange-rates.repository.ts'

/** All that the exchange rates service may touch. */
export interface ExchangeRatesScope extends TenantScope<ExchangeRatesScope> {
  readonly repos: {
    readonly exchangeRates: ExchangeRatesRepository
    readonly tenant: TenantRowRepository
  }
}
