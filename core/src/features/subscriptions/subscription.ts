import type { Currency, Period } from '../../kernel/index.ts'

/** Every state a subscription can be in; `paused` and `expired` give no access. */
export const SUBSCRIPTION_STATUSES = [
  'trialing',
  'active',
  'past_due',
  'canceled',
  'paused',
  'expired',
] as const

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
  /** Null while nobody has paid for it: a trial or a gift. */
  readonly gateway: string | null
  readonly status: SubscriptionStatus
  readonly period: Period
  /** Day of the month that months come back to, 1 to 31. */
  readonly anchorDay: number
  readonly currentPeriodStart: Date
  /** The billing date: until here it is paid, tried or given. */
  readonly currentPeriodEnd: Date
  /** Time on top, which is used once it is not renewed: gifts, pauses and trials under Telegram's clock. */
  readonly extraMs: number
  /** What the next period costs; null while nobody has paid for it. */
  readonly amount: bigint | null
  readonly currency: Currency | null
  /** The purchase that renewals repeat and are linked to. */
  readonly firstPaymentId: string | null
  /** Method to charge, where the kit renews by itself. */
  readonly savedMethodId: string | null
  /** When the kit charges next, where it renews by itself. */
  readonly nextChargeAt: Date | null
  /** Charges tried for the next period so far. */
  readonly chargeAttempts: number
  /** When access ends unless something happens before; null when there is none. */
  readonly expiresAt: Date | null
  /** When the user is told of the next charge, or of the end of access where there is none. */
  readonly noticeAt: Date | null
  /** End of the period whose charge was announced. */
  readonly noticedEnd: Date | null
  /** End of access that was announced. */
  readonly noticedExpiry: Date | null
  /** The plan that the next period is of, and its price. */
  readonly nextProductId: string | null
  readonly nextAmount: bigint | null
  /** The payment of a change of plan that takes effect once it is paid. */
  readonly changePaymentId: string | null
  readonly pausedAt: Date | null
  readonly canceledAt: Date | null
  readonly cancelReason: string | null
  readonly cancelFeedback: string | null
  /** When the provider last told of a change that was made with it. */
  readonly heardAt: Date | null
  /** The subscription of the same person that took its time over when a guest was merged. */
  readonly heirId: string | null
  /** How much time that was, less what refunds have taken back since. */
  readonly carriedMs: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What can happen to a subscription. */
export const SUBSCRIPTION_STEPS = [
  /** Paid by its user, not by a renewal. */
  'buy',
  'renew',
  /** A renewal that was on its way when its user cancelled. */
  'renew_late',
  /** A renewal was refused. */
  'decline',
  'cancel',
  'pause',
  'resume',
  /** Its user may take it up again, which only they can do, at the provider. */
  'permit',
  'gift',
  'change',
  /** Time is over, or the last period was refunded. */
  'end',
] as const

/** What can happen to a subscription. */
export type SubscriptionStep = (typeof SUBSCRIPTION_STEPS)[number]

/** Where a step leads: a state, nowhere as it is done or out of date, or to a refusal. */
export type SubscriptionTransition = SubscriptionStatus | 'ignore' | 'refuse'

const always = { buy: 'active', end: 'expired' } as const

const TRANSITIONS: Readonly<
  Record<SubscriptionStatus, Readonly<Record<SubscriptionStep, SubscriptionTransition>>>
> = {
  trialing: {
    ...always,
    renew: 'active',
    renew_late: 'active',
    decline: 'ignore',
    cancel: 'refuse',
    pause: 'refuse',
    resume: 'refuse',
    permit: 'refuse',
    gift: 'trialing',
    change: 'refuse',
  },
  active: {
    ...always,
    renew: 'active',
    renew_late: 'active',
    decline: 'past_due',
    cancel: 'canceled',
    pause: 'paused',
    resume: 'ignore',
    permit: 'ignore',
    gift: 'active',
    change: 'active',
  },
  past_due: {
    ...always,
    renew: 'active',
    renew_late: 'active',
    decline: 'past_due',
    cancel: 'canceled',
    pause: 'refuse',
    resume: 'refuse',
    permit: 'refuse',
    gift: 'past_due',
    change: 'refuse',
  },
  canceled: {
    ...always,
    renew: 'active',
    renew_late: 'canceled',
    decline: 'ignore',
    cancel: 'canceled',
    pause: 'refuse',
    resume: 'active',
    permit: 'canceled',
    gift: 'canceled',
    change: 'refuse',
  },
  paused: {
    ...always,
    renew: 'paused',
    renew_late: 'paused',
    decline: 'ignore',
    cancel: 'canceled',
    pause: 'ignore',
    resume: 'active',
    permit: 'canceled',
    gift: 'paused',
    change: 'refuse',
  },
  expired: {
    buy: 'active',
    renew: 'active',
    renew_late: 'canceled',
    decline: 'ignore',
    cancel: 'refuse',
    pause: 'refuse',
    resume: 'refuse',
    permit: 'refuse',
    gift: 'refuse',
    change: 'refuse',
    end: 'ignore',
  },
}

/** Decides where a step leads from a state. Money always lands: paying is never refused. */
export function transition(
  from: SubscriptionStatus,
  step: SubscriptionStep,
): SubscriptionTransition {
  return TRANSITIONS[from][step]
}

/** The instant at which access ends by itself, extra time included. */
export function paidUntil(of: Pick<Subscription, 'currentPeriodEnd' | 'extraMs'>): Date {
  return new Date(of.currentPeriodEnd.getTime() + of.extraMs)
}
