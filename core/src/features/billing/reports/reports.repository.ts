import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { CURRENCIES } from '../../../kernel/index.ts'
import { type Executor, rows } from '../../../platform/database/index.ts'
import type { AgedReceivables } from './aging.ts'
import type { MonthSums } from './revenue-month.ts'

const amount = z.string().transform((text) => BigInt(text))
const currency = z.enum(CURRENCIES)
const monthRow = z.object({
  ...{ month: z.string(), currency, revenue: amount, concession: amount, badDebt: amount },
  ...{ tax: amount, cash: amount, receivable: amount, unbilled: amount, deferred: amount },
  customerCredit: amount,
})
const agedRow = z.object({
  ...{ currency, notDue: amount, days1To30: amount, days31To60: amount },
  ...{ days61To90: amount, over90Days: amount, total: amount },
})
const subscriberRow = z.object({
  id: z.uuid(),
  customerId: z.uuid(),
  currency,
  paysFromOn: z.string(),
})

const activityRow = z.object({
  invoices: z.int(),
  seconds: z.number(),
  payments: z.int(),
  failedPayments: z.int(),
})

/** What runs and payments did in a while. */
export interface BillingActivity {
  /** Invoices of runs that were completed. */
  readonly invoices: number
  /** How long those runs took together. */
  readonly seconds: number
  /** Payments that came. */
  readonly payments: number
  /** Payments and charges that ended without money. */
  readonly failedPayments: number
}

/** A subscription, and the first day for which its customer pays. */
export type Subscriber = z.output<typeof subscriberRow>

/** What reports of one tenant are made of. */
export class ReportsRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** What the journal moved in each month, from a day up to, not including, another. */
  sumMonths(fromOn: string, untilOn: string): Promise<MonthSums[]> {
    const sums = sql.join(
      [
        ...[total('revenue'), total('concession'), total('bad_debt', 'badDebt'), total('tax')],
        ...[total('cash'), total('receivable'), total('unbilled'), total('deferred')],
        total('customer_credit', 'customerCredit'),
      ],
      sql`, `,
    )
    return rows(
      this.#db,
      sql`select to_char(e.booked_on, 'YYYY-MM') as month, e.currency, ${sums}
        from gramkit.billing_journal_entry e
        where e.tenant_id = ${this.#tenantId}
          and e.booked_on >= ${fromOn}::date and e.booked_on < ${untilOn}::date
        group by 1, 2 order by 1, 2`,
      monthRow,
    )
  }

  /** What is owed at the end of a day, by how long it is overdue. */
  sumAging(on: string): Promise<AgedReceivables[]> {
    const overdue = (condition: SQL, name: string) =>
      sql`coalesce(sum(o.amount) filter (where ${condition}), 0)::text as "${sql.raw(name)}"`
    return rows(
      this.#db,
      sql`
      with owed as (
        select e.currency, ${on}::date - i.due_on as days, sum(e.receivable) as amount
        from gramkit.billing_journal_entry e
        join gramkit.billing_invoice i on i.tenant_id = e.tenant_id and i.id = e.invoice_id
        where e.tenant_id = ${this.#tenantId} and e.booked_on <= ${on}::date
        group by e.invoice_id, e.currency, i.due_on having sum(e.receivable) <> 0
      )
      select o.currency, ${overdue(sql`o.days <= 0`, 'notDue')},
        ${overdue(sql`o.days between 1 and 30`, 'days1To30')},
        ${overdue(sql`o.days between 31 and 60`, 'days31To60')},
        ${overdue(sql`o.days between 61 and 90`, 'days61To90')},
        ${overdue(sql`o.days > 90`, 'over90Days')}, sum(o.amount)::text as total
      from owed o group by 1 order by 1`,
      agedRow,
    )
  }

  /** What was billed and paid since an instant, and on or after its day. */
  async readActivity(since: Date, sinceOn: string): Promise<BillingActivity> {
    const [row] = await rows(
      this.#db,
      sql`
      with run as (
        select extract(epoch from r.completed_at - r.created_at)::float8 as seconds,
          (select count(*) from gramkit.billing_invoice i
            where i.tenant_id = r.tenant_id and i.run_id = r.id)::int as invoices
        from gramkit.billing_run r
        where r.tenant_id = ${this.#tenantId} and r.completed_at >= ${since.toISOString()}::timestamptz
      )
      select coalesce((select sum(invoices) from run), 0)::int as invoices,
        coalesce((select sum(seconds) from run), 0)::float8 as seconds,
        (select count(*)::int from gramkit.billing_journal_entry e
          where e.tenant_id = ${this.#tenantId} and e.source = 'payment'
            and e.booked_on >= ${sinceOn}::date
            and e.created_at >= ${since.toISOString()}::timestamptz) as payments,
        (select count(*)::int from gramkit.billing_invoice_payment p
          where p.tenant_id = ${this.#tenantId} and p.state = 'closed'
            and p.updated_at >= ${since.toISOString()}::timestamptz) as "failedPayments"`,
      activityRow,
    )
    return row ?? { invoices: 0, seconds: 0, payments: 0, failedPayments: 0 }
  }

  /** The subscriptions of the next customers after one, whole customers at a time. */
  listSubscribers(after: string | undefined, customers: number): Promise<Subscriber[]> {
    const next = after ? sql`and c.customer_id > ${after}` : sql``
    return rows(
      this.#db,
      sql`
      select s.id, s.customer_id as "customerId", s.currency,
        least(s.anchor_on, (select min(l.from_on) from gramkit.billing_invoice_line l
          where l.tenant_id = s.tenant_id and l.subscription_id = s.id))::text as "paysFromOn"
      from gramkit.billing_subscription s
      where s.tenant_id = ${this.#tenantId} and s.cycle <> 'one_time' and s.customer_id in (
        select distinct c.customer_id from gramkit.billing_subscription c
        where c.tenant_id = ${this.#tenantId} and c.cycle <> 'one_time' ${next}
        order by c.customer_id limit ${customers})
      order by s.customer_id, s.id`,
      subscriberRow,
    )
  }
}

function total(column: string, name = column): SQL {
  return sql.raw(`sum(e.${column})::text as "${name}"`)
}
