import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { billingLateFee, billingLateFeePolicy, billingLateInvoice } from './late-fee.table.ts'
import {
  LATE_FEE_DEFAULTS,
  type LateFee,
  type LateFeePolicy,
  type LateInvoice,
  lateFeePolicyFields,
} from './late-fee.ts'

/** What is late at one tenant, and what that costs. */
export class LateFeesRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** What the tenant asks for. */
  async getPolicy(): Promise<LateFeePolicy> {
    const [row] = await this.#db
      .select()
      .from(billingLateFeePolicy)
      .where(eq(billingLateFeePolicy.tenantId, this.#tenantId))
    return row ? lateFeePolicyFields.parse(row.policy) : LATE_FEE_DEFAULTS
  }

  /** Writes down what the tenant asks for from now on. */
  async setPolicy(policy: LateFeePolicy, updatedAt: Date): Promise<void> {
    const stored: unknown = JSON.parse(
      JSON.stringify(policy, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    )
    const set = { policy: stored, updatedAt }
    await this.#db
      .insert(billingLateFeePolicy)
      .values({ ...set, tenantId: this.#tenantId })
      .onConflictDoUpdate({ target: billingLateFeePolicy.tenantId, set })
  }

  /** Follows invoices that are late; one that is followed already goes on where it was. */
  async follow(late: readonly Omit<LateInvoice, 'tenantId'>[]): Promise<void> {
    if (late.length === 0) return
    const { tenantId, invoiceId, dueAt } = billingLateInvoice
    await this.#db
      .insert(billingLateInvoice)
      .values(late.map((each) => ({ ...each, tenantId: this.#tenantId })))
      .onConflictDoUpdate({
        target: [tenantId, invoiceId],
        set: { dueAt: sql`coalesce(${dueAt}, excluded.due_at)` },
      })
  }

  /** Follows an invoice from a day on, or from the later one that it has come to. */
  async followFrom(late: Omit<LateInvoice, 'tenantId'>): Promise<void> {
    const { tenantId, invoiceId, fromOn } = billingLateInvoice
    await this.#db
      .insert(billingLateInvoice)
      .values({ ...late, tenantId: this.#tenantId })
      .onConflictDoUpdate({
        target: [tenantId, invoiceId],
        set: { fromOn: sql`greatest(${fromOn}, excluded.from_on)` },
      })
  }

  /** Which of some invoices ask for late fees themselves. */
  async listFeeInvoices(invoiceIds: readonly string[]): Promise<string[]> {
    if (invoiceIds.length === 0) return []
    const { tenantId, feeInvoiceId } = billingLateFee
    const found = await this.#db
      .select({ id: feeInvoiceId })
      .from(billingLateFee)
      .where(and(eq(tenantId, this.#tenantId), inArray(feeInvoiceId, [...invoiceIds])))
    return found.map(({ id }) => id)
  }

  /** Invoices of which a fee is due, the earliest first. */
  async listDue(now: Date, limit: number): Promise<string[]> {
    const { tenantId, invoiceId, dueAt } = billingLateInvoice
    const found = await this.#db
      .select({ id: invoiceId })
      .from(billingLateInvoice)
      .where(and(eq(tenantId, this.#tenantId), lte(dueAt, now)))
      .orderBy(asc(dueAt))
      .limit(limit)
    return found.map(({ id }) => id)
  }

  /** Locks what is known of a late invoice until the transaction ends; undefined where it is not. */
  async lockLate(id: string): Promise<LateInvoice | undefined> {
    const { tenantId, invoiceId } = billingLateInvoice
    const [row] = await this.#db
      .select()
      .from(billingLateInvoice)
      .where(and(eq(tenantId, this.#tenantId), eq(invoiceId, id)))
      .for('update')
    return row
  }

  /** Moves a late invoice on. */
  async moveOn({ invoiceId: id, ...late }: Omit<LateInvoice, 'tenantId'>): Promise<void> {
    const { tenantId, invoiceId } = billingLateInvoice
    await this.#db
      .update(billingLateInvoice)
      .set(late)
      .where(and(eq(tenantId, this.#tenantId), eq(invoiceId, id)))
  }

  /** Writes a fee; the database refuses a second one for the same days. */
  async insert(fee: Omit<LateFee, 'tenantId'>): Promise<void> {
    await this.#db.insert(billingLateFee).values({ ...fee, tenantId: this.#tenantId })
  }

  /** Up to 1,000 fees of an invoice, oldest first. */
  listOfInvoice(id: string): Promise<LateFee[]> {
    const { tenantId, invoiceId, period } = billingLateFee
    return this.#db
      .select()
      .from(billingLateFee)
      .where(and(eq(tenantId, this.#tenantId), eq(invoiceId, id)))
      .orderBy(asc(period))
      .limit(1_000)
  }
}
