/**
 * Scheduled work: not a timer but a query over rows that are due at `clock.now()`.
 *
 * Two ticks at once must be harmless, so the query claims rows skip-locked, in time order.
 */
export interface DueWork<Services> {
  /** `<feature>.<imperative>`, such as `subscriptions.renew_due`. */
  readonly name: string
  /** Time between ticks. */
  readonly everyMs: number
  /** Instant at which the earliest row falls due, in the past when one is; null when none will. */
  nextDueAt(services: Services): Promise<Date | null>
  /** Works one bounded batch of due rows and says how many; 0 when none was left. */
  runDue(services: Services): Promise<number>
}
