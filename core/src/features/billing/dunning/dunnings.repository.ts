import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { billingInvoice } from '../invoices/invoice.table.ts'
import { billingDunning, billingDunningPolicy, billingDunningStep } from './dunning.table.ts'
import {
  DUNNING_DEFAULTS,
  type Dunning,
  type DunningPolicy,
  type DunningStep,
  dunningPolicyFields,
  type TakenDunningStep,
} from './dunning.ts'

/** What one tenant goes after. */
export class DunningsRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** How far the tenant goes. */
  async getPolicy(): Promise<DunningPolicy> {
    const [row] = await this.#db
      .select()
      .from(billingDunningPolicy)
      .where(eq(billingDunningPolicy.tenantId, this.#tenantId))
    return row ? dunningPolicyFields.parse(row.policy) : DUNNING_DEFAULTS
  }

  /** Writes down how far the tenant goes from now on. */
  async setPolicy(policy: DunningPolicy, updatedAt: Date): Promise<void> {
    await this.#db
      .insert(billingDunningPolicy)
      .values({ tenantId: this.#tenantId, policy, updatedAt })
      .onConflictDoUpdate({
        target: billingDunningPolicy.tenantId,
        set: { policy, updatedAt },
      })
  }

  /** Goes after invoices from now on; after one that was paid in between once more. */
  async open(opened: readonly Omit<Dunning, 'tenantId'>[]): Promise<void> {
    if (opened.length === 0) return
    const { tenantId, invoiceId, state } = billingDunning
    await this.#db
      .insert(billingDunning)
      .values(opened.map((each) => ({ ...each, tenantId: this.#tenantId })))
      .onConflictDoUpdate({
        target: [tenantId, invoiceId],
        set: {
          ...{ state: 'open', step: 0, declineClass: sql`excluded.decline_class`, ended: null },
          ...{ openedAt: sql`excluded.opened_at`, dueAt: sql`excluded.due_at` },
        },
        setWhere: eq(state, 'recovered'),
      })
  }

  /** Reads how far it has gone with an invoice, or undefined. */
  async find(id: string): Promise<Dunning | undefined> {
    const [row] = await this.#db.select().from(billingDunning).where(this.#of(id))
    return row
  }

  /** Reads and locks how far it has gone with an invoice until the transaction ends. */
  async findWithLock(id: string): Promise<Dunning | undefined> {
    const [row] = await this.#db.select().from(billingDunning).where(this.#of(id)).for('update')
    return row
  }

  /** Invoices about which something is to be done, the earliest first. */
  async listDue(now: Date, limit: number): Promise<string[]> {
    const { tenantId, invoiceId, dueAt } = billingDunning
    const found = await this.#db
      .select({ id: invoiceId })
      .from(billingDunning)
      .where(and(eq(tenantId, this.#tenantId), lte(dueAt, now)))
      .orderBy(asc(dueAt))
      .limit(limit)
    return found.map(({ id }) => id)
  }

  /** Moves on what is known of an invoice. */
  async update(id: string, changes: Partial<Dunning>): Promise<void> {
    await this.#db.update(billingDunning).set(changes).where(this.#of(id))
  }

  /**
   * Notes that nothing is owed any more of an invoice. What was paused meanwhile is due to go on at
   * once.
   */
  async recover(id: string, at: Date): Promise<void> {
    const { state, ended } = billingDunning
    const now = sql`${at.toISOString()}::timestamptz`
    await this.#db
      .update(billingDunning)
      .set({
        ...{ state: 'recovered', updatedAt: at },
        dueAt: sql`case when ${state} = 'ended' and ${ended} = 'pause' then ${now} end`,
      })
      .where(and(this.#of(id), sql`${state} <> 'recovered'`))
  }

  /** Tells whether a subscription is paused until one of its invoices is paid. */
  async isPausing(subscriptionId: string): Promise<boolean> {
    const { tenantId, invoiceId, state, ended } = billingDunning
    const found = await this.#db
      .select({ id: invoiceId })
      .from(billingDunning)
      .innerJoin(
        billingInvoice,
        and(eq(billingInvoice.tenantId, tenantId), eq(billingInvoice.id, invoiceId)),
      )
      .where(
        and(
          eq(tenantId, this.#tenantId),
          eq(billingInvoice.subscriptionId, subscriptionId),
          and(eq(state, 'ended'), eq(ended, 'pause')),
          inArray(billingInvoice.state, ['finalized', 'partially_paid', 'overdue']),
        ),
      )
      .limit(1)
    return found.length > 0
  }

  /** Writes a step that is taken after all others of the invoice. */
  async insertStep(id: string, kind: DunningStep, at: Date): Promise<void> {
    const taken = await this.listSteps(id)
    const step = { invoiceId: id, number: taken.length + 1, kind, at }
    await this.#db.insert(billingDunningStep).values({ ...step, tenantId: this.#tenantId })
  }

  /** What was done about an invoice, in order. */
  listSteps(id: string): Promise<TakenDunningStep[]> {
    const { tenantId, invoiceId, number } = billingDunningStep
    return this.#db
      .select()
      .from(billingDunningStep)
      .where(and(eq(tenantId, this.#tenantId), eq(invoiceId, id)))
      .orderBy(asc(number))
  }

  #of(id: string) {
    return and(eq(billingDunning.tenantId, this.#tenantId), eq(billingDunning.invoiceId, id))
  }
}
