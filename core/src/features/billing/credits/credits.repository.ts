import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Currency, Page, PageRequest } from '../../../kernel/index.ts'
import { type Executor, rows, TenantRepository } from '../../../platform/database/index.ts'
import { billingCreditBalance, billingCreditEntry } from './credit.table.ts'
import type { CreditBalance, CreditEntry, CreditReason } from './credit.ts'

/** Whose credit of which currency. */
export interface CreditOwner {
  readonly customerId: string
  readonly currency: Currency
}

/** Credit of the customers of one tenant. */
export class CreditsRepository {
  readonly #db: Executor
  readonly #tenantId: string
  readonly #entries: EntryRows

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
    this.#entries = new EntryRows(db, tenantId)
  }

  /** Writes entries; the database changes the balances, and refuses one that would fall below 0. */
  async insertMany(entries: readonly Omit<CreditEntry, 'tenantId'>[]): Promise<void> {
    if (entries.length === 0) return
    const tenantId = this.#tenantId
    await this.#db
      .insert(billingCreditEntry)
      .values(entries.map((entry) => ({ ...entry, tenantId })))
  }

  /** Writes an entry unless there is one of its reason and source; false when there is. */
  async insertOnce(entry: Omit<CreditEntry, 'tenantId'>): Promise<boolean> {
    const { tenantId, reason, source } = billingCreditEntry
    const written = await this.#db
      .insert(billingCreditEntry)
      .values({ ...entry, tenantId: this.#tenantId })
      .onConflictDoNothing({ target: [tenantId, reason, source] })
      .returning({ id: billingCreditEntry.id })
    return written.length === 1
  }

  /** The entry of a reason and a source, or undefined. */
  async findBySource(reason: CreditReason, source: string): Promise<CreditEntry | undefined> {
    const [row] = await this.#entries.listAll(reason, source)
    return row
  }

  /** One page of a customer's entries, newest first. */
  listOfCustomer(customerId: string, request: PageRequest): Promise<Page<CreditEntry>> {
    const ofCustomer = eq(billingCreditEntry.customerId, customerId)
    return this.#entries.listWhere(ofCustomer, request, 'newest_first')
  }

  /** What a customer has, by currency. */
  listBalances(customerId: string): Promise<CreditBalance[]> {
    return this.#db
      .select(BALANCE)
      .from(billingCreditBalance)
      .where(and(this.#own(), eq(billingCreditBalance.customerId, customerId)))
      .orderBy(asc(billingCreditBalance.currency))
  }

  /** Locks what some customers have until the transaction ends; those who have nothing are left out. */
  lockBalances(owners: readonly CreditOwner[]): Promise<CreditBalance[]> {
    if (owners.length === 0) return Promise.resolve([])
    const { customerId, currency, amount } = billingCreditBalance
    const pairs = pairsOf(owners)
    return this.#db
      .select(BALANCE)
      .from(billingCreditBalance)
      .where(and(this.#own(), gt(amount, 0n), sql`(${customerId}, ${currency}) in (${pairs})`))
      .orderBy(asc(customerId), asc(currency))
      .for('update')
  }

  /**
   * Locks what some customers have, and gives what of it they may spend: without what refunds that
   * are under way, but for one of them, will take.
   */
  async lockSpendable(
    owners: readonly CreditOwner[],
    { exceptRefund }: { readonly exceptRefund?: string } = {},
  ): Promise<CreditBalance[]> {
    const balances = await this.lockBalances(owners)
    if (balances.length === 0) return []
    const pairs = pairsOf(balances)
    // Asked once the balances are locked: whoever asks for a refund locks them as well.
    const held = await rows(
      this.#db,
      sql`select p.customer_id, p.currency,
          sum(least(r.amount, greatest(p."left" - coalesce(b.amount, 0), 0)))::text as amount
        from gramkit.billing_invoice_payment p
        cross join lateral (select sum(r.amount) as amount from gramkit.payment_refund r
          where r.payment_id = p.id and r.status in ('requested', 'pending', 'unknown')
            and r.id is distinct from ${exceptRefund ?? null}::uuid) r
        cross join lateral (select sum(t.from_credit) as amount from gramkit.billing_invoice_return t
          where t.tenant_id = p.tenant_id and t.payment_id = p.id) b
        where p.tenant_id = ${this.#tenantId} and p."left" > 0 and r.amount > 0
          and (p.customer_id, p.currency) in (${pairs})
        group by 1, 2`,
      heldRow,
    )
    return balances.flatMap((balance) => {
      const of = held.find((each) => isOwner(each, balance))
      const amount = balance.amount - (of?.amount ?? 0n)
      return amount > 0n ? [{ ...balance, amount }] : []
    })
  }

  /** How much of what was paid of an invoice is credit. */
  async sumOfInvoice(invoiceId: string): Promise<bigint> {
    const [row] = await this.#db
      .select({
        paid: sql<bigint>`coalesce(-sum(${billingCreditEntry.amount}), 0)`.mapWith(BigInt),
      })
      .from(billingCreditEntry)
      .where(
        and(
          eq(billingCreditEntry.tenantId, this.#tenantId),
          eq(billingCreditEntry.invoiceId, invoiceId),
          sql`${billingCreditEntry.reason} in ('applied', 'returned')`,
        ),
      )
    return row?.paid ?? 0n
  }

  #own() {
    return eq(billingCreditBalance.tenantId, this.#tenantId)
  }
}

const heldRow = z
  .object({ customer_id: z.uuid(), currency: z.string(), amount: z.string() })
  .transform(({ customer_id, currency, amount }) => ({
    ...{ customerId: customer_id, currency, amount: BigInt(amount) },
  }))

function isOwner(
  one: { readonly customerId: string; readonly currency: string },
  other: CreditOwner,
): boolean {
  return one.customerId === other.customerId && one.currency === other.currency
}

function pairsOf(owners: readonly CreditOwner[]): SQL {
  return sql.join(
    owners.map((owner) => sql`(${owner.customerId}::uuid, ${owner.currency})`),
    sql`, `,
  )
}

const BALANCE = {
  customerId: billingCreditBalance.customerId,
  currency: billingCreditBalance.currency,
  amount: billingCreditBalance.amount,
}

class EntryRows extends TenantRepository<typeof billingCreditEntry> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingCreditEntry)
  }

  listAll(reason: CreditReason, source: string): Promise<CreditEntry[]> {
    return this.db
      .select()
      .from(billingCreditEntry)
      .where(
        this.own(and(eq(billingCreditEntry.reason, reason), eq(billingCreditEntry.source, source))),
      )
  }
}
