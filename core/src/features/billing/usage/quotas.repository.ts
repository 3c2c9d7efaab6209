import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm'
import { z } from 'zod'
import { addMs, type Decimal, decimalText, readDecimal } from '../../../kernel/index.ts'
import { type Executor, rows, TenantRepository } from '../../../platform/database/index.ts'
import { billingQuota, billingReservation } from './quota.table.ts'
import type { Quota } from './quota.ts'

/** After usage was told, a quota is looked at as much later: once for all that comes in between. */
const LOOK_AFTER_MS = 60_000

const idRow = z.object({ id: z.uuid() })

/** What was found of a quota as it was read. */
export interface QuotaLook {
  readonly quota: Quota
  /** End of the period in which nothing remains; null when some does, or it was told already. */
  readonly reachedUntil: Date | null
}

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
   * Has the quotas of customers on meters looked at soon, but for those of which it was told in this
   * period already that nothing remains.
   */
  async noteUse(
    pairs: readonly { readonly customerId: string; readonly meterId: string }[],
    now: Date,
  ): Promise<void> {
    if (pairs.length === 0) return
    const dueAt = addMs(now, LOOK_AFTER_MS).toISOString()
    await this.db.execute(sql`update gramkit.billing_quota q
      set uses = q.uses + 1, due_at = coalesce(q.due_at, ${dueAt}::timestamptz)
      from (select o.id from gramkit.billing_quota o
        join unnest(${sql.param(pairs.map(({ customerId }) => customerId))}::uuid[],
          ${sql.param(pairs.map(({ meterId }) => meterId))}::uuid[]) p (customer_id, meter_id)
          on o.customer_id = p.customer_id and o.meter_id = p.meter_id
        where o.tenant_id = ${this.tenantId}
          and (o.reached_until is null or o.reached_until <= ${now.toISOString()}::timestamptz)
        order by o.id for no key update of o) used
      where q.tenant_id = ${this.tenantId} and q.id = used.id`)
  }

  /** The first quotas that are to be looked at. */
  listDue(now: Date, limit: number): Promise<Quota[]> {
    const { id, dueAt } = billingQuota
    return this.db
      .select()
      .from(billingQuota)
      .where(this.own(lte(dueAt, now)))
      .orderBy(asc(dueAt), asc(id))
      .limit(limit)
  }

  /**
   * Keeps what a look at quotas found, and gives the ids of those to which it applies: not to one that
   * was set anew meanwhile, nor to one of which somebody else has found that nothing remains. What was
   * used since it was read is looked at once more.
   */
  async keepLooks(looks: readonly QuotaLook[], now: Date): Promise<ReadonlySet<string>> {
    const again = addMs(now, LOOK_AFTER_MS).toISOString()
    const found = await rows(
      this.db,
      sql`update gramkit.billing_quota q
        set due_at = case when q.uses <> l.uses then ${again}::timestamptz end,
          reached_until = coalesce(l.reached_until, q.reached_until)
        from unnest(${sql.param(looks.map(({ quota }) => quota.id))}::uuid[],
          ${sql.param(looks.map(({ quota }) => quota.uses.toString()))}::bigint[],
          ${sql.param(looks.map(({ quota }) => decimalText(quota.quantity)))}::numeric[],
          ${sql.param(looks.map(({ reachedUntil }) => reachedUntil?.toISOString() ?? null))}::timestamptz[]
        ) l (id, uses, quantity, reached_until)
        where q.tenant_id = ${this.tenantId} and q.id = l.id and q.quantity = l.quantity
          and (l.reached_until is null or q.reached_until is distinct from l.reached_until)
        returning q.id`,
      idRow,
    )
    return new Set(found.map(({ id }) => id))
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
