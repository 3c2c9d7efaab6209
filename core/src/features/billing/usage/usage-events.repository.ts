import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  type Decimal,
  decimalText,
  fraction,
  readDecimal,
  roundToDecimal,
} from '../../../kernel/index.ts'
import { type Executor, rows } from '../../../platform/database/index.ts'
import type { Aggregation } from './meter.ts'
import type { CountedUsage } from './usage-event.ts'

/** What one meter counts of one customer from an instant up to, not including, another. */
export interface CountedSpan {
  readonly customerId: string
  readonly meterId: string
  readonly aggregation: Aggregation
  readonly startsAt: Date
  readonly endsAt: Date
}

/**
 * One number of the events of `q`, which is a customer, a meter and a span. Each reads them by
 * billing_usage_event_time_index.
 */
const AGGREGATES: Readonly<Record<Aggregation, (events: SQL, before: SQL) => SQL>> = {
  sum: (events) => sql`select coalesce(sum(e.quantity), 0) ${events}`,
  count: (events) => sql`select count(*) ${events}`,
  max: (events) => sql`select coalesce(max(e.quantity), 0) ${events}`,
  unique: (events) => sql`select count(distinct e.value collate "C") ${events}`,
  last: (events) => sql`select coalesce((select e.quantity ${events} ${LATEST}), 0)`,
  // Units times milliseconds, exactly; divided by the milliseconds of the span outside.
  weighted: (events, before) => sql`
    select coalesce(sum(quantity * trunc(extract(epoch from until - since) * 1000)), 0) from (
      select quantity, greatest(occurred_at, q.starts_at) as since,
        lead(occurred_at, 1, q.ends_at)
          over (order by occurred_at, source collate "C", event_id collate "C") as until
      from ((select e.* ${before} ${LATEST}) union all (select e.* ${events})) level) held`,
}

/** Of events at one instant, always the same one is the last, whatever order they came in. */
const LATEST = sql.raw(
  'order by e.occurred_at desc, e.source collate "C" desc, e.event_id collate "C" desc limit 1',
)

const countRow = z.object({ count: z.int() })
const storedRow = z.object({ index: z.int(), isSame: z.boolean() })
const idRow = z.object({ id: z.uuid() })
const numberRow = z.object({ n: z.int(), number: z.string() })

/** What the customers of one tenant used; rows are added and never changed. */
export class UsageEventsRepository {
  readonly #db: Executor
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    this.#db = db
    this.#tenantId = tenantId
  }

  /**
   * Writes the events whose ids are new and says how many they are, also while others write the same.
   *
   * Writes in the order of the key, so that two batches with the same events wait for each other and
   * never both ways. Of two with one id the first of the batch is written.
   */
  async insertNew(events: readonly CountedUsage[], createdAt: Date): Promise<number> {
    const [row] = await rows(
      this.#db,
      sql`with written as (
            insert into gramkit.billing_usage_event (tenant_id, source, event_id, customer_id,
              meter_id, occurred_at, quantity, value, properties, created_at)
            select ${this.#tenantId}, g.source, g.event_id, g.customer_id, g.meter_id,
              g.occurred_at, g.quantity, g.value, g.properties,
              ${createdAt.toISOString()}::timestamptz
            from ${given(events)}
            order by g.source collate "C", g.event_id collate "C", g.index
            on conflict (tenant_id, source, event_id) do nothing
            returning 1)
          select count(*)::integer as count from written`,
      countRow,
    )
    return row?.count ?? 0
  }

  /** Which of the events' ids are stored, and whether with the same contents. */
  listStored(events: readonly CountedUsage[]): Promise<{ index: number; isSame: boolean }[]> {
    return rows(
      this.#db,
      sql`select g.index, (e.customer_id, e.meter_id, e.occurred_at, e.quantity, e.value, e.properties)
            is not distinct from
            (g.customer_id, g.meter_id, g.occurred_at, g.quantity, g.value, g.properties) as "isSame"
          from ${given(events)}
          join gramkit.billing_usage_event e on e.tenant_id = ${this.#tenantId}
            and e.source = g.source and e.event_id = g.event_id
          order by g.index`,
      storedRow,
    )
  }

  /** Which customers are there. */
  async listCustomers(ids: Iterable<string>): Promise<ReadonlySet<string>> {
    const found = await rows(
      this.#db,
      sql`select id from gramkit.billing_customer where tenant_id = ${this.#tenantId}
            and id = any(${sql.param([...new Set(ids)])}::uuid[])`,
      idRow,
    )
    return new Set(found.map(({ id }) => id))
  }

  /**
   * What is counted in some spans, in their order: one statement for each aggregation that is asked
   * for. An event at the end of a span belongs to the next one.
   */
  async total(spans: readonly CountedSpan[]): Promise<Decimal[]> {
    const totals: Decimal[] = []
    const indexed = spans.map((span, index) => ({ span, index }))
    const groups = Map.groupBy(indexed, ({ span }) => span.aggregation)
    for (const [aggregation, group] of groups) {
      const found = await this.#aggregate(
        aggregation,
        group.map(({ span }) => span),
      )
      for (const [place, { span, index }] of group.entries()) {
        totals[index] = numberOf(span, found.get(place + 1) ?? '0')
      }
    }
    return totals
  }

  async #aggregate(
    aggregation: Aggregation,
    spans: readonly CountedSpan[],
  ): Promise<ReadonlyMap<number, string>> {
    const of = sql`from gramkit.billing_usage_event e where e.tenant_id = ${this.#tenantId}
      and e.customer_id = q.customer_id and e.meter_id = q.meter_id`
    const number = AGGREGATES[aggregation](
      sql`${of} and e.occurred_at >= q.starts_at and e.occurred_at < q.ends_at`,
      sql`${of} and e.occurred_at < q.starts_at`,
    )
    const found = await rows(
      this.#db,
      sql`select q.n::integer as n, (${number})::text as number
          from unnest(${sql.param(spans.map(({ customerId }) => customerId))}::uuid[],
            ${sql.param(spans.map(({ meterId }) => meterId))}::uuid[],
            ${sql.param(spans.map(({ startsAt }) => startsAt.toISOString()))}::timestamptz[],
            ${sql.param(spans.map(({ endsAt }) => endsAt.toISOString()))}::timestamptz[])
            with ordinality as q (customer_id, meter_id, starts_at, ends_at, n)`,
      numberRow,
    )
    return new Map(found.map(({ n, number: text }) => [n, text]))
  }
}

/** Events as rows of `g`: one array a column, as there may be more than parameters. */
function given(events: readonly CountedUsage[]): SQL {
  const column = (value: (counted: CountedUsage) => string | null): SQL =>
    sql`${sql.param(events.map(value))}`
  return sql`unnest(
    ${sql.param(events.map(({ index }) => index))}::integer[],
    ${column(({ event }) => event.source)}::text[],
    ${column(({ event }) => event.id)}::text[],
    ${column(({ event }) => event.customerId)}::uuid[],
    ${column(({ meter }) => meter.id)}::uuid[],
    ${column(({ event }) => event.at.toISOString())}::timestamptz[],
    ${column(({ quantity }) => (quantity === null ? null : decimalText(quantity)))}::numeric[],
    ${column(({ value }) => value)}::text[],
    ${column(({ event }) => JSON.stringify(event.properties))}::jsonb[]
  ) as g (index, source, event_id, customer_id, meter_id, occurred_at, quantity, value, properties)`
}

function numberOf({ aggregation, startsAt, endsAt }: CountedSpan, text: string): Decimal {
  const number = readDecimal(text)
  if (aggregation !== 'weighted') return number
  const span = BigInt(endsAt.getTime() - startsAt.getTime())
  return roundToDecimal(fraction(number, 10n ** 12n * span))
}
