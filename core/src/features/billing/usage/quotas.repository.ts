import { and, eq, gt, sql } from 'drizzle-orm'
import { type Decimal, readDecimal } from '../../../kernel/index.ts'
import { type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { billingQuota, billingReservation } from './quota.table.ts'
import type { Quota } from './quota.ts'

/** Quotas of one tenant. */
export class QuotasRepository extends TenantRepository<typeof billingQuota> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingQuota)
  }

  /** The quota of a customer on a meter, or undefined. */
  async findOf(customerId: string, meterId: string): Promise<Quota | undefined> {
    const [row] = await this.#of(customerId, meterId)
    return row
  }

  /**
   * The quota of a customer on a meter, locked: whoever reserves or commits next sees what this
   * transaction does. Found by billing_quota_customer_key.
   */
  async lockOf(customerId: string, meterId: string): Promise<Quota | undefined> {
    const [row] = await this.#of(customerId, meterId).for('no key update')
    return row
  }

  #of(customerId: string, meterId: string) {
    return this.db
      .select()
      .from(billingQuota)
      .where(
        this.own(and(eq(billingQuota.customerId, customerId), eq(billingQuota.meterId, meterId))),
      )
  }
}

/** What is reserved of quotas of one tenant. */
export class ReservationsRepository extends TenantRepository<typeof billingReservation> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingReservation)
  }

  /** How much of a quota is held; what has expired holds nothing. */
  async sumHeld(quotaId: string, now: Date): Promise<Decimal> {
    const { quotaId: of, status, expiresAt, quantity } = billingReservation
    const [row] = await this.db
      .select({ held: sql<string>`coalesce(sum(${quantity}), 0)::text` })
      .from(billingReservation)
      .where(this.own(and(eq(of, quotaId), eq(status, 'held'), gt(expiresAt, now))))
    return readDecimal(row?.held ?? '0')
  }
}
