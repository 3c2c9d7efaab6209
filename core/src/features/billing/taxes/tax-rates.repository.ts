import { asc } from 'drizzle-orm'
import { type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { billingTaxRate } from './tax-rate.table.ts'
import type { TaxRate } from './tax-rate.ts'

/** Tax rates of one tenant. */
export class TaxRatesRepository extends TenantRepository<typeof billingTaxRate> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingTaxRate)
  }

  /** All of them, by place, category and day. */
  listAll(): Promise<TaxRate[]> {
    const { country, region, category, fromOn } = billingTaxRate
    return this.db
      .select()
      .from(billingTaxRate)
      .where(this.own())
      .orderBy(asc(country), asc(region), asc(category), asc(fromOn))
  }
}
