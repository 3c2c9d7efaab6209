import { and, desc, eq } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { billingClosedMonth } from '../journal/journal.table.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import type { ClosedMonth } from './revenue.ts'

/** Months that show at once: a lifetime of them. */
const LISTED_MAX = 1_200

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
