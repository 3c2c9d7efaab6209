import { type Decimal, decimalOf, localDay, readDecimal } from '../../../kernel/index.ts'
import type { LineKind, PricedLine } from '../invoices/invoice-line.ts'
import type { BillingPeriod, PeriodDays } from '../periods/billing-period.ts'
import { localMidnight } from '../periods/local-midnight.ts'
import { isUsage } from '../pricing/charge.ts'
import type { Discount } from '../pricing/discount.ts'
import { priceSegment } from '../pricing/price-charge.ts'
import type { PricingPlugIns } from '../pricing/pricing-plug-in.ts'
import { type ChargedLine, prorateChanges } from '../pricing/proration.ts'
import { type Segment, segmentsOf } from '../pricing/segments.ts'
import type { LateUsage, MeteredPeriod, UsageReading } from '../usage/usage-reading.ts'
import type { ResolvedRevision } from './revisions.ts'
import type { BilledSubscription } from './subscription.ts'

/** What billing reads of a subscription and moves on. */
export type BillingState = Pick<
  BilledSubscription,
  | 'id'
  | 'customerId'
  | 'status'
  | 'currency'
  | 'timeZone'
  | 'anchorOn'
  | 'cycle'
  | 'periodIndex'
  | 'billCount'
  | 'chargedRevision'
  | 'carried'
>

/** What takes something off a bill. */
export interface BillDiscount extends Discount {
  readonly title: string
  /** Bills that it may still be taken off, of all subscriptions; null for any number. */
  readonly invoicesLeft: number | null
}

/** All that a bill is reckoned from, beside its subscription. */
export interface BillFacts {
  readonly revisions: readonly ResolvedRevision[]
  /** What the bill before charged in advance. */
  readonly charged: readonly ChargedLine[]
  readonly discounts: readonly BillDiscount[]
  usageOf(asked: MeteredPeriod): UsageReading
}

/** A line of a bill, before taxes. */
export interface BillLine extends PricedLine {
  readonly chargeKey: string | null
  readonly revision: number | null
}

const ONE = readDecimal('1')

/** What changes of a period give back and charge of what was paid in advance. */
export function changesOf(
  { chargedRevision, currency }: BillingState,
  period: BillingPeriod,
  { revisions, charged }: BillFacts,
  plugIns: PricingPlugIns,
): BillLine[] {
  const current = revisions.find(({ number }) => number === chargedRevision)
  if (!current) return []
  const changes = revisions.filter(
    ({ number, fromOn }) => number > current.number && fromOn >= current.fromOn,
  )
  const found = prorateChanges({ period, current, changes, charged, currency }, plugIns)
  return found.map((line) => {
    const { chargeKey, fromOn, untilOn, amount, steps } = line
    const shared = { chargeKey, fromOn, untilOn, amount, steps, unitPrice: null }
    if (line.kind === 'charge') {
      const { title, revision, quantity } = line
      return { ...shared, kind: 'change', title, revision, quantity }
    }
    const title = titleOf(current, chargeKey)
    return { ...shared, kind: 'credit', title, revision: current.number, quantity: ONE }
  })
}

/** What is paid in arrears for a period, and what came late for earlier ones. */
export function arrearsOf(
  subscription: BillingState,
  period: BillingPeriod,
  { revisions, usageOf }: BillFacts,
  plugIns: PricingPlugIns,
): BillLine[] {
  const { currency } = subscription
  const read = segmentsOf(period, revisions, 'arrears').map((segment) => {
    const asked = askedBy(segment, period, subscription)
    return { segment, reading: asked && usageOf(asked) }
  })
  const late = lateOf(subscription, read, revisions, plugIns)
  const seen = new Set<string>()
  const lines = read.flatMap(({ segment, reading }) => {
    const { charge, revision, fromOn, untilOn } = segment
    const line = lineOf('arrears', segment, { period, currency, usage: reading?.quantity }, plugIns)
    const more = seen.has(charge.key) ? undefined : late.get(charge.key)
    seen.add(charge.key)
    return more ? [line, { ...more, title: charge.title, revision, fromOn, untilOn }] : [line]
  })
  // Of charges that the plan has no more.
  return [...lines, ...[...late.values()].filter(({ chargeKey }) => !seen.has(chargeKey))]
}

/** A segment with the usage that it asked for, where it is one for usage. */
interface ReadSegment {
  readonly segment: Segment
  readonly reading: UsageReading | undefined
}

/**
 * What came late for periods that were billed, by the charges that they had then: the price of all less
 * that of what was billed.
 */
function lateOf(
  { timeZone, currency }: BillingState,
  read: readonly ReadSegment[],
  revisions: readonly ResolvedRevision[],
  plugIns: PricingPlugIns,
): ReadonlyMap<string, BillLine & { readonly chargeKey: string }> {
  const late = new Map<string, BillLine & { readonly chargeKey: string }>()
  // Two charges on one meter have the same readings.
  const readings = new Map(read.map((each) => [each.reading, each.segment]))
  for (const [reading, { fromOn, untilOn }] of readings) {
    for (const span of reading?.late ?? []) {
      const period = { startOn: span.periodStartOn, endOn: span.periodEndOn }
      for (const segment of segmentsThen(span, period, {
        meter: reading?.meter,
        revisions,
        timeZone,
      })) {
        const priceOf = (usage: Decimal): bigint =>
          priceSegment(segment, { period, currency, usage }, plugIns).amount
        const { key: chargeKey, title } = segment.charge
        const { revision } = segment
        const before = late.get(chargeKey)
        late.set(chargeKey, {
          ...{ kind: 'late', title, chargeKey, revision, fromOn, untilOn, steps: [] },
          unitPrice: null,
          quantity: decimalOf((before?.quantity ?? 0n) + span.quantity - span.billed),
          amount: (before?.amount ?? 0n) + priceOf(span.quantity) - priceOf(span.billed),
        })
      }
    }
  }
  return new Map([...late].filter(([, { amount }]) => amount !== 0n))
}

/** The charges for the usage of a meter that days were billed by. */
function segmentsThen(
  span: LateUsage,
  period: PeriodDays,
  {
    meter,
    revisions,
    timeZone,
  }: {
    readonly meter: string | undefined
    readonly revisions: readonly ResolvedRevision[]
    readonly timeZone: string
  },
): Segment[] {
  const [from, until] = [localDay(span.startsAt, timeZone), localDay(span.endsAt, timeZone)]
  return segmentsOf(period, revisions, 'arrears').filter(
    ({ charge, fromOn, untilOn }) =>
      isUsage(charge) && charge.meter === meter && fromOn === from && untilOn === until,
  )
}

/** What is paid in advance for a period. */
export function advanceOf(
  { currency }: BillingState,
  period: BillingPeriod,
  inForce: ResolvedRevision,
  plugIns: PricingPlugIns,
): BillLine[] {
  return segmentsOf(period, [inForce], 'advance').map((segment) =>
    lineOf('advance', segment, { period, currency }, plugIns),
  )
}

function lineOf(
  kind: LineKind,
  segment: Segment,
  facts: Parameters<typeof priceSegment>[1],
  plugIns: PricingPlugIns,
): BillLine {
  const { charge, revision, fromOn, untilOn } = segment
  const { amount, steps } = priceSegment(segment, facts, plugIns)
  const isWhole = steps.length === 1 && 'rate' in charge && charge.model !== 'package'
  return {
    ...{ kind, title: charge.title, chargeKey: charge.key, revision, fromOn, untilOn },
    quantity: charge.model === 'flat' ? ONE : (facts.usage ?? segment.quantity),
    ...{ unitPrice: isWhole ? charge.rate : null, steps, amount },
  }
}

/** The usage that a segment asks for, where it is one for usage. */
export function askedBy(
  { charge, fromOn, untilOn }: Segment,
  { startOn: periodStartOn, endOn: periodEndOn }: PeriodDays,
  { id: subscriptionId, customerId, timeZone }: BillingState,
): MeteredPeriod | undefined {
  if (!isUsage(charge)) return undefined
  const [startsAt, endsAt] = [localMidnight(fromOn, timeZone), localMidnight(untilOn, timeZone)]
  const { meter } = charge
  return { subscriptionId, customerId, meter, startsAt, endsAt, periodStartOn, periodEndOn }
}

function titleOf({ charges }: ResolvedRevision, key: string): string {
  return charges.find((charge) => charge.key === key)?.title ?? key
}

/** What amounts come to. */
export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
