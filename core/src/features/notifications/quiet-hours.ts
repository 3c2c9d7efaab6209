import { type LocalTime, localTime } from '../../kernel/index.ts'
import { QuietHoursInvalid } from './notifications.errors.ts'

/** A time of each day in which nobody is to be disturbed, in minutes since local midnight. */
export interface QuietHours {
  readonly from: number
  /** Earlier than `from` when the quiet time goes over midnight. */
  readonly until: number
}

/** Quiet hours as people write them, such as `22:30` to `08:00`. */
export interface QuietHoursText {
  readonly from: string
  readonly until: string
}

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440

/**
 * Reads quiet hours.
 *
 * @throws {@link QuietHoursInvalid} when one is no time of day, or both are the same
 */
export function parseQuietHours({ from, until }: QuietHoursText): QuietHours {
  const quiet = { from: toMinutes(from), until: toMinutes(until) }
  if (quiet.from === quiet.until) throw new QuietHoursInvalid()
  return quiet
}

/** Writes quiet hours. */
export function formatQuietHours({ from, until }: QuietHours): QuietHoursText {
  return { from: toText(from), until: toText(until) }
}

/**
 * When the quiet time ends that an instant falls into; undefined when it falls into none. The end
 * itself is not quiet.
 *
 * The clock on the wall is read again every hour on the way there, as on some days it is changed.
 */
export function quietUntil(instant: Date, timeZone: string, quiet: QuietHours): Date | undefined {
  let at = instant
  for (;;) {
    const left = minutesLeft(localTime(at, timeZone), quiet)
    if (left === 0) return at === instant ? undefined : at
    at = new Date(Math.floor(at.getTime() / MINUTE_MS + Math.min(left, 60)) * MINUTE_MS)
  }
}

function minutesLeft({ hour, minute }: LocalTime, { from, until }: QuietHours): number {
  const now = hour * 60 + minute
  const isQuiet = from < until ? now >= from && now < until : now >= from || now < until
  return isQuiet ? (until - now + DAY_MINUTES) % DAY_MINUTES : 0
}

function toMinutes(text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (!match) throw new QuietHoursInvalid()
  return Number(match[1]) * 60 + Number(match[2])
}

function toText(minutes: number): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
