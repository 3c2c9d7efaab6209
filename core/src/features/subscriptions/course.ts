import { addMs, DAY_MS } from '../../kernel/index.ts'
import { paidUntil, type Subscription } from './subscription.ts'

/** Days after the period's end on which a declined renewal is tried again. */
export const DUNNING_DAYS = [1, 3, 5, 7] as const

/** When all tries are used up, access stays this long: the user is told and can still pay. */
export const LAST_CHANCE_MS = DAY_MS

/** Who charges the next period: the provider by itself, the kit by a saved method, or nobody. */
export type RenewedBy = 'provider' | 'kit' | 'nobody'

/** How long after the billing date a renewal may come before access ends. */
export const RENEWAL_GRACE_MS: Readonly<Record<RenewedBy, number>> = {
  provider: DAY_MS,
  kit: DUNNING_DAYS[3] * DAY_MS + LAST_CHANCE_MS,
  nobody: 0,
}

/** How long before a charge or a trial's end the user is told; half the time where it is short. */
const NOTICE_MS = 3 * DAY_MS

/** The parts of a subscription that say what happens to it next. */
export type Course = Pick<
  Subscription,
  | 'status'
  | 'currentPeriodStart'
  | 'currentPeriodEnd'
  | 'extraMs'
  | 'anchorDay'
  | 'nextChargeAt'
  | 'chargeAttempts'
  | 'expiresAt'
  | 'noticeAt'
  | 'pausedAt'
>

/** Time that is paid, tried or given. */
export type Span = Pick<
  Subscription,
  'currentPeriodStart' | 'currentPeriodEnd' | 'extraMs' | 'anchorDay'
>

/** What a subscription says that goes on. */
export const NOT_CANCELED = { canceledAt: null, cancelReason: null, cancelFeedback: null } as const

/** The course of a subscription that is paid for and goes on afterwards. */
export function activeCourse(span: Span, renewedBy: RenewedBy): Course {
  const end = span.currentPeriodEnd
  return {
    ...spanOf(span),
    status: 'active',
    nextChargeAt: renewedBy === 'kit' ? end : null,
    chargeAttempts: 0,
    expiresAt: later(addMs(end, RENEWAL_GRACE_MS[renewedBy]), paidUntil(span)),
    noticeAt: renewedBy === 'nobody' ? null : noticeBeforeEnd(span),
    pausedAt: null,
  }
}

/** The course of a subscription that ends with its time. */
export function canceledCourse(span: Span): Course {
  return { ...still(span), status: 'canceled', expiresAt: paidUntil(span), pausedAt: null }
}

/** The course of a trial. */
export function trialCourse(span: Span): Course {
  return {
    ...still(span),
    status: 'trialing',
    expiresAt: paidUntil(span),
    noticeAt: noticeBeforeEnd(span),
    pausedAt: null,
  }
}

/** The course of a subscription whose time stands still. */
export function pausedCourse(span: Span, pausedAt: Date): Course {
  return { ...still(span), status: 'paused', expiresAt: null, pausedAt }
}

/** The course after the end. */
export function expiredCourse(span: Span): Course {
  return { ...still(span), status: 'expired', expiresAt: null, pausedAt: null }
}

/**
 * The span of a paused subscription once its time runs again. What was left is left still: the
 * period moves, or, where the provider has a date of its own, the pause is added on top.
 */
export function unfrozen(
  subscription: Span & Pick<Subscription, 'pausedAt'>,
  now: Date,
  renewedBy: RenewedBy,
): Span {
  const { pausedAt, currentPeriodStart, currentPeriodEnd, extraMs } = subscription
  if (!pausedAt) return subscription
  const pauseMs = now.getTime() - pausedAt.getTime()
  if (renewedBy === 'provider') return { ...spanOf(subscription), extraMs: extraMs + pauseMs }
  const end = addMs(currentPeriodEnd, pauseMs)
  return {
    currentPeriodStart: addMs(currentPeriodStart, pauseMs),
    currentPeriodEnd: end,
    extraMs,
    anchorDay: end.getUTCDate(),
  }
}

/** The course after a declined renewal: another try on a later day, or a last chance to pay. */
export function declinedCourse(
  subscription: Span & Pick<Subscription, 'chargeAttempts'>,
  now: Date,
  { isFinal }: { readonly isFinal: boolean },
): Course {
  const { currentPeriodEnd: end, chargeAttempts } = subscription
  const days = isFinal ? undefined : DUNNING_DAYS[chargeAttempts - 1]
  // After an outage the days are over; the tries still keep a day between them.
  const nextChargeAt =
    days === undefined ? null : later(addMs(end, days * DAY_MS), addMs(now, DAY_MS))
  const lastChance = addMs(nextChargeAt ?? now, LAST_CHANCE_MS)
  const grace = nextChargeAt ? addMs(end, RENEWAL_GRACE_MS.kit) : now
  return {
    ...still(subscription),
    status: 'past_due',
    nextChargeAt,
    chargeAttempts,
    expiresAt: later(later(lastChance, grace), paidUntil(subscription)),
    pausedAt: null,
  }
}

/** The later of two instants. */
export function later(left: Date, right: Date): Date {
  return left > right ? left : right
}

function noticeBeforeEnd({ currentPeriodStart, currentPeriodEnd }: Span): Date {
  const lengthMs = currentPeriodEnd.getTime() - currentPeriodStart.getTime()
  return addMs(currentPeriodEnd, -Math.min(NOTICE_MS, Math.floor(lengthMs / 2)))
}

/** Nothing is charged and nobody is told. */
function still(span: Span) {
  return { ...spanOf(span), nextChargeAt: null, chargeAttempts: 0, noticeAt: null }
}

function spanOf({ currentPeriodStart, currentPeriodEnd, extraMs, anchorDay }: Span): Span {
  return { currentPeriodStart, currentPeriodEnd, extraMs, anchorDay }
}
