import {
  assert,
  type Currency,
  type Decimal,
  formatDecimal,
  fraction,
  roundFraction,
} from '../../../kernel/index.ts'
import type { BillingPeriod } from '../periods/billing-period.ts'
import type { DaySpan } from '../periods/days.ts'
import { daysBetween } from '../periods/local-midnight.ts'
import { most } from './order.ts'
import { priceSegment } from './price-charge.ts'
import type { PriceStep } from './price-step.ts'
import type { PricingPlugIns } from './pricing-plug-in.ts'
import { costsTheSame, type Revision, segmentsOf } from './segments.ts'

/** A line that was charged in advance. */
export interface ChargedLine extends DaySpan {
  readonly chargeKey: string
  /** Minor units, after discounts and before tax. */
  readonly amount: bigint
  /**
   * What was given back of it already, for the days from one on to its end; for no days in
   * particular, from `untilOn` on. [nothing]
   */
  readonly credited?: { readonly fromOn: string; readonly amount: bigint } | undefined
}

/** What a change gives back of a line that was charged in advance. */
export interface ProratedCredit<Line extends ChargedLine> extends DaySpan {
  readonly kind: 'credit'
  readonly chargeKey: string
  readonly line: Line
  /** Minor units, below 0. */
  readonly amount: bigint
  readonly steps: readonly PriceStep[]
}

/** What a change charges in advance for the days that are left. */
export interface ProratedCharge extends DaySpan {
  readonly kind: 'charge'
  readonly chargeKey: string
  readonly title: string
  /** The revision that brought it. */
  readonly revision: number
  readonly quantity: Decimal
  readonly amount: bigint
  readonly steps: readonly PriceStep[]
}

/** What changes within a period are reckoned from. */
export interface ProrationFacts<Line extends ChargedLine> {
  readonly period: BillingPeriod
  /** The revision in force when `charged` was charged. */
  readonly current: Revision
  /** Later ones, in any order; one of another period changes nothing in this. */
  readonly changes: readonly Revision[]
  /** What was charged in advance for the period. */
  readonly charged: readonly Line[]
  readonly currency: Currency
}

/**
 * What changes within a period give back and charge of what is paid in advance: the same function
 * for a preview, with the change that is thought of, and for the invoice.
 *
 * A line whose charge changed is given back for the days from the change on, of what was really
 * charged for it, so never more than that. What took its place is charged for the days it stood.
 * A charge that stayed as it was gives no line.
 */
export function prorateChanges<Line extends ChargedLine>(
  facts: ProrationFacts<Line>,
  plugIns: PricingPlugIns,
): (ProratedCredit<Line> | ProratedCharge)[] {
  const { period, current, changes, charged, currency } = facts
  const areLater = changes.every(
    ({ number, fromOn }) => number > current.number && fromOn >= current.fromOn,
  )
  assert(areLater, 'What changes a revision is later than it')
  const segments = segmentsOf(period, [current, ...changes], 'advance')
  const startOn = most(current.fromOn, period.startOn)
  const { charges: before, quantity } = current
  const paid = segments.filter(
    (segment) =>
      segment.fromOn === startOn &&
      before.some((charge) => costsTheSame(segment, { charge, quantity })),
  )
  const credits = charged.flatMap((line) => {
    const stayed = paid.find(({ charge }) => charge.key === line.chargeKey)
    return creditFrom(stayed?.untilOn ?? startOn, line, currency)
  })
  const charges = segments.flatMap((segment): ProratedCharge[] => {
    if (paid.includes(segment)) return []
    const { charge, ...rest } = segment
    const { amount, steps } = priceSegment(segment, { period, currency }, plugIns)
    const { key: chargeKey, title } = charge
    return [{ kind: 'charge', chargeKey, title, ...rest, amount, steps }]
  })
  return [...credits, ...charges]
}

function creditFrom<Line extends ChargedLine>(
  changeOn: string,
  line: Line,
  currency: Currency,
): ProratedCredit<Line>[] {
  assert(line.amount >= 0n, 'What was charged is 0 or more')
  const { chargeKey } = line
  const fromOn = most(changeOn, line.fromOn)
  const untilOn = line.credited?.fromOn ?? line.untilOn
  if (fromOn >= untilOn) return []
  const [unused, days] = [daysBetween(fromOn, line.untilOn), daysBetween(line.fromOn, line.untilOn)]
  const back = roundFraction(fraction(line.amount * BigInt(unused), BigInt(days)))
  const amount = back - (line.credited?.amount ?? 0n)
  if (amount <= 0n) return []
  const steps: PriceStep[] = [
    { kind: 'charged', amount: formatDecimal({ amount: line.amount, currency }) },
    { kind: 'days', days: String(daysBetween(fromOn, untilOn)), of: String(days) },
  ]
  return [{ kind: 'credit', chargeKey, line, fromOn, untilOn, amount: -amount, steps }]
}
