import { addMs, addPeriod, type Currency, DAY_MS, type Period } from '../../../kernel/index.ts'
import type { Span } from '../course.ts'
import { paidUntil, type Subscription } from '../subscription.ts'

/** How a change of plan deals with the time that is left. */
export const PRORATIONS = ['none', 'time', 'next_period'] as const

/**
 * How a change of plan deals with the time that is left.
 *
 * - `none`: the new plan begins now at its full price; what was left is lost.
 * - `time`: the new plan begins now for nothing; what was left is turned into its time by price.
 * - `next_period`: everything stays until the billing date; the next charge is the new plan's.
 */
export type Proration = (typeof PRORATIONS)[number]

/** The plan that somebody changes to. */
export interface TargetPlan {
  readonly productId: string
  readonly title: string
  readonly period: Period
  readonly amount: bigint
}

/** What a change will do, before it is made. */
export interface ChangePreview {
  readonly productId: string
  readonly title: string
  readonly proration: Proration
  /** When the new plan begins. */
  readonly startsAt: Date
  /** Until when what is paid then reaches. */
  readonly until: Date
  /** The next charge, and whether it needs the buyer; null when nothing will be charged. */
  readonly charge: {
    readonly at: Date
    readonly amount: bigint
    readonly currency: Currency
    readonly by: 'saved_method' | 'buyer'
  } | null
  /** Time of the old plan that is given up. */
  readonly lostMs: number
}

/** The length of a period that begins at an instant. */
export function lengthMs(start: Date, period: Period, anchorDay = start.getUTCDate()): number {
  return addPeriod(start, period, anchorDay).getTime() - start.getTime()
}

/**
 * The length of the period that the price of a running subscription pays for. Time that a change or
 * a refund has cut to measure begins on another day than its billing day, and is measured from there:
 * to the billing day it may be an hour or two months.
 */
function paidLengthMs(
  of: Pick<Subscription, 'currentPeriodStart' | 'period' | 'anchorDay'>,
): number {
  const { currentPeriodStart: start, period, anchorDay } = of
  const isOnDay = addPeriod(start, { months: 0 }, anchorDay).getTime() === start.getTime()
  return lengthMs(start, period, isOnDay ? anchorDay : undefined)
}

/** What a length of time costs: a price for each so many milliseconds. */
export interface Rate {
  readonly amount: bigint
  readonly lengthMs: number
}

/**
 * Turns time at one price into time at another, of the same value: exact, rounded down to a whole
 * millisecond, so less than a millisecond's price is lost and nothing is ever given away.
 */
export function convertTime(leftMs: bigint, from: Rate, to: Rate): bigint {
  const value = leftMs * from.amount * BigInt(to.lengthMs)
  return value / (to.amount * BigInt(from.lengthMs))
}

/** The longest time that a change may make out of what is left. */
const CONVERTED_MAX_MS = 3_660 * DAY_MS

/**
 * The span of a new plan that begins now with the time that was left of the old one, by price;
 * undefined when that would be more than ten years.
 */
export function convertedSpan(
  subscription: Pick<Subscription, 'currentPeriodStart' | 'period' | 'anchorDay'> & Span,
  price: bigint,
  target: TargetPlan,
  now: Date,
): Span | undefined {
  const leftMs = Math.max(0, paidUntil(subscription).getTime() - now.getTime())
  const convertedMs = convertTime(
    BigInt(leftMs),
    { amount: price, lengthMs: paidLengthMs(subscription) },
    { amount: target.amount, lengthMs: lengthMs(now, target.period) },
  )
  if (convertedMs > BigInt(CONVERTED_MAX_MS)) return undefined
  const end = addMs(now, Number(convertedMs))
  return {
    currentPeriodStart: now,
    currentPeriodEnd: end,
    extraMs: 0,
    anchorDay: end.getUTCDate(),
  }
}
