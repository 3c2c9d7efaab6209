import { addDays, assert, type Fraction, fraction } from '../../../kernel/index.ts'
import type { PeriodDays } from './billing-period.ts'
import { daysBetween, localMidnight } from './local-midnight.ts'

/** Local days in a row: from one up to, not including, another. */
export interface DaySpan {
  readonly fromOn: string
  readonly untilOn: string
}

/** A time for nothing before the first period. */
export interface TrialSpan extends DaySpan {
  readonly endsAt: Date
}

/**
 * The trial of a subscription that starts on a day: so many days, the first one counted. The anchor
 * of its schedule is `untilOn`: a trial is no period and is not billed.
 */
export function trialFrom(startOn: string, days: number, timeZone: string): TrialSpan {
  const untilOn = addDays(startOn, days)
  return { fromOn: startOn, untilOn, endsAt: localMidnight(untilOn, timeZone) }
}

/**
 * The share of a period that a span of days covers: days in both / days of the period, exactly.
 * Days outside of the period do not count.
 */
export function shareOf(period: PeriodDays, { fromOn, untilOn }: DaySpan): Fraction {
  assert(fromOn <= untilOn, 'A span of days ends where it begins or later')
  const from = fromOn > period.startOn ? fromOn : period.startOn
  const until = untilOn < period.endOn ? untilOn : period.endOn
  const covered = from < until ? daysBetween(from, until) : 0
  return fraction(BigInt(covered), BigInt(daysBetween(period.startOn, period.endOn)))
}

/** The last day on which an invoice is paid in time; 0 days of terms are the same day. */
export function dueOn(issuedOn: string, termsDays: number): string {
  return addDays(issuedOn, termsDays)
}
