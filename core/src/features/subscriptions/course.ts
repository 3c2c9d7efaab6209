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

/** How long before a charge or the end of access the user is told; half the time where it is short. */
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
    noticeAt: renewedBy === 'nobody' ? noticeOfEnd(span) : noticeBefore(end, span),
    pausedAt: null,
  }
}

/** The course of a subscription that ends with its time. */
export function canceledCourse(span: Span): Course {
  return {
    ...still(span),
    status: 'canceled',
    expiresAt: paidUntil(span),
    noticeAt: noticeOfEnd(span),
    pausedAt: null,
  }
}

/** The course of a trial. */
export function trialCourse(span: Span): Course {
  return {
    ...still(span),
    status: 'trialing',
    expiresAt: paidUntil(span),
    noticeAt: noticeOfEnd(span),
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
  const expiresAt = later(later(lastChance, grace), paidUntil(subscription))
  const noticeAt = addMs(expiresAt, -NOTICE_MS)
  return {
    ...still(subscription),
    status: 'past_due',
    nextChargeAt,
    chargeAttempts,
    expiresAt,
    // The decline itself tells of an end that is near.
    noticeAt: nextChargeAt || noticeAt <= now ? null : noticeAt,
    pausedAt: null,
  }
}

/** The later of two instants. */
export function later(left: Date, right: Date): Date {
  return left > right ? left : right
}

/** When its user is told of the end of access, where nobody renews: extra time is used as well. */
export function noticeOfEnd(span: Span): Date {
  return noticeBefore(paidUntil(span), span)
}

function noticeBefore(end: Date, { currentPeriodStart }: Span): Date {
  const lengthMs = end.getTime() - currentPeriodStart.getTime()
  return addMs(end, -Math.min(NOTICE_MS, Math.floor(lengthMs / 2)))
}

/** Nothing is charged, and nobody is told unless the course says so. */
function still(span: Span) {
  return { ...spanOf(span), nextChargeAt: null, chargeAttempts: 0, noticeAt: null }
}

function spanOf({ currentPeriodStart, currentPeriodEnd, extraMs, anchorDay }: Span): Span {
  return { currentPeriodStart, currentPeriodEnd, extraMs, anchorDay }
}
