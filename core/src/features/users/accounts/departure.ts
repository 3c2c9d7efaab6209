import { addMs, DAY_MS } from '../../../kernel/index.ts'

/** Somebody who is nobody any more. */
export interface Departure {
  readonly userId: string
  /** Who a merged guest turned out to be; null for somebody who was erased. */
  readonly successorId: string | null
  readonly departedAt: Date
  /** How often the rows were moved or emptied so far. */
  readonly rounds: number
  readonly nextRoundAt: Date | null
}

const MINUTE_MS = 60_000

/** Waits before the second, third and fourth round: what was under way has landed by then. */
const ROUND_WAITS_MS: readonly number[] = [MINUTE_MS, 60 * MINUTE_MS, DAY_MS]

/**
 * When to look again for rows that came late; null when nothing can come any more. What has to wait,
 * such as a hold, is looked at every day until it is gone.
 */
export function nextRound(rounds: number, now: Date, isWaiting: boolean): Date | null {
  const waitMs = ROUND_WAITS_MS[rounds - 1] ?? (isWaiting ? DAY_MS : undefined)
  return waitMs === undefined ? null : addMs(now, waitMs)
}
