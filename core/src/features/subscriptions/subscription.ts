import { addMs, addPeriod, DAY_MS, type Period } from '../../kernel/index.ts'

/** Every state a subscription can be in; all but `expired` give access. */
export const SUBSCRIPTION_STATUSES = ['active', 'past_due', 'canceled', 'expired'] as const

/** State of a subscription. */
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]

/** A user's access to a plan, over time. */
export interface Subscription {
  readonly id: string
  readonly userId: string
  readonly productId: string
  readonly title: string
  /** One live subscription a user and group. */
  readonly planGroup: string
  readonly gateway: string
  readonly status: SubscriptionStatus
  readonly period: Period
  /** Day of the month that months come back to, 1 to 31. */
  readonly anchorDay: number
  readonly currentPeriodStart: Date
  readonly currentPeriodEnd: Date
  /** The payment that opened it; renewals are linked to it. */
  readonly firstPaymentId: string
  /** Method to charge, where the kit renews by itself. */
  readonly savedMethodId: string | null
  /** When the kit charges next, where it renews by itself. */
  readonly nextChargeAt: Date | null
  /** Charges tried for the next period so far. */
  readonly chargeAttempts: number
  /** When it ends unless something happens before. */
  readonly expiresAt: Date | null
  readonly canceledAt: Date | null
  readonly cancelReason: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Days after the period's end on which a declined renewal is tried again. */
export const DUNNING_DAYS = [1, 3, 5, 7] as const

/** How long a renewal that the provider makes by itself may be late before access ends. */
export const PROVIDER_RENEWAL_GRACE_MS = DAY_MS

/** Who charges the next period: the provider by itself, the kit by a saved method, or nobody. */
export type RenewedBy = 'provider' | 'kit' | 'nobody'

/** The parts of a subscription that say what happens to it next. */
export type Course = Pick<
  Subscription,
  'status' | 'currentPeriodEnd' | 'nextChargeAt' | 'chargeAttempts' | 'expiresAt'
>

/** The course of a subscription that is paid until an instant and goes on afterwards. */
export function activeUntil(currentPeriodEnd: Date, renewedBy: RenewedBy): Course {
  const expiresAt = {
    kit: null,
    nobody: currentPeriodEnd,
    provider: addMs(currentPeriodEnd, PROVIDER_RENEWAL_GRACE_MS),
  }[renewedBy]
  return {
    status: 'active',
    currentPeriodEnd,
    nextChargeAt: renewedBy === 'kit' ? currentPeriodEnd : null,
    chargeAttempts: 0,
    expiresAt,
  }
}

/** The course of a subscription that ends with its paid period. */
export function canceledUntil(currentPeriodEnd: Date): Course {
  return {
    status: 'canceled',
    currentPeriodEnd,
    nextChargeAt: null,
    chargeAttempts: 0,
    expiresAt: currentPeriodEnd,
  }
}

/** The facts that decide which period a payment buys. */
export interface PaidPeriodFacts {
  readonly current: Pick<Subscription, 'status' | 'currentPeriodEnd' | 'anchorDay'> | undefined
  readonly now: Date
  readonly period: Period
  readonly providerPeriodEnd: Date | null
}

/**
 * The period that a payment buys: it follows the current one, or begins now after a lapse, and with
 * it the day of the month that later periods come back to.
 *
 * A date that the provider states is believed over our own arithmetic, and no payment ever
 * shortens what was paid before.
 */
export function paidPeriod(facts: PaidPeriodFacts): {
  readonly start: Date
  readonly end: Date
  readonly anchorDay: number
} {
  const { current, now, period, providerPeriodEnd } = facts
  const followed = current && follows(current, now, period) ? current : undefined
  const start = followed?.currentPeriodEnd ?? now
  const anchorDay = followed?.anchorDay ?? now.getUTCDate()
  const end = providerPeriodEnd ?? addPeriod(start, period, anchorDay)
  const isShorter = current && current.currentPeriodEnd > end
  return { start, end: isShorter ? current.currentPeriodEnd : end, anchorDay }
}

/**
 * Tells whether a paid period begins where the last one ended. A renewal does, even when its charge
 * comes some days later: there was access meanwhile, and the billing day would creep. But nobody
 * pays for a period that is over before it was paid.
 */
function follows(
  { status, currentPeriodEnd, anchorDay }: NonNullable<PaidPeriodFacts['current']>,
  now: Date,
  period: Period,
): boolean {
  if (currentPeriodEnd > now) return true
  const isRunning = status === 'active' || status === 'past_due'
  return isRunning && addPeriod(currentPeriodEnd, period, anchorDay) > now
}

/** The course after a declined renewal: another try on a later day, or the end. */
export function courseAfterDecline(
  subscription: Pick<Subscription, 'currentPeriodEnd' | 'chargeAttempts'>,
  now: Date,
): Course {
  const { currentPeriodEnd, chargeAttempts } = subscription
  const days = DUNNING_DAYS[chargeAttempts - 1]
  return {
    status: 'past_due',
    currentPeriodEnd,
    // After an outage the days are over; the tries still keep a day between them.
    nextChargeAt:
      days === undefined
        ? null
        : new Date(Math.max(currentPeriodEnd.getTime() + days * DAY_MS, now.getTime() + DAY_MS)),
    chargeAttempts,
    expiresAt: days === undefined ? now : null,
  }
}
