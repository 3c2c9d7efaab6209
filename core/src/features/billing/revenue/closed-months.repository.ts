import { and, desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { billingClosedMonth } from '../journal/journal.table.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import type { ClosedMonth, OpenWork } from './revenue.ts'

/** Months that show at once: a lifetime of them. */
const LISTED_MAX = 1_200

const workRow = z.object({ unbilled: z.boolean(), busy: z.boolean() })

/** Months of one tenant that take no more entries. */
export class ClosedMonthsRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** Keeps everybody from booking until the transaction ends; waits for who does. */
  async lock(): Promise<void> {
    const { id } = billingTenant
    await this.#db.select({ id }).from(billingTenant).where(eq(id, this.#tenantId)).for('update')
  }

  /**
   * What is still to be booked of the days before one: periods that a run has not billed or not numbered,
   * but for those that it cannot bill, or lines that another transaction has.
   */
  async findOpenWork(untilOn: string): Promise<OpenWork | undefined> {
    const [row] = await rows(
      this.#db,
      // Where the customer or the tenant is, a day begins within a day of that of UTC.
      sql`select exists (
          select from gramkit.billing_subscription s where s.tenant_id = ${this.#tenantId}
            and s.due_at < ${untilOn}::date + interval '2 days' and s.parked_at is null
            and (s.next_billing_at at time zone s.time_zone)::date <= ${untilOn}::date
          union all
          select from gramkit.billing_run n
          join gramkit.billing_invoice i on i.tenant_id = n.tenant_id and i.run_id = n.id
          where n.tenant_id = ${this.#tenantId} and n.state in ('billing', 'finalizing')
            and i.state = 'draft' and i.from_on < ${untilOn}::date
        ) as unbilled, exists (
          select from gramkit.billing_recognition r where r.tenant_id = ${this.#tenantId}
            and r.due_at < ${untilOn}::date + interval '2 days'
            and r.through_on < least(r.until_on, ${untilOn}::date)
        ) as busy`,
      workRow,
    )
    if (row?.unbilled) return 'unbilled'
    return row?.busy ? 'busy' : undefined
  }

  /** Closes a month. */
  async insert(month: Omit<ClosedMonth, 'tenantId'>): Promise<void> {
    await this.#db.insert(billingClosedMonth).values({ ...month, tenantId: this.#tenantId })
  }

  /** The last closed month, or undefined. */
  async findLast(): Promise<ClosedMonth | undefined> {
    const [last] = await this.#list(1)
    return last
  }

  /** All closed months, the last one first. */
  list(): Promise<ClosedMonth[]> {
    return this.#list(LISTED_MAX)
  }

  #list(limit: number): Promise<ClosedMonth[]> {
    const { tenantId, month } = billingClosedMonth
    return this.#db
      .select()
      .from(billingClosedMonth)
      .where(and(eq(tenantId, this.#tenantId)))
      .orderBy(desc(month))
      .limit(limit)
  }
}
