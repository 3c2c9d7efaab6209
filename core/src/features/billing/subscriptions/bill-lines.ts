import { type Decimal, decimalOf, localDay, readDecimal } from '../../../kernel/index.ts'
import type { LineKind, PricedLine } from '../invoices/invoice-line.ts'
import { type BillingPeriod, periodOf } from '../periods/billing-period.ts'
import { localMidnight } from '../periods/local-midnight.ts'
import { isUsage } from '../pricing/charge.ts'
import type { Discount } from '../pricing/discount.ts'
import { priceCharge, priceSegment } from '../pricing/price-charge.ts'
import type { PricingPlugIns } from '../pricing/pricing-plug-in.ts'
import { type ChargedLine, prorateChanges } from '../pricing/proration.ts'
import { type Segment, segmentsOf } from '../pricing/segments.ts'
import type { LateUsage, MeteredPeriod, UsageReading } from '../usage/usage-reading.ts'
import { inForceOn, type ResolvedRevision } from './revisions.ts'
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
    const asked = askedBy(segment, subscription)
    return { segment, reading: asked && usageOf(asked) }
  })
  const late = Map.groupBy(
    new Set(read.flatMap(({ reading }) => reading ?? [])),
    ({ meter }) => meter,
  )
  const seen = new Set<string>()
  return read.flatMap(({ segment, reading }) => {
    const { key } = segment.charge
    const isFirst = !seen.has(key)
    seen.add(key)
    const facts = { period, currency, usage: reading?.quantity }
    const line = lineOf('arrears', segment, facts, plugIns)
    if (!reading || !isFirst) return [line]
    const spans = (late.get(reading.meter) ?? []).flatMap((each) => each.late)
    return [line, ...lateOf(subscription, segment, { spans, revisions }, plugIns)]
  })
}

/** What came late for periods that were billed: the price of all less that of what was billed. */
function lateOf(
  subscription: BillingState,
  segment: Segment,
  { spans, revisions }: Pick<BillFacts, 'revisions'> & { readonly spans: readonly LateUsage[] },
  plugIns: PricingPlugIns,
): BillLine[] {
  const { key: chargeKey, title } = segment.charge
  const owed = spans.flatMap((span) => {
    const priceOf = priceThen(subscription, chargeKey, { span, revisions }, plugIns)
    if (!priceOf) return []
    const { quantity, billed } = span
    return [{ quantity: quantity - billed, amount: priceOf(quantity) - priceOf(billed) }]
  })
  const amount = sum(owed.map((each) => each.amount))
  if (amount === 0n) return []
  const { revision, fromOn, untilOn } = segment
  const quantity = decimalOf(sum(owed.map((each) => each.quantity)))
  const shared = { title, chargeKey, revision, fromOn, untilOn, quantity, amount }
  return [{ ...shared, kind: 'late', unitPrice: null, steps: [] }]
}

/** How a charge priced days that were billed; undefined where they were not days of it. */
function priceThen(
  { anchorOn, cycle, timeZone, currency }: BillingState,
  chargeKey: string,
  { span, revisions }: Pick<BillFacts, 'revisions'> & { readonly span: LateUsage },
  plugIns: PricingPlugIns,
): ((usage: Decimal) => bigint) | undefined {
  const period = periodOf({ anchorOn, cycle, timeZone }, span.startsAt)
  const [fromOn, untilOn] = [localDay(span.startsAt, timeZone), localDay(span.endsAt, timeZone)]
  if (!period) {
    // Of a cycle before this one, whose periods are not known any more: as a whole period.
    const charge = inForceOn(revisions, fromOn)?.charges.find(({ key }) => key === chargeKey)
    return charge && ((quantity) => priceCharge(charge, { quantity, currency }, plugIns).amount)
  }
  const segment = segmentsOf(period, revisions, 'arrears').find(
    (each) => each.charge.key === chargeKey && each.fromOn === fromOn && each.untilOn === untilOn,
  )
  return segment && ((usage) => priceSegment(segment, { period, currency, usage }, plugIns).amount)
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
  { id: subscriptionId, customerId, timeZone }: BillingState,
): MeteredPeriod | undefined {
  if (!isUsage(charge)) return undefined
  const [startsAt, endsAt] = [localMidnight(fromOn, timeZone), localMidnight(untilOn, timeZone)]
  return { subscriptionId, customerId, meter: charge.meter, startsAt, endsAt }
}

function titleOf({ charges }: ResolvedRevision, key: string): string {
  return charges.find((charge) => charge.key === key)?.title ?? key
}

/** What amounts come to. */
export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
