import { addPeriod, type Period } from '../../kernel/index.ts'
import { later, type Span } from './course.ts'
import { paidUntil, type Subscription } from './subscription.ts'

/** The facts that decide which period a payment buys. */
export interface PaidPeriodFacts {
  readonly current: (Span & Pick<Subscription, 'status' | 'pausedAt'>) | undefined
  readonly now: Date
  readonly period: Period
  /** The end of the period where the provider states it. */
  readonly providerPeriodEnd: Date | null
  /** A charge for the next period; not something that its user bought by themselves. */
  readonly isRenewal: boolean
}

/**
 * The period that a payment buys, and the time left on top of it.
 *
 * It follows the one before, or begins now after a lapse. A date that the provider states is
 * believed over our own arithmetic; time that this date leaves out stays on top. No payment ever
 * shortens what was paid, tried or given before.
 */
export function paidPeriod(facts: PaidPeriodFacts): Span {
  const { current, period, providerPeriodEnd, isRenewal } = facts
  // The time of a paused subscription stands still.
  const now = current?.pausedAt ?? facts.now
  const fromNow = periodFrom(now, now.getUTCDate(), period, providerPeriodEnd)
  if (!current) return fromNow
  const { currentPeriodEnd, extraMs, anchorDay } = current
  const left = paidUntil(current).getTime() - now.getTime()
  const hasFollower = follows(current, now, period)
  if (isRenewal && hasFollower) {
    const next = periodFrom(currentPeriodEnd, anchorDay, period, providerPeriodEnd)
    return { ...next, currentPeriodEnd: later(next.currentPeriodEnd, currentPeriodEnd), extraMs }
  }
  if (isRenewal || providerPeriodEnd) {
    if (left <= 0) return fromNow
    return { ...fromNow, currentPeriodEnd: later(fromNow.currentPeriodEnd, now), extraMs: left }
  }
  // What its user buys by themselves comes after all that is there already.
  if (left > 0 && extraMs > 0) {
    const start = paidUntil(current)
    return periodFrom(start, start.getUTCDate(), period, null)
  }
  return hasFollower ? periodFrom(currentPeriodEnd, anchorDay, period, null) : fromNow
}

function periodFrom(
  currentPeriodStart: Date,
  anchorDay: number,
  period: Period,
  providerPeriodEnd: Date | null,
): Span {
  const currentPeriodEnd = providerPeriodEnd ?? addPeriod(currentPeriodStart, period, anchorDay)
  return { currentPeriodStart, currentPeriodEnd, extraMs: 0, anchorDay }
}

/**
 * Tells whether a paid period begins where the last one ended. A renewal does, even when its charge
 * comes some days later: there was access meanwhile, and the billing day would creep. But nobody
 * pays for a period that is over before it was paid.
 */
function follows(
  current: NonNullable<PaidPeriodFacts['current']>,
  now: Date,
  period: Period,
): boolean {
  const { status, currentPeriodEnd, anchorDay } = current
  if (currentPeriodEnd > now) return true
  const isRunning = status === 'active' || status === 'past_due'
  return isRunning && addPeriod(currentPeriodEnd, period, anchorDay) > now
}
