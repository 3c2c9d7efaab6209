import { addDays, assert, localDay } from '../../../kernel/index.ts'
import { addMonths, daysBetween, localMidnight, monthsBetween } from './local-midnight.ts'

/** How often something is billed. */
export const CYCLES = [
  'weekly',
  'monthly',
  'quarterly',
  'semi_annually',
  'annually',
  'one_time',
] as const

/** A way to be billed again and again, or once. */
export type Cycle = (typeof CYCLES)[number]

/** When a subscription is billed. */
export interface Schedule {
  /** First local day of the first period; its day of the month is kept through shorter months. */
  readonly anchorOn: string
  readonly cycle: Cycle
  /** Whose midnights end a day: that of the customer. */
  readonly timeZone: string
}

/** The local days of a period, from `startOn` up to the one before `endOn`. */
export interface PeriodDays {
  readonly startOn: string
  readonly endOn: string
}

/**
 * One period of a schedule: its local days, which are the instants from `startsAt` up to, not
 * including, `endsAt`. The next period begins where it ends.
 */
export interface BillingPeriod extends PeriodDays {
  /** Counts from 0. */
  readonly index: number
  readonly startsAt: Date
  readonly endsAt: Date
  /** How many local days it has, whatever their hours. */
  readonly days: number
}

/**
 * One moment at which a subscription is billed: what is paid in advance for the period that begins,
 * what is paid in arrears for the one that ended.
 */
export interface Boundary {
  readonly index: number
  readonly at: Date
  readonly on: string
  /** None at the first boundary: nothing ended there. */
  readonly ended: BillingPeriod | undefined
  readonly begins: BillingPeriod
}

const STEPS = {
  weekly: { days: 7 },
  monthly: { months: 1 },
  quarterly: { months: 3 },
  semi_annually: { months: 6 },
  annually: { months: 12 },
} as const

/**
 * One period of a schedule. What is billed once has one period, of one day.
 *
 * Each is counted from the anchor and never from the period before it, so the day of the month does
 * not drift: 31 January, 29 February, 31 March.
 *
 * @throws {@link AssertionFailed} for a period that the schedule has not
 */
export function periodAt(schedule: Schedule, index: number): BillingPeriod {
  const isOnce = schedule.cycle === 'one_time'
  assert(Number.isSafeInteger(index) && index >= 0, 'Periods count from 0')
  assert(!isOnce || index === 0, 'What is billed once has one period')
  const startOn = startOf(schedule, index)
  const endOn = isOnce ? addDays(startOn, 1) : startOf(schedule, index + 1)
  return {
    index,
    startOn,
    endOn,
    startsAt: localMidnight(startOn, schedule.timeZone),
    endsAt: localMidnight(endOn, schedule.timeZone),
    days: daysBetween(startOn, endOn),
  }
}

/** The period that an instant lies in; undefined before the first, and after the only one. */
export function periodOf(schedule: Schedule, instant: Date): BillingPeriod | undefined {
  if (schedule.cycle === 'one_time') {
    const only = periodAt(schedule, 0)
    return only.startsAt <= instant && instant < only.endsAt ? only : undefined
  }
  if (instant < localMidnight(schedule.anchorOn, schedule.timeZone)) return undefined
  const today = localDay(instant, schedule.timeZone)
  let period = periodAt(schedule, Math.max(0, indexNear(schedule, schedule.cycle, today)))
  // Clocks are set back over midnight in few places, so a date may come twice: the instant decides.
  while (instant < period.startsAt) period = periodAt(schedule, period.index - 1)
  while (instant >= period.endsAt) period = periodAt(schedule, period.index + 1)
  return period
}

/** One moment of billing of a schedule, by the period that begins there. */
export function boundaryAt(schedule: Schedule, index: number): Boundary {
  const begins = periodAt(schedule, index)
  return {
    index,
    at: begins.startsAt,
    on: begins.startOn,
    ended: index === 0 ? undefined : periodAt(schedule, index - 1),
    begins,
  }
}

/**
 * The boundaries that have come, oldest first: after a time in which nothing ran, each missed one.
 *
 * @param options.from the first that was not billed yet
 * @param options.limit at most so many at once; the others come with the next call
 */
export function dueBoundaries(
  schedule: Schedule,
  options: { readonly from: number; readonly now: Date; readonly limit: number },
): Boundary[] {
  const due: Boundary[] = []
  for (let index = options.from; due.length < options.limit; index++) {
    if (schedule.cycle === 'one_time' && index > 0) break
    const boundary = boundaryAt(schedule, index)
    if (boundary.at > options.now) break
    due.push(boundary)
  }
  return due
}

function startOf({ anchorOn, cycle }: Schedule, index: number): string {
  if (cycle === 'one_time') return anchorOn
  const step = STEPS[cycle]
  return 'days' in step
    ? addDays(anchorOn, step.days * index)
    : addMonths(anchorOn, step.months * index)
}

function indexNear(
  { anchorOn }: Schedule,
  cycle: Exclude<Cycle, 'one_time'>,
  today: string,
): number {
  const step = STEPS[cycle]
  return Math.floor(
    'days' in step
      ? daysBetween(anchorOn, today) / step.days
      : monthsBetween(anchorOn, today) / step.months,
  )
}
