import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { BOOK_PROBLEMS, type BookDifference } from './books.ts'

/** Differences that are named of each kind. */
const NAMED_MAX = 100

const amountText = z
  .string()
  .nullable()
  .transform((text) => (text === null ? null : BigInt(text)))
const differenceRow = z.object({
  problem: z.enum(BOOK_PROBLEMS),
  subject: z.string(),
  expected: amountText,
  actual: amountText,
})

/** The proof of one tenant's journal. */
export class BooksRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** How many entries there are. */
  async count(): Promise<number> {
    const [row] = await rows(
      this.#db,
      sql`select count(*)::int as count from gramkit.billing_journal_entry where tenant_id = ${this.#tenantId}`,
      z.object({ count: z.int() }),
    )
    return row?.count ?? 0
  }

  /**
   * Compares, invoice by invoice, what is owed, what was sold and what was earned with the journal.
   * Reads whole tables.
   */
  async compareInvoices(): Promise<BookDifference[]> {
    return this.#differences(sql`
      with booked as (
        select e.invoice_id, sum(e.receivable + e.bad_debt) as owed, sum(e.bad_debt) as bad_debt,
          sum(e.revenue + e.deferred + e.unbilled + e.carried) filter (where e.source <> 'credit_note') as sold,
          sum(e.tax) filter (where e.source <> 'credit_note') as tax,
          sum(e.revenue) filter (where e.source = 'recognition') as recognised,
          sum(e.deferred) as deferred, sum(e.unbilled) as unbilled
        from gramkit.billing_journal_entry e
        where e.tenant_id = ${this.#tenantId} and e.invoice_id is not null group by 1
      ), line as (
        select l.invoice_id, sum(l.net) as net from gramkit.billing_invoice_line l
        where l.tenant_id = ${this.#tenantId} group by 1
      ), schedule as (
        select r.invoice_id, sum(r.earlier + r.recognised) as recognised,
          sum(case when abs(r.recognised) < abs(r.unbilled) then r.unbilled - r.recognised else 0 end) as unbilled,
          sum(r.amount - r.recognised
            - case when abs(r.recognised) < abs(r.unbilled) then r.unbilled - r.recognised else 0 end) as deferred
        from gramkit.billing_recognition r where r.tenant_id = ${this.#tenantId} group by 1
      ), invoice as (
        select i.id, i.number, i.state = 'uncollectible' as is_bad,
          case when i.state = 'void' then 0 else i.total - i.paid - i.credited end as owed,
          case when i.state = 'void' then 0 else coalesce(l.net, 0) end as net,
          case when i.state = 'void' then 0 else i.tax end as tax,
          coalesce(s.recognised, 0) as recognised, coalesce(s.deferred, 0) as deferred,
          coalesce(s.unbilled, 0) as unbilled
        from gramkit.billing_invoice i left join line l on l.invoice_id = i.id
        left join schedule s on s.invoice_id = i.id
        where i.tenant_id = ${this.#tenantId} and i.state <> 'draft'
      )
      select p.problem, 'invoice ' || i.number as subject, p.expected::text, p.actual::text
      from invoice i left join booked b on b.invoice_id = i.id
      cross join lateral (values
        ('owed_differs_from_invoice', i.owed::numeric, coalesce(b.owed, 0)),
        ('bad_debt_differs_from_invoice', case when i.is_bad then i.owed else 0 end::numeric,
          coalesce(b.bad_debt, 0)),
        ('sold_differs_from_lines', i.net, -coalesce(b.sold, 0)),
        ('tax_differs_from_invoice', i.tax::numeric, -coalesce(b.tax, 0)),
        ('recognised_differs_from_schedule', i.recognised, -coalesce(b.recognised, 0)),
        ('deferred_differs_from_schedule', i.deferred, -coalesce(b.deferred, 0)),
        ('unbilled_differs_from_schedule', i.unbilled, -coalesce(b.unbilled, 0))
      ) p (problem, expected, actual)
      where p.expected <> p.actual order by i.number, p.problem`)
  }

  /** Compares each credit note with what was booked of it. */
  async compareCreditNotes(): Promise<BookDifference[]> {
    return this.#differences(sql`
      select 'credit_note_differs_from_booking' as problem, 'credit note ' || n.number as subject,
        p.expected::text, p.actual::text
      from gramkit.billing_credit_note n
      left join gramkit.billing_journal_entry e on e.tenant_id = n.tenant_id
        and e.source = 'credit_note' and e.source_id = n.id::text
      cross join lateral (values
        (n.subtotal::numeric - n.discount, coalesce(e.revenue + e.deferred, 0)::numeric),
        (n.tax::numeric, coalesce(e.tax, 0)::numeric)) p (expected, actual)
      where n.tenant_id = ${this.#tenantId} and p.expected <> p.actual order by n.number`)
  }

  /** Compares money that came and went back with what was booked of it. */
  async compareMoney(): Promise<BookDifference[]> {
    return this.#differences(sql`
      with moved as (
        select p.tenant_id, 'payment' as source, p.id, p.amount from gramkit.billing_invoice_payment p
        where p.tenant_id = ${this.#tenantId} and p.state = 'received'
        union all
        select r.tenant_id, 'take_back', r.id, -r.amount from gramkit.billing_invoice_return r
        where r.tenant_id = ${this.#tenantId}
      )
      select 'money_differs_from_booking' as problem, m.source || ' ' || m.id as subject,
        m.amount::text as expected, coalesce(e.cash, 0)::text as actual
      from moved m left join gramkit.billing_journal_entry e on e.tenant_id = m.tenant_id
        and e.source = m.source and e.source_id = m.id::text
      where coalesce(e.cash, 0) <> m.amount order by m.id`)
  }

  /** Compares what customers have as credit with the journal. */
  async compareCredit(): Promise<BookDifference[]> {
    return this.#differences(sql`
      with booked as (
        select e.customer_id, e.currency, -sum(e.customer_credit) as amount
        from gramkit.billing_journal_entry e where e.tenant_id = ${this.#tenantId} group by 1, 2
      ), balance as (
        select b.customer_id, b.currency, b.amount from gramkit.billing_credit_balance b
        where b.tenant_id = ${this.#tenantId}
      )
      select 'credit_differs_from_balance' as problem,
        'customer ' || customer_id || ', ' || currency as subject,
        coalesce(b.amount, 0)::text as expected, coalesce(e.amount, 0)::text as actual
      from booked e full join balance b using (customer_id, currency)
      where coalesce(b.amount, 0) <> coalesce(e.amount, 0) order by subject`)
  }

  /** Compares each booking with the hash of it that the audit keeps. */
  async compareBookings(): Promise<BookDifference[]> {
    const stream = `tenant:${this.#tenantId}:journal`
    return this.#differences(sql`
      select 'booking_differs_from_audit' as problem, a.subject, (a.facts->>'entries')::text as expected,
        b.entries::text as actual
      from gramkit.audit_entry a
      cross join lateral gramkit.billing_journal_digest(${this.#tenantId},
        substr(a.subject, length('booking:') + 1)::uuid) b
      where a.stream = ${stream} and a.action = 'journal.booked'
        and (b.digest <> a.facts->>'digest' or b.entries <> (a.facts->>'entries')::int)
      union all
      select 'booking_not_in_audit', 'booking:' || e.booking_id, '0', count(*)::text
      from gramkit.billing_journal_entry e
      where e.tenant_id = ${this.#tenantId} and not exists (
        select from gramkit.audit_entry a
        where a.subject = 'booking:' || e.booking_id and a.stream = ${stream})
      group by e.booking_id`)
  }

  #differences(query: SQL): Promise<BookDifference[]> {
    return rows(this.#db, sql`${query} limit ${NAMED_MAX}`, differenceRow)
  }
}
