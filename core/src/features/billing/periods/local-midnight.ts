import { Temporal } from 'temporal-polyfill'

/** The instant at which a local day begins; where its midnight is skipped, the first after it. */
export function localMidnight(day: string, timeZone: string): Date {
  const start = Temporal.PlainDate.from(day).toZonedDateTime(timeZone)
  return new Date(start.epochMilliseconds)
}

/** A day some months on in the calendar, or the last of that month if it is shorter. */
export function addMonths(day: string, months: number): string {
  return Temporal.PlainDate.from(day).add({ months }).toString()
}

/** How many days lie between two days of the calendar. */
export function daysBetween(from: string, until: string): number {
  return Temporal.PlainDate.from(from).until(until, { largestUnit: 'day' }).days
}

/** How many whole months lie between two days of the calendar. */
export function monthsBetween(from: string, until: string): number {
  return Temporal.PlainDate.from(from).until(until, { largestUnit: 'month' }).months
}
