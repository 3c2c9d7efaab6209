import { assert } from './assert.ts'

/** Length of a recurring period: whole days, or calendar months with the day kept. */
export type Period = { readonly days: number } | { readonly months: number }

/** Milliseconds in a day of 24 hours. */
export const DAY_MS = 86_400_000

/** Adds a duration to an instant. */
export function addMs(instant: Date, durationMs: number): Date {
  return new Date(instant.getTime() + durationMs)
}

/**
 * Adds one period to an instant, in UTC.
 *
 * Months keep `anchorDay` (1 to 31): a period that began on the 31st ends on the last day of a
 * shorter month and comes back to the 31st afterwards.
 */
export function addPeriod(instant: Date, period: Period, anchorDay: number): Date {
  if ('days' in period) return addMs(instant, period.days * DAY_MS)
  assert(anchorDay >= 1 && anchorDay <= 31, 'An anchor day lies between 1 and 31')
  const month = instant.getUTCMonth() + period.months
  const lastDay = new Date(Date.UTC(instant.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const result = new Date(instant)
  result.setUTCFullYear(instant.getUTCFullYear(), month, Math.min(anchorDay, lastDay))
  return result
}
