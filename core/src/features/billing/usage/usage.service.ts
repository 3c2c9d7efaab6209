import { type Decimal, InvalidValue, isAppError, NotFound, ZERO } from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import type { Meter } from './meter.ts'
import { UsageConflict, UsageRefused } from './usage.errors.ts'
import type { UsageScope } from './usage.scope.ts'
import {
  type CountedUsage,
  type RefusedUsage,
  USAGE_BATCH_MAX,
  type UsageEventInput,
  type UsageReport,
  usageEventFields,
} from './usage-event.ts'
import { assess, type IndexedUsage, type IntakeFacts } from './usage-intake.ts'
import type {
  LateUsage,
  MeteredPeriod,
  UsageSpan,
  UsageTotal,
  UsageTotals,
} from './usage-reading.ts'

/** What customers used: recorded once, counted exactly, billed once. */
export class UsageService {
  readonly #scope: UsageScope

  constructor(scope: UsageScope) {
    this.#scope = scope
  }

  /**
   * Records one event. Told again it is a duplicate, and counted once.
   *
   * @throws {@link UsageConflict} when another event has the id
   * @throws {@link UsageRefused}
   * @example
   * await billing.usage.record({
   *   id: requestId, customerId, meter: 'api_calls', at: clock.now(), properties: { calls: 3 },
   * })
   */
  async record(event: UsageEventInput): Promise<'accepted' | 'duplicate'> {
    const report = await this.recordBatch([event])
    const [refused] = report.refused
    if (!refused) return report.accepted > 0 ? 'accepted' : 'duplicate'
    const { source = 'api', id } = event
    if (refused.reason === 'conflict') throw new UsageConflict({ source, eventId: id })
    throw new UsageRefused(refused)
  }

  /**
   * Records up to 10,000 events, in any order, in one transaction. Those that are wrong are named and
   * left out, and the others are counted: one wrong event must not hold back 9,999 that are right, and
   * a batch that is sent again counts nothing twice.
   *
   * @throws {@link InvalidValue} for no events, or more than 10,000
   */
  async recordBatch(events: readonly UsageEventInput[]): Promise<UsageReport> {
    if (events.length === 0 || events.length > USAGE_BATCH_MAX) {
      throw new InvalidValue({ field: 'events', problem: `are not 1 to ${USAGE_BATCH_MAX}` })
    }
    const { read, wrong } = readEvents(events)
    return this.#scope.transaction(async (tx) => {
      const { timely, late, refused } = assess(read, await intakeFacts(tx, read))
      refused.push(...wrong)
      const now = tx.clock.now()
      const accepted = timely.length > 0 ? await tx.repos.usageEvents.insertNew(timely, now) : 0
      if (accepted > 0) await tx.repos.quotas.noteUse(usersOf(timely), now)
      // What was counted in time may be told again when it is late: it is looked for as well.
      const asked = accepted < timely.length ? [...timely, ...late.keys()] : [...late.keys()]
      const stored = asked.length > 0 ? await tx.repos.usageEvents.listStored(asked) : []
      const isSame = new Map(stored.map((row) => [row.index, row.isSame]))
      for (const { index } of asked) {
        if (isSame.get(index) !== false) continue
        const problem = 'another event of the source has its id'
        refused.push({ index, reason: 'conflict', problem })
      }
      for (const [{ index }, why] of late) {
        if (!isSame.has(index)) refused.push({ index, ...why })
      }
      refused.sort((left, right) => left.index - right.index)
      return { accepted, duplicates: events.length - accepted - refused.length, refused }
    })
  }

  /**
   * What is counted from an instant up to, not including, another: exactly, as of now.
   *
   * @throws {@link NotFound} for a code of no meter
   * @throws {@link InvalidValue} for an end that is not after the start
   * @example
   * const { startsAt, endsAt } = periodOf(schedule, clock.now())
   * const [total] = await billing.usage.totals([{ customerId, meter: 'api_calls', startsAt, endsAt }])
   */
  totals(spans: readonly UsageSpan[]): Promise<UsageTotal[]> {
    return this.#scope.transaction(async (tx) => {
      const asked = await withMeters(tx, spans)
      const quantities = await total(tx, asked)
      return asked.map(({ period }, index) => ({ ...period, quantity: at(quantities, index) }))
    })
  }

  /**
   * What is to be billed for usage at the ends of some periods of subscriptions: what was counted in
   * them, and what is counted of earlier ones beyond what was billed. Only reads; {@link bill} in the
   * transaction that makes the invoices out.
   *
   * @throws {@link NotFound} for a code of no meter
   * @throws {@link InvalidValue} for an end that is not after the start
   */
  read(periods: readonly MeteredPeriod[]): Promise<UsageTotals> {
    return this.#scope.transaction(async (tx) => {
      const asked = await withMeters(tx, periods)
      const billed = await tx.repos.usageReadings.listEarlier(asked)
      const earlier = billed.flatMap(({ n, startsAt, endsAt }) => {
        const of = asked[n]
        return of ? [{ ...of, period: { ...of.period, startsAt, endsAt } }] : []
      })
      const quantities = await total(tx, [...asked, ...earlier])
      const late = Map.groupBy(
        billed.map((period, index) => ({
          ...period,
          quantity: at(quantities, asked.length + index),
        })),
        ({ n }) => n,
      )
      return asked.map(({ period }, index) => ({
        ...period,
        quantity: at(quantities, index),
        late: (late.get(index) ?? []).flatMap(({ n: _, ...rest }): LateUsage[] =>
          rest.quantity === rest.billed ? [] : [rest],
        ),
      }))
    })
  }

  /**
   * Writes down that usage was billed, in the transaction that makes the invoices out: what comes
   * later for these periods is late. A period that was billed with the same boundary already is
   * refused by the database, so its invoice fails as well.
   *
   * @throws {@link NotFound} for a code of no meter
   */
  bill(totals: UsageTotals): Promise<void> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.usageReadings.insert(await withMeters(tx, totals), tx.clock.now())
    })
  }
}

/** Which customers use of which meters that may have quotas. */
function usersOf(
  counted: readonly CountedUsage[],
): { readonly customerId: string; readonly meterId: string }[] {
  const users = counted.flatMap(({ event: { customerId }, meter: { id, aggregation } }) =>
    aggregation === 'sum' ? [[`${customerId} ${id}`, { customerId, meterId: id }] as const] : [],
  )
  return [...new Map(users).values()]
}

/** Events that are right by themselves, and what is wrong with the others. */
function readEvents(events: readonly UsageEventInput[]): {
  readonly read: readonly IndexedUsage[]
  readonly wrong: readonly RefusedUsage[]
} {
  const wrong: RefusedUsage[] = []
  const read = events.flatMap((event, index) => {
    try {
      return [{ index, event: readFields(usageEventFields, event) }]
    } catch (error) {
      if (!isAppError(error)) throw error
      wrong.push({ index, reason: 'invalid', problem: error.message })
      return []
    }
  })
  return { read, wrong }
}

/** What events are held against. */
async function intakeFacts(tx: UsageScope, read: readonly IndexedUsage[]): Promise<IntakeFacts> {
  const meters = await tx.repos.meters.listByCodes(read.map(({ event }) => event.meter))
  const customerIds = read.map(({ event }) => event.customerId)
  const customers = await tx.repos.usageEvents.listCustomers(customerIds)
  const strict = [...meters.values()].flatMap(({ id, late }) => (late === 'refused' ? [id] : []))
  const billedUntil =
    strict.length > 0
      ? await tx.repos.usageReadings.listBilledUntil(customers, strict)
      : new Map<string, Date>()
  return { meters, customers, billedUntil, now: tx.clock.now() }
}

/** Finds the meters of some spans. */
async function withMeters<Span extends UsageSpan>(
  tx: UsageScope,
  spans: readonly Span[],
): Promise<{ readonly period: Span; readonly meter: Meter }[]> {
  const meters = await tx.repos.meters.listByCodes(spans.map(({ meter }) => meter))
  return spans.map((period) => {
    const meter = meters.get(period.meter)
    if (!meter) throw new NotFound({ what: 'meter', id: period.meter })
    if (period.endsAt <= period.startsAt) {
      throw new InvalidValue({ field: 'endsAt', problem: 'is not after startsAt' })
    }
    return { period, meter }
  })
}

function total(
  tx: UsageScope,
  asked: readonly { readonly period: UsageSpan; readonly meter: Meter }[],
): Promise<Decimal[]> {
  return tx.repos.usageEvents.total(
    asked.map(({ period: { customerId, startsAt, endsAt }, meter: { id, aggregation } }) => ({
      ...{ customerId, meterId: id, aggregation, startsAt, endsAt },
    })),
  )
}

function at(quantities: readonly Decimal[], index: number): Decimal {
  return quantities[index] ?? ZERO
}
