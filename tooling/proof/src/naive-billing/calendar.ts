/** Days of each month, February of a common year. */
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const MONTHS: Readonly<Record<string, number>> = {
  ...{ monthly: 1, quarterly: 3, semi_annually: 6, annually: 12 },
}
const MINUTE_MS = 60_000

/** The day after another. */
export function nextDay(day: string): string {
  const [year, month, date] = parts(day)
  if (date < lengthOf(year, month)) return text(year, month, date + 1)
  return month < 12 ? text(year, month + 1, 1) : text(year + 1, 1, 1)
}

/** A day some months on, or the last of a shorter month, counted month by month. */
export function monthsOn(day: string, count: number): string {
  let [year, month, date] = parts(day)
  for (let step = 0; step < count; step++)
    [year, month] = month < 12 ? [year, month + 1] : [year + 1, 1]
  return text(year, month, Math.min(date, lengthOf(year, month)))
}

/** The days of a period of a schedule, one by one. */
export function daysOfPeriod(anchorOn: string, cycle: string, index: number): string[] {
  const months = MONTHS[cycle]
  const at = (count: number) =>
    months === undefined ? daysOn(anchorOn, 7 * count) : monthsOn(anchorOn, months * count)
  const [start, end] =
    cycle === 'one_time' ? [anchorOn, nextDay(anchorOn)] : [at(index), at(index + 1)]
  const days: string[] = []
  for (let day = start; day !== end; day = nextDay(day)) days.push(day)
  return days
}

/** The instant in which a day begins somewhere: the first at which a clock there shows it, or a later one. */
export function midnight(day: string, timeZone: string): Date {
  const clock = new Intl.DateTimeFormat('en-CA', { timeZone, calendar: 'gregory' })
  const utc = Date.parse(`${day}T00:00:00Z`)
  for (let minutes = -15 * 60; ; minutes += 15) {
    const instant = new Date(utc + minutes * MINUTE_MS)
    if (clock.format(instant) >= day) return instant
  }
}

function daysOn(day: string, count: number): string {
  let on = day
  for (let step = 0; step < count; step++) on = nextDay(on)
  return on
}

function lengthOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : (LENGTHS[month - 1] ?? 0)
}

function parts(day: string): [year: number, month: number, date: number] {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  return [year, month, date]
}

function text(year: number, month: number, date: number): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`
}
