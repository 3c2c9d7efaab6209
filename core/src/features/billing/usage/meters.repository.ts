import { inArray } from 'drizzle-orm'
import { type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { billingMeter } from './meter.table.ts'
import type { Meter } from './meter.ts'

/** Meters of one tenant. */
export class MetersRepository extends TenantRepository<typeof billingMeter> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingMeter)
  }

  /** Reads meters by their codes; codes of none are left out. */
  async listByCodes(codes: Iterable<string>): Promise<ReadonlyMap<string, Meter>> {
    const wanted = [...new Set(codes)]
    if (wanted.length === 0) return new Map()
    const found = await this.db
      .select()
      .from(billingMeter)
      .where(this.own(inArray(billingMeter.code, wanted)))
    return new Map(found.map((meter) => [meter.code, meter]))
  }
}
