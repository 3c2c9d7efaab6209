/** A month, from an instant up to, not including, another. */
export interface MonthSpan {
  readonly startsAt: string
  readonly endsAt: string
}

/** The last months up to the running one, by UTC; oldest first. */
export function lastMonths(now: Date, count: number): MonthSpan[] {
  const first = (back: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString()
  return Array.from({ length: count }, (_, index) => {
    const back = count - 1 - index
    return { startsAt: first(back), endsAt: first(back - 1) }
  })
}
