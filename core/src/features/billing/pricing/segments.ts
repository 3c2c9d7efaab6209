import { z } from 'zod'
import type { Decimal } from '../../../kernel/index.ts'
import type { PeriodDays } from '../periods/billing-period.ts'
import type { DaySpan } from '../periods/days.ts'
import { type Charge, chargeField, isUsage } from './charge.ts'
import { most } from './order.ts'

/**
 * How a change takes effect: from its day on and by days, from its day on but without reckoning the
 * days, or with the next period.
 */
export const PRORATIONS = ['time', 'none', 'next_period'] as const

/** A way for a change to take effect. */
export type Proration = (typeof PRORATIONS)[number]

/** What a subscription costs from a day on; one without charges ends it. */
export interface Revision {
  /** Counts up; of two of one day the later is in force. */
  readonly number: number
  readonly fromOn: string
  readonly proration: Exclude<Proration, 'next_period'>
  readonly charges: readonly Charge[]
  readonly quantity: Decimal
}

/** Days of a period in which one charge stayed as it was. */
export interface Segment extends DaySpan {
  /** The revision that brought it. */
  readonly revision: number
  readonly charge: Charge
  readonly quantity: Decimal
}

/**
 * What was charged for in a period and on which of its days, charge by charge: a charge that a
 * change leaves alone stays one segment, so its tiers and allowance are not begun anew.
 *
 * A change without proration counts, in arrears, from where what it replaces began, and in advance
 * from the next period on. An end without proration cuts nothing short.
 *
 * @param revisions in any order; of those before the period the last counts
 */
export function segmentsOf(
  period: PeriodDays,
  revisions: readonly Revision[],
  when: Charge['when'],
): Segment[] {
  const spans = spansOf(period, revisions, when)
  const keys = new Set(spans.flatMap(({ charges }) => charges.map(({ key }) => key)))
  return [...keys].flatMap((key) => segmentsOfCharge(key, spans, when))
}

interface RevisionSpan extends Revision, DaySpan {}

function spansOf(
  period: PeriodDays,
  revisions: readonly Revision[],
  when: Charge['when'],
): RevisionSpan[] {
  const begun: Revision[] = []
  for (const revision of inOrder(revisions)) {
    if (revision.fromOn >= period.endOn) break
    const fromOn = most(revision.fromOn, period.startOn)
    const isOfBefore = begun.length === 0 || revision.fromOn < period.startOn
    if (isOfBefore || revision.proration === 'time') begun.push({ ...revision, fromOn })
    else if (when === 'arrears' && revision.charges.length > 0) {
      begun.push({ ...revision, fromOn: begun.pop()?.fromOn ?? fromOn })
    }
  }
  return begun
    .map((revision, index) => ({
      ...revision,
      untilOn: begun[index + 1]?.fromOn ?? period.endOn,
    }))
    .filter(({ fromOn, untilOn }) => fromOn < untilOn)
}

function segmentsOfCharge(
  key: string,
  spans: readonly RevisionSpan[],
  when: Charge['when'],
): Segment[] {
  const segments: Segment[] = []
  for (const { number, charges, quantity, fromOn, untilOn } of spans) {
    const charge = charges.find((each) => each.key === key && each.when === when)
    if (charge === undefined) continue
    const next = { revision: number, charge, quantity, fromOn, untilOn }
    const last = segments.at(-1)
    if (last?.untilOn === fromOn && costsTheSame(last, next)) {
      segments.splice(-1, 1, { ...last, untilOn })
    } else segments.push(next)
  }
  return segments
}

/** Tells whether two charges come to the same, whatever their titles. */
export function costsTheSame(one: ChargedQuantity, other: ChargedQuantity): boolean {
  const isCounted = one.charge.model !== 'flat' && !isUsage(one.charge)
  return (
    textOf(one.charge) === textOf(other.charge) && !(isCounted && one.quantity !== other.quantity)
  )
}

interface ChargedQuantity {
  readonly charge: Charge
  readonly quantity: Decimal
}

function textOf(charge: Charge): string {
  return JSON.stringify({ ...z.encode(chargeField, charge), title: '' })
}

function inOrder(revisions: readonly Revision[]): Revision[] {
  const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other))
  return revisions.toSorted(
    (one, other) => compare(one.fromOn, other.fromOn) || one.number - other.number,
  )
}
