import { and, asc, desc, eq, gte, lt, lte, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  assert,
  decodeCursor,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from '../../../kernel/index.ts'
import { type Executor, rows } from '../../../platform/database/index.ts'
import type { Booking } from './booking.ts'
import { billingJournalEntry } from './journal.table.ts'
import {
  ACCOUNTS,
  type Account,
  type AccountBalances,
  type JournalEntry,
  type JournalFilter,
  type JournalSource,
  type NewEntry,
  type Postings,
} from './journal.ts'

const bigintText = z.string().transform((text) => BigInt(text))
const countRow = z.object({ count: z.int() })
const digestRow = z.object({ entries: z.int(), digest: z.string() })
const dayRow = z.object({ day: z.string() })

/** The journal of one tenant: entries are added and read. */
export class JournalRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** The first day after the closed months; none is closed until the transaction ends. */
  async findOpenFromOn(): Promise<string> {
    const query = sql`select gramkit.billing_open_from()::text as day`
    const [row] = await rows(this.#db, query, dayRow)
    assert(row, 'The function answers')
    return row.day
  }

  /** Books entries. */
  async insert(entries: readonly NewEntry[], booking: Booking): Promise<void> {
    const { id, on, at } = booking
    const accounts = sql.raw(ACCOUNTS.map(columnOf).join(', '))
    const amounts = sql.raw(ACCOUNTS.map((account) => `coalesce(e."${account}", 0)`).join(', '))
    const typed = sql.raw(ACCOUNTS.map((account) => `"${account}" bigint`).join(', '))
    const written = entries.map(({ postings, ...entry }) => ({ ...entry, ...textsOf(postings) }))
    await this.#db.execute(sql`
      insert into gramkit.billing_journal_entry (tenant_id, booking_id, source, source_id, booked_on,
        currency, customer_id, invoice_id, ${accounts}, created_at)
      select ${this.#tenantId}, ${id}, e.source, e."sourceId", ${on}::date, e.currency, e."customerId",
        e."invoiceId", ${amounts}, ${at.toISOString()}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(written)}::jsonb) as e (source text, "sourceId" text,
        currency text, "customerId" uuid, "invoiceId" uuid, ${typed})`)
  }

  /**
   * Books what drafts ask for that are being finalized, and how the days of their lines are earned.
   * Those that move nothing have no entry.
   */
  async insertFinalized(invoiceIds: readonly string[], booking: Booking): Promise<void> {
    const { id, today, on, timeZone, at } = booking
    await this.#db.execute(sql`
      with line as (
        select i.id as invoice_id, i.currency, i.customer_id, i.total, l.id, l.kind, l.net, l.tax, l.until_on,
          case when l.kind in ('arrears', 'late') then l.until_on - 1 else l.from_on end as from_on
        from gramkit.billing_invoice i
        join gramkit.billing_invoice_line l on l.tenant_id = i.tenant_id and l.invoice_id = i.id
        where i.tenant_id = ${this.#tenantId} and i.state = 'draft'
          and i.id = any(${sql.param([...invoiceIds])}::uuid[])
      ), split as (
        select line.*, kind in ('carry', 'carried') as is_carried, until_on is not null as has_days,
          coalesce(div(net::numeric * greatest(0, least(${today}::date, until_on) - from_on),
            until_on - from_on), 0)::bigint as unbilled
        from line
      ), scheduled as (
        insert into gramkit.billing_recognition (tenant_id, id, invoice_id, from_on, until_on, amount,
          unbilled, recognised, through_on, earlier, due_at)
        select ${this.#tenantId}, id, invoice_id, from_on, until_on, net, unbilled, 0, from_on, 0,
          (date_trunc('month', from_on::timestamp) + interval '1 month') at time zone ${timeZone}
        from split where has_days and net <> 0
      ), reckoned as (
        select invoice_id, currency, customer_id, total as receivable, -sum(tax) as tax,
          -coalesce(sum(net) filter (where is_carried), 0) as carried,
          -coalesce(sum(net) filter (where not has_days and not is_carried), 0) as revenue,
          -coalesce(sum(unbilled) filter (where has_days), 0) as unbilled,
          -coalesce(sum(net - unbilled) filter (where has_days), 0) as deferred
        from split group by 1, 2, 3, 4
      )
      insert into gramkit.billing_journal_entry (tenant_id, booking_id, source, source_id, booked_on,
        currency, customer_id, invoice_id, receivable, tax, carried, revenue, unbilled, deferred, created_at)
      select ${this.#tenantId}, ${id}, 'invoice', invoice_id, ${on}::date, currency, customer_id,
        invoice_id, receivable, tax, carried, revenue, unbilled, deferred, ${at.toISOString()}::timestamptz
      from reckoned
      where (receivable, tax, carried, revenue, unbilled, deferred) <> (0, 0, 0, 0, 0, 0)
      order by invoice_id`)
  }

  /** Takes back what was booked for an invoice, but for money that came and went. */
  async insertVoid(invoiceId: string, booking: Booking): Promise<void> {
    const { id, on, at } = booking
    const taken = sql.raw(VOIDED.join(', '))
    const back = sql.raw(VOIDED.map((account) => `-sum(${account})`).join(', '))
    await this.#db.execute(sql`
      insert into gramkit.billing_journal_entry (tenant_id, booking_id, source, source_id, booked_on,
        currency, customer_id, invoice_id, ${taken}, created_at)
      select tenant_id, ${id}, 'void', invoice_id, ${on}::date, currency, customer_id, invoice_id,
        ${back}, ${at.toISOString()}::timestamptz
      from gramkit.billing_journal_entry
      where tenant_id = ${this.#tenantId} and invoice_id = ${invoiceId}
      group by tenant_id, invoice_id, currency, customer_id`)
  }

  /** What of an invoice is written off. */
  async sumBadDebt(invoiceId: string): Promise<bigint> {
    const [row] = await rows(
      this.#db,
      sql`select coalesce(sum(bad_debt), 0)::text as amount from gramkit.billing_journal_entry
        where tenant_id = ${this.#tenantId} and invoice_id = ${invoiceId}`,
      z.object({ amount: bigintText }),
    )
    return row?.amount ?? 0n
  }

  /** How many entries of an invoice are of a kind. */
  async countOf(invoiceId: string, source: JournalSource): Promise<number> {
    const [row] = await rows(
      this.#db,
      sql`select count(*)::int as count from gramkit.billing_journal_entry
        where tenant_id = ${this.#tenantId} and invoice_id = ${invoiceId} and source = ${source}`,
      countRow,
    )
    return row?.count ?? 0
  }

  /** What was booked in one go, in one hash. */
  async digest(bookingId: string): Promise<{ readonly entries: number; readonly digest: string }> {
    const [row] = await rows(
      this.#db,
      sql`select entries, digest from gramkit.billing_journal_digest(${this.#tenantId}, ${bookingId})`,
      digestRow,
    )
    return row ?? { entries: 0, digest: '' }
  }

  /** One page of the entries that fit, newest first. */
  async listFiltered(filter: JournalFilter, request: PageRequest): Promise<Page<JournalEntry>> {
    const { invoiceId, customerId, currency, bookedFromOn, bookedUntilOn } = filter
    const entry = billingJournalEntry
    const limit = pageLimit(request)
    const found = await this.#db
      .select()
      .from(entry)
      .where(
        and(
          eq(entry.tenantId, this.#tenantId),
          invoiceId ? eq(entry.invoiceId, invoiceId) : undefined,
          customerId ? eq(entry.customerId, customerId) : undefined,
          currency ? eq(entry.currency, currency) : undefined,
          bookedFromOn ? gte(entry.bookedOn, bookedFromOn) : undefined,
          bookedUntilOn ? lte(entry.bookedOn, bookedUntilOn) : undefined,
          request.cursor ? lt(entry.number, BigInt(decodeCursor(request.cursor))) : undefined,
        ),
      )
      .orderBy(desc(entry.number))
      .limit(limit + 1)
    return toPage(found, limit, ({ number }) => String(number))
  }

  /** What is in each account, currency by currency. */
  async listBalances(untilOn: string | undefined): Promise<AccountBalances[]> {
    const { tenantId, bookedOn, currency } = billingJournalEntry
    return this.#db
      .select({
        currency,
        receivable: sumOf('receivable'),
        unbilled: sumOf('unbilled'),
        cash: sumOf('cash'),
        customerCredit: sumOf('customerCredit'),
        carried: sumOf('carried'),
        deferred: sumOf('deferred'),
        tax: sumOf('tax'),
        revenue: sumOf('revenue'),
        concession: sumOf('concession'),
        badDebt: sumOf('badDebt'),
      })
      .from(billingJournalEntry)
      .where(and(eq(tenantId, this.#tenantId), untilOn ? lte(bookedOn, untilOn) : undefined))
      .groupBy(currency)
      .orderBy(asc(currency))
  }
}

/** Accounts of which an invoice that is void has nothing. */
const VOIDED = ['receivable', 'unbilled', 'carried', 'deferred', 'tax', 'revenue'] as const

function columnOf(account: Account): string {
  return account.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function textsOf(postings: Postings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(postings).map(([account, amount]) => [account, `${amount}`]),
  )
}

function sumOf(account: Account): SQL<bigint> {
  return sql<bigint>`sum(${billingJournalEntry[account]})`.mapWith((text: string) => BigInt(text))
}
