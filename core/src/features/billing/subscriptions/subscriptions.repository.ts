import {
  and,
  asc,
  desc,
  eq,
  inArray,
  isNotNull,
  lte,
  ne,
  notInArray,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Page, PageRequest } from '../../../kernel/index.ts'
import { type Executor, rows, TenantRepository } from '../../../platform/database/index.ts'
import { billingInvoice, billingInvoiceLine } from '../invoices/invoice.table.ts'
import type { ChargedLine } from '../pricing/proration.ts'
import { billingSubscription, billingSubscriptionRevision } from './subscription.table.ts'
import {
  BILLED_STATUSES,
  type BilledSubscription,
  pricesField,
  type StoredRevision,
  type ToldSubscription,
} from './subscription.ts'

/** A line that the last bill of a subscription charged in advance. */
export interface LastCharged extends ChargedLine {
  readonly subscriptionId: string
}

const toldRow = z.object({
  tenantId: z.uuid(),
  id: z.uuid(),
  customerId: z.uuid(),
  status: z.enum(BILLED_STATUSES),
})
const TOLD = sql`s.tenant_id as "tenantId", s.id, s.customer_id as "customerId", s.status`

/** Which subscriptions are listed. */
export interface SubscriptionFilter {
  readonly customerId?: string | undefined
  readonly status?: BilledSubscription['status'] | undefined
  /** Those that have a plan, or change to it with the next period. [all] */
  readonly planId?: string | undefined
  /** Those that could not be billed. [all] */
  readonly isParked?: boolean | undefined
}

/** Subscriptions of one tenant. */
export class BilledSubscriptionsRepository extends TenantRepository<typeof billingSubscription> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingSubscription)
  }

  /** One page of subscriptions, oldest first. */
  listFiltered(
    filter: SubscriptionFilter,
    request: PageRequest,
  ): Promise<Page<BilledSubscription>> {
    const { customerId, status, planId, isParked } = filter
    const condition = and(
      customerId ? eq(billingSubscription.customerId, customerId) : undefined,
      status ? eq(billingSubscription.status, status) : undefined,
      planId ? ofPlan(planId) : undefined,
      isParked ? isNotNull(billingSubscription.parkedAt) : undefined,
    )
    return this.listWhere(condition, request)
  }

  /** Up to 1,000 subscriptions of a customer, oldest first: what an export shows. */
  listOfCustomer(customerId: string): Promise<BilledSubscription[]> {
    const { id, customerId: of } = billingSubscription
    return this.db
      .select()
      .from(billingSubscription)
      .where(this.own(eq(of, customerId)))
      .orderBy(asc(id))
      .limit(1_000)
  }

  /** Subscriptions of a customer that have not ended, beside one; up to 1,000, oldest first. */
  listBilling(customerId: string, besideId: string): Promise<BilledSubscription[]> {
    const { id, status, customerId: of } = billingSubscription
    return this.db
      .select()
      .from(billingSubscription)
      .where(
        this.own(
          and(
            ...[eq(of, customerId), ne(id, besideId)],
            notInArray(status, ['canceled', 'expired']),
          ),
        ),
      )
      .orderBy(asc(id))
      .limit(1_000)
  }

  /**
   * Locks subscriptions that are due, the earliest first; those that another worker has are left to
   * it. Finds them by billing_subscription_due_index.
   */
  lockDue(now: Date, limit: number): Promise<BilledSubscription[]> {
    return this.db
      .select()
      .from(billingSubscription)
      .where(this.own(lte(billingSubscription.dueAt, now)))
      .orderBy(asc(billingSubscription.dueAt), asc(billingSubscription.id))
      .limit(limit)
      .for('update', { skipLocked: true })
  }

  /** Subscriptions that are due, page by page and without a lock: for previews. */
  listDue(now: Date, request: PageRequest): Promise<Page<BilledSubscription>> {
    return this.listWhere(lte(billingSubscription.dueAt, now), request)
  }

  /** How many are due, those that others have locked as well. */
  async countDue(now: Date): Promise<number> {
    return this.db.$count(billingSubscription, this.own(lte(billingSubscription.dueAt, now)))
  }

  /** How many could not be billed. */
  async countParked(): Promise<number> {
    return this.db.$count(billingSubscription, this.own(isNotNull(billingSubscription.parkedAt)))
  }

  /** Moves subscriptions on that were billed, in one statement. */
  async moveOn(states: readonly Omit<BilledSubscription, 'tenantId'>[], now: Date): Promise<void> {
    if (states.length === 0) return
    const facts = states.map((state) => ({
      ...{ id: state.id, status: state.status, anchor_on: state.anchorOn, cycle: state.cycle },
      ...{ period_index: state.periodIndex, bill_count: state.billCount },
      ...{ charged_revision: state.chargedRevision, carried: String(state.carried) },
      next_billing_at: state.nextBillingAt,
    }))
    await this.db.execute(sql`update gramkit.billing_subscription s set
        status = f.status, anchor_on = f.anchor_on, cycle = f.cycle, period_index = f.period_index,
        bill_count = f.bill_count, charged_revision = f.charged_revision, carried = f.carried,
        next_billing_at = f.next_billing_at, due_at = f.next_billing_at, parked_at = null,
        parked_reason = null, updated_at = ${now.toISOString()}::timestamptz
      from jsonb_populate_recordset(null::gramkit.billing_subscription, ${JSON.stringify(facts)}::jsonb) f
      where s.tenant_id = ${this.tenantId} and s.id = f.id`)
  }

  /** Marks active subscriptions of which some invoices are overdue, and gives those. */
  fallBehind(invoiceIds: readonly string[], now: Date): Promise<ToldSubscription[]> {
    const query = sql`update gramkit.billing_subscription s
      set status = 'past_due', updated_at = ${now.toISOString()}::timestamptz
      where s.tenant_id = ${this.tenantId} and s.status = 'active' and s.id in (
        select i.subscription_id from gramkit.billing_invoice i
        where i.tenant_id = ${this.tenantId} and i.id = any(${sql.param([...invoiceIds])}::uuid[]))
      returning ${TOLD}`
    return rows(this.db, query, toldRow)
  }

  /** Takes the mark away from a subscription of which no invoice is overdue any more. */
  catchUp(id: string, now: Date): Promise<ToldSubscription[]> {
    const query = sql`update gramkit.billing_subscription s
      set status = 'active', updated_at = ${now.toISOString()}::timestamptz
      where s.tenant_id = ${this.tenantId} and s.status = 'past_due' and s.id = ${id}
        and not exists (select from gramkit.billing_invoice i where i.tenant_id = ${this.tenantId}
          and i.subscription_id = s.id and i.state = 'overdue')
      returning ${TOLD}`
    return rows(this.db, query, toldRow)
  }

  /** What the last bill of a subscription that carried something on carried. */
  async findCarried(id: string): Promise<{ readonly net: bigint; readonly tax: bigint }> {
    const { tenantId, subscriptionId, kind, billNumber, net, tax } = billingInvoiceLine
    const [line] = await this.db
      .select({ net, tax })
      .from(billingInvoiceLine)
      .where(and(eq(tenantId, this.tenantId), eq(subscriptionId, id), eq(kind, 'carry')))
      .orderBy(desc(billNumber))
      .limit(1)
    return line ?? { net: 0n, tax: 0n }
  }

  /** Invoices of a subscription that ask for something still, written off or not, the oldest first. */
  async listOwing(id: string): Promise<string[]> {
    const found = await rows(
      this.db,
      sql`select i.id from gramkit.billing_invoice i
        where i.tenant_id = ${this.tenantId} and i.subscription_id = ${id}
          and i.state in ('finalized', 'partially_paid', 'overdue', 'uncollectible')
          and i.total > i.paid + i.credited order by i.id limit 1000`,
      z.object({ id: z.uuid() }),
    )
    return found.map((row) => row.id)
  }

  /**
   * What the last bills of subscriptions charged in advance and no credit note has taken back, unless
   * their invoices are void.
   */
  listCharged(subscriptions: readonly BilledSubscription[]): Promise<LastCharged[]> {
    const last = subscriptions.filter(({ billCount }) => billCount > 0)
    if (last.length === 0) return Promise.resolve([])
    const pairs = sql.join(
      last.map(({ id, billCount }) => sql`(${id}::uuid, ${billCount}::int)`),
      sql`, `,
    )
    const {
      tenantId,
      subscriptionId,
      billNumber,
      kind,
      chargeKey,
      fromOn,
      untilOn,
      net,
      invoiceId,
    } = billingInvoiceLine
    // In the terms of prices: with the tax where prices have it in them. What a credit note has given
    // back is not given back again.
    const amount = sql`${net} + case when ${billingInvoice.pricesIncludeTax}
      then ${billingInvoiceLine.tax} else 0 end - coalesce((
        select sum(c.net + case when ${billingInvoice.pricesIncludeTax} then c.tax else 0 end)
        from gramkit.billing_credit_note_line c
        where c.tenant_id = ${this.tenantId} and c.invoice_line_id = ${billingInvoiceLine.id}), 0)`.mapWith(
      BigInt,
    )
    const text = (column: PgColumn) => sql<string>`${column}`
    return this.db
      .select({
        ...{ subscriptionId: sql<string>`${subscriptionId}`, chargeKey: text(chargeKey) },
        ...{ fromOn: text(fromOn), untilOn: text(untilOn), amount },
      })
      .from(billingInvoiceLine)
      .innerJoin(
        billingInvoice,
        and(eq(billingInvoice.tenantId, tenantId), eq(billingInvoice.id, invoiceId)),
      )
      .where(
        and(
          ...[eq(tenantId, this.tenantId), eq(kind, 'advance'), ne(billingInvoice.state, 'void')],
          sql`(${subscriptionId}, ${billNumber}) in (${pairs})`,
        ),
      )
      .orderBy(asc(billingInvoiceLine.invoiceId), asc(billingInvoiceLine.place))
  }
}

/** What subscriptions of one tenant cost, and from when on. */
export class RevisionsRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** All revisions of some subscriptions, in the order in which they were made. */
  async listOfSubscriptions(subscriptionIds: readonly string[]): Promise<StoredRevision[]> {
    if (subscriptionIds.length === 0) return []
    const { tenantId, subscriptionId, number } = billingSubscriptionRevision
    const found = await this.#db
      .select()
      .from(billingSubscriptionRevision)
      .where(and(eq(tenantId, this.#tenantId), inArray(subscriptionId, [...subscriptionIds])))
      .orderBy(asc(subscriptionId), asc(number))
    return found.map((row) => ({ ...row, prices: pricesField.parse(row.prices) }))
  }

  /** Writes a revision. */
  async insert(revision: Omit<StoredRevision, 'tenantId'>): Promise<void> {
    await this.#db
      .insert(billingSubscriptionRevision)
      .values({ ...revision, tenantId: this.#tenantId })
  }
}

/** Whether the last revision of a subscription is a version of a plan. */
function ofPlan(planId: string): SQL {
  const { tenantId, id } = billingSubscription
  return sql`exists (
    select from gramkit.billing_subscription_revision r
    join gramkit.billing_plan_version v on v.tenant_id = r.tenant_id and v.id = r.plan_version_id
    where r.tenant_id = ${tenantId} and r.subscription_id = ${id} and v.plan_id = ${planId}
      and not exists (select from gramkit.billing_subscription_revision later
        where later.tenant_id = r.tenant_id and later.subscription_id = r.subscription_id
          and later.number > r.number))`
}
