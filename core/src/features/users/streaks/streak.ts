import { addDays, localDay, STREAK_DAY_START_HOUR } from '../../../kernel/index.ts'

/** Days in a row on which somebody came. */
export interface Streak {
  readonly current: number
  readonly best: number
  /** All days on which they came. */
  readonly total: number
  /** The last of them. */
  readonly day: string
  /** Where they were last seen on that day. */
  readonly timeZone: string
}

/** When and where somebody comes. */
export interface StreakVisit {
  readonly at: Date
  readonly timeZone: string
}

/** A streak as it is shown. */
export interface StreakView extends Pick<Streak, 'current' | 'best' | 'total'> {
  /** Whether they came today, so that nothing is at stake until tomorrow. */
  readonly isCountedToday: boolean
}

/** Lengths of a streak that are worth a word. */
export const STREAK_MILESTONES: readonly number[] = [3, 7, 14, 30, 100]

/** The day that a moment counts for. */
export function streakDay({ at, timeZone }: StreakVisit): string {
  return localDay(at, timeZone, STREAK_DAY_START_HOUR)
}

/** Counts a visit; gives the same streak when the day counts already. */
export function nextStreak(streak: Streak | undefined, visit: StreakVisit): Streak {
  const { timeZone } = visit
  const day = streakDay(visit)
  if (!streak) return { current: 1, best: 1, total: 1, day, timeZone }
  if (day < streak.day) return streak
  if (day === streak.day) return timeZone === streak.timeZone ? streak : { ...streak, timeZone }
  const current = isUnbroken(streak, visit) ? streak.current + 1 : 1
  const best = Math.max(streak.best, current)
  return { current, best, total: streak.total + 1, day, timeZone }
}

/**
 * The streak of a person who was counted as two. The run with the later day goes on; days that both
 * came on are not told apart, so the total is that of the one who came more often.
 */
export function joinStreaks(one: Streak, other: Streak): Streak {
  const isOneAhead = one.day === other.day ? one.current > other.current : one.day > other.day
  return {
    ...(isOneAhead ? one : other),
    best: Math.max(one.best, other.best),
    total: Math.max(one.total, other.total),
  }
}

/** A streak as it stands now; one that is broken counts 0 until the next visit. */
export function viewStreak(streak: Streak | undefined, now: StreakVisit): StreakView {
  if (!streak) return { current: 0, best: 0, total: 0, isCountedToday: false }
  const { current, best, total, day } = streak
  const isCountedToday = streakDay(now) <= day
  return { current: isUnbroken(streak, now) ? current : 0, best, total, isCountedToday }
}

/**
 * Whether no day was missed: today is at most the day after, by the date here or in the zone of the
 * last visit. Who travels east over the date line loses a date of the calendar and no day; who
 * travels west meets a date again, or an earlier one.
 */
function isUnbroken(streak: Streak, visit: StreakVisit): boolean {
  const next = addDays(streak.day, 1)
  return streakDay(visit) <= next || streakDay({ ...visit, timeZone: streak.timeZone }) <= next
}
