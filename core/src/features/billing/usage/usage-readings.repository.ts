import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { decimalOf, decimalText, newId, readDecimal } from '../../../kernel/index.ts'
import { type Executor, rows } from '../../../platform/database/index.ts'
import type { Meter } from './meter.ts'
import type { LateUsage, MeteredPeriod, UsageReading } from './usage-reading.ts'

/** A period of a subscription, with the meter that its code names. */
export interface ReadPeriod<Period extends MeteredPeriod = MeteredPeriod> {
  readonly period: Period
  readonly meter: Pick<Meter, 'id' | 'acceptedDays'>
}

const billedRow = z.object({
  n: z.int(),
  startsAt: z.coerce.date(),
  endsAt: z.coerce.date(),
  periodStartOn: z.string(),
  periodEndOn: z.string(),
  billed: z.string(),
})
const untilRow = z.object({
  customerId: z.string(),
  meterId: z.string(),
  endsAt: z.coerce.date(),
})

/** What was billed of the usage of one tenant's customers. */
export class UsageReadingsRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /** Writes down what is billed with the boundary at which each period ends. */
  async insert(readings: readonly ReadPeriod<UsageReading>[], createdAt: Date): Promise<void> {
    const values = readings.flatMap(({ period, meter }) => {
      const { subscriptionId, customerId, endsAt: billedAt } = period
      const row = (
        { startsAt, endsAt, periodStartOn, periodEndOn }: Omit<LateUsage, 'billed' | 'quantity'>,
        quantity: bigint,
      ) => ({
        ...{
          id: newId(),
          subscriptionId,
          customerId,
          meterId: meter.id,
          startsAt,
          endsAt,
          billedAt,
        },
        ...{ periodStartOn, periodEndOn, quantity: decimalText(decimalOf(quantity)) },
      })
      return [
        row(period, period.quantity),
        ...period.late.map((late) => row(late, late.quantity - late.billed)),
      ]
    })
    await this.#db.execute(
      sql`insert into gramkit.billing_usage_reading (tenant_id, id, subscription_id, customer_id,
            meter_id, starts_at, ends_at, period_start_on, period_end_on, billed_at, quantity,
            created_at)
          select ${this.#tenantId}, r.id, r."subscriptionId", r."customerId", r."meterId",
            r."startsAt", r."endsAt", r."periodStartOn", r."periodEndOn", r."billedAt", r.quantity,
            ${createdAt.toISOString()}::timestamptz
          from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r (id uuid,
            "subscriptionId" uuid, "customerId" uuid, "meterId" uuid, "startsAt" timestamptz,
            "endsAt" timestamptz, "periodStartOn" date, "periodEndOn" date, "billedAt" timestamptz,
            quantity numeric)`,
    )
  }

  /**
   * What was billed of the periods before each of some, as far back as events were accepted when the
   * one before it was billed, oldest first; by the place among those asked for.
   */
  async listEarlier(
    asked: readonly ReadPeriod[],
  ): Promise<readonly (Omit<LateUsage, 'quantity'> & { readonly n: number })[]> {
    const questions = asked.map(({ period: { subscriptionId, startsAt }, meter }, n) => ({
      ...{ n, subscriptionId, startsAt, meterId: meter.id, days: meter.acceptedDays },
    }))
    const found = await rows(
      this.#db,
      sql`select q.n, r.starts_at as "startsAt", r.ends_at as "endsAt",
            r.period_start_on::text as "periodStartOn", r.period_end_on::text as "periodEndOn",
            sum(r.quantity)::text as billed
          from jsonb_to_recordset(${JSON.stringify(questions)}::jsonb) as q (n integer,
            "subscriptionId" uuid, "meterId" uuid, "startsAt" timestamptz, days integer)
          join gramkit.billing_usage_reading r on r.tenant_id = ${this.#tenantId}
            and r.subscription_id = q."subscriptionId" and r.meter_id = q."meterId"
            and r.ends_at <= q."startsAt"
            and r.ends_at > q."startsAt" - make_interval(hours => 24 * q.days)
          group by q.n, r.starts_at, r.ends_at, r.period_start_on, r.period_end_on order by q.n, r.starts_at`,
      billedRow,
    )
    return found.map((row) => ({ ...row, billed: readDecimal(row.billed) }))
  }

  /** Until when usage was billed, by customer and meter as `<customer>:<meter>`. */
  async listBilledUntil(
    customerIds: Iterable<string>,
    meterIds: Iterable<string>,
  ): Promise<ReadonlyMap<string, Date>> {
    const found = await rows(
      this.#db,
      sql`select customer_id as "customerId", meter_id as "meterId", max(ends_at) as "endsAt"
          from gramkit.billing_usage_reading where tenant_id = ${this.#tenantId}
            and customer_id = any(${sql.param([...customerIds])}::uuid[])
            and meter_id = any(${sql.param([...meterIds])}::uuid[])
          group by 1, 2`,
      untilRow,
    )
    return new Map(found.map((row) => [`${row.customerId}:${row.meterId}`, row.endsAt]))
  }
}
