import { and, asc, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm'
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

  /**
   * Locks the quotas of customers on meters of which it was not told yet in this period that nothing
   * remains: of all who use of them at once, the last one sees what they used together.
   */
  lockUnreached(
    pairs: readonly { readonly customerId: string; readonly meterId: string }[],
    now: Date,
  ): Promise<Quota[]> {
    if (pairs.length === 0) return Promise.resolve([])
    const { id, customerId, meterId, reachedUntil } = billingQuota
    const asked = sql`(${customerId}, ${meterId}) in (select * from unnest(
      ${sql.param(pairs.map((pair) => pair.customerId))}::uuid[],
      ${sql.param(pairs.map((pair) => pair.meterId))}::uuid[]))`
    return this.db
      .select()
      .from(billingQuota)
      .where(this.own(and(asked, or(isNull(reachedUntil), lte(reachedUntil, now)))))
      .orderBy(asc(id))
      .for('no key update')
  }

  /** Keeps until when it was told of quotas that nothing remains. */
  async markReached(
    reached: readonly { readonly id: string; readonly endsAt: Date }[],
  ): Promise<void> {
    await this.db.execute(sql`update gramkit.billing_quota q set reached_until = r.ends_at
      from unnest(${sql.param(reached.map(({ id }) => id))}::uuid[],
        ${sql.param(reached.map(({ endsAt }) => endsAt.toISOString()))}::timestamptz[]) r (id, ends_at)
      where q.tenant_id = ${this.tenantId} and q.id = r.id`)
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

  /** How much of quotas is held, by their ids; what has expired holds nothing. */
  async sumHeld(quotaIds: readonly string[], now: Date): Promise<ReadonlyMap<string, Decimal>> {
    const { quotaId, status, expiresAt, quantity } = billingReservation
    const found = await this.db
      .select({ quotaId, held: sql<string>`sum(${quantity})::text` })
      .from(billingReservation)
      .where(this.own(and(inArray(quotaId, [...quotaIds]), eq(status, 'held'), gt(expiresAt, now))))
      .groupBy(quotaId)
    return new Map(found.map((row) => [row.quotaId, readDecimal(row.held)]))
  }
}
