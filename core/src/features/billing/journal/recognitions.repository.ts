import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import type { Booking } from './booking.ts'

/** Which days are recognised, of what. */
export interface RecognitionAim {
  /** The first day that is not. */
  readonly untilOn: string
  /** Of one invoice alone. [of all; those that another worker has are left to it] */
  readonly invoiceId?: string
  /** How many lines at the most. */
  readonly limit: number
}

const countRow = z.object({ count: z.int() })
const takenRow = z.object({ taken: z.string().transform((text) => BigInt(text)) })

/** How one tenant earns what its invoices ask for. */
export class RecognitionsRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /**
   * Books what was earned of lines, one entry for each line and month, and says of how many lines.
   * A month that is closed is booked on the first day that is open.
   *
   * Up to a day a line has earned its amount by the days that went by, without what is less than one
   * minor unit, and on its last day all of it: however often it is booked, it is the same.
   */
  async recognise(aim: RecognitionAim, booking: Booking): Promise<number> {
    const { untilOn, invoiceId, limit } = aim
    const { id, openFromOn, timeZone, at } = booking
    const which = invoiceId ? sql`and r.invoice_id = ${invoiceId}` : sql``
    const wait = sql.raw(invoiceId ? '' : 'skip locked')
    const [row] = await rows(
      this.#db,
      sql`
      with due as (
        select r.*, i.currency, i.customer_id, least(r.until_on, ${untilOn}::date) as aim_on
        from gramkit.billing_recognition r
        join gramkit.billing_invoice i on i.tenant_id = r.tenant_id and i.id = r.invoice_id
        where r.tenant_id = ${this.#tenantId} and r.due_at is not null
          and r.through_on < least(r.until_on, ${untilOn}::date) ${which}
        order by r.due_at, r.id limit ${limit}
        for key share of i ${wait} for update of r ${wait}
      ), slice as (
        select d.*, least(d.aim_on, m.ends::date) as till
        from due d cross join lateral generate_series(
          date_trunc('month', d.through_on::timestamp) + interval '1 month',
          date_trunc('month', (d.aim_on - 1)::timestamp) + interval '1 month', interval '1 month') m (ends)
      ), earned as (
        select s.*, div(s.amount::numeric * (s.till - s.from_on), s.until_on - s.from_on)::bigint as after
        from slice s
      ), step as (
        select e.*, lag(e.after, 1, e.recognised) over (partition by e.id order by e.till) as before
        from earned e
      ), part as (
        select p.*, p.after - p.before as revenue,
          case when abs(p.before) < abs(p.unbilled) then p.unbilled - p.before else 0 end
            - case when abs(p.after) < abs(p.unbilled) then p.unbilled - p.after else 0 end as billed
        from step p
      ), moved as (
        update gramkit.billing_recognition r set through_on = d.aim_on, recognised = p.after,
          due_at = case when d.aim_on < r.until_on then
            (date_trunc('month', d.aim_on::timestamp) + interval '1 month') at time zone ${timeZone} end
        from due d join part p on p.id = d.id and p.till = d.aim_on
        where r.tenant_id = ${this.#tenantId} and r.id = d.id
        returning r.id
      ), booked as (
        insert into gramkit.billing_journal_entry (tenant_id, booking_id, source, source_id, booked_on,
          currency, customer_id, invoice_id, revenue, unbilled, deferred, created_at)
        select tenant_id, ${id}, 'recognition', id || ':' || till,
          greatest(till - 1, ${openFromOn}::date), currency, customer_id, invoice_id, -revenue, billed,
          revenue - billed, ${at.toISOString()}::timestamptz
        from part where revenue <> 0 order by till, id
        returning number
      )
      select (select count(*) from moved)::int as count, (select count(*) from booked)::int as booked`,
      countRow,
    )
    return row?.count ?? 0
  }

  /** Ends what an invoice would earn. */
  async stop(invoiceId: string): Promise<void> {
    await this.#db.execute(sql`
      update gramkit.billing_recognition set earlier = earlier + recognised, amount = 0, unbilled = 0,
        recognised = 0, due_at = null
      where tenant_id = ${this.#tenantId} and invoice_id = ${invoiceId}`)
  }

  /** Takes up to an amount of what a line has not earned yet, and says how much it took. */
  async reduce(lineId: string, amount: bigint): Promise<bigint> {
    const [row] = await rows(
      this.#db,
      sql`
      with line as (
        select r.*, least(greatest(r.amount - r.recognised, 0), ${amount}::bigint) as taken
        from gramkit.billing_recognition r
        where r.tenant_id = ${this.#tenantId} and r.id = ${lineId} and r.due_at is not null for update
      ), reduced as (
        update gramkit.billing_recognition r set from_on = r.through_on, unbilled = 0, recognised = 0,
          earlier = r.earlier + r.recognised, amount = r.amount - r.recognised - l.taken,
          due_at = case when r.amount - r.recognised = l.taken then null else r.due_at end
        from line l where r.tenant_id = ${this.#tenantId} and r.id = l.id and l.taken > 0
        returning r.id
      )
      select taken::text from line where exists (select from reduced)`,
      takenRow,
    )
    return row?.taken ?? 0n
  }
}
