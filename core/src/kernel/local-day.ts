/** A moment as a clock on somebody's wall shows it. */
export interface LocalTime {
  /** Date there, such as `2026-03-29`. */
  readonly day: string
  readonly hour: number
  readonly minute: number
}

/** Reads the wall clock of a time zone. */
export function localTime(instant: Date, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(instant)
  const read = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? ''
  return {
    day: `${read('year').padStart(4, '0')}-${read('month')}-${read('day')}`,
    hour: Number(read('hour')),
    minute: Number(read('minute')),
  }
}

/** Days that are counted begin at 05:00: a night belongs to the day before it. */
export const STREAK_DAY_START_HOUR = 5

/**
 * The day an instant belongs to in a time zone whose days begin at `startHour` o'clock: before that
 * hour it is still the day before.
 *
 * The wall clock decides, not the instant some hours earlier: on a day on which the clock is
 * changed, five hours before 05:30 is not half past midnight.
 */
export function localDay(instant: Date, timeZone: string, startHour = 0): string {
  const { day, hour } = localTime(instant, timeZone)
  return hour < startHour ? addDays(day, -1) : day
}

/** Goes some days on in the calendar, or back. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00.000Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

/** Tells whether the runtime knows a time zone by this name. */
export function isTimeZone(timeZone: string): boolean {
  // A bare offset such as +23:00 is no place, and has no place's calendar.
  if (!/^[A-Za-z]/.test(timeZone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}
