import { z } from 'zod'
import type { Currency, Decimal } from '../../../kernel/index.ts'
import type { Cycle } from '../periods/billing-period.ts'
import { quantityField, rateField } from '../pricing/decimal-fields.ts'
import { PRORATIONS } from '../pricing/segments.ts'

/** Every status a subscription can have. */
export const BILLED_STATUSES = [
  'trial',
  'active',
  'past_due',
  'paused',
  'canceled',
  'expired',
] as const

/** Status of a subscription. */
export type BilledStatus = (typeof BILLED_STATUSES)[number]

/** What can happen to a subscription. */
export const BILLED_STEPS = [
  /** Its first period begins. */
  'begin',
  /** An invoice of it is overdue. */
  'fall_behind',
  /** None is overdue any more. */
  'catch_up',
  'change',
  'pause',
  'resume',
  'cancel',
  /** What is billed once was billed. */
  'expire',
] as const

/** What can happen to a subscription. */
export type BilledStep = (typeof BILLED_STEPS)[number]

const TRANSITIONS: Readonly<
  Record<BilledStatus, Readonly<Partial<Record<BilledStep, BilledStatus>>>>
> = {
  trial: { begin: 'active', change: 'trial', cancel: 'canceled', expire: 'expired' },
  active: {
    ...{ fall_behind: 'past_due', change: 'active', pause: 'paused' },
    ...{ cancel: 'canceled', expire: 'expired' },
  },
  past_due: { catch_up: 'active', change: 'past_due', pause: 'paused', cancel: 'canceled' },
  paused: { resume: 'active', cancel: 'canceled' },
  canceled: {},
  expired: {},
}

/** Where a step leads, or undefined where it is refused. */
export function billedAfter(status: BilledStatus, step: BilledStep): BilledStatus | undefined {
  return TRANSITIONS[status][step]
}

/** What a customer is billed for again and again, or once. */
export interface BilledSubscription {
  readonly tenantId: string
  readonly id: string
  readonly customerId: string
  readonly status: BilledStatus
  readonly currency: Currency
  /** First local day, of a trial where there is one. */
  readonly startOn: string
  /** First local day of the first period; its day of the month is kept. */
  readonly anchorOn: string
  readonly cycle: Cycle
  readonly timeZone: string
  /** The period that begins at the next boundary. */
  readonly periodIndex: number
  /** Bills made so far; an invoice keeps which one it is. */
  readonly billCount: number
  /** The revision that the running period was charged by in advance. */
  readonly chargedRevision: number | null
  /** What changes gave back and no invoice has taken yet, in minor units. */
  readonly carried: bigint
  /** When it is billed next; null when nothing is left to bill. */
  readonly nextBillingAt: Date | null
  /** When a run takes it up: then, or later when it is parked. */
  readonly dueAt: Date | null
  readonly parkedAt: Date | null
  /** Why it could not be billed. */
  readonly parkedReason: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What is told of a subscription. */
export type ToldSubscription = Pick<BilledSubscription, 'tenantId' | 'id' | 'customerId' | 'status'>

/** What a revision is about. */
export const REVISION_KINDS = ['start', 'change', 'pause', 'resume', 'cancel'] as const

/** What a subscription costs from a day on, as it is stored; never changed. */
export interface StoredRevision {
  readonly tenantId: string
  readonly id: string
  readonly subscriptionId: string
  /** Counts from 1. */
  readonly number: number
  readonly kind: (typeof REVISION_KINDS)[number]
  readonly fromOn: string
  readonly proration: 'time' | 'none'
  readonly planVersionId: string
  readonly quantity: Decimal
  /** Prices of its own, by the keys of charges. */
  readonly prices: Readonly<Record<string, string>>
  readonly createdAt: Date
}

/** Prices of a subscription's own: charge key to rate, as decimal texts. */
export const pricesField = z.record(
  z.string().max(32),
  z.string().refine((text) => rateField.safeParse(text).success, 'is no price'),
)

const quantity = quantityField.refine((units) => units > 0n, 'is 0')

/** What a subscription is made from. */
export const subscriptionFields = z.strictObject({
  customerId: z.uuid('is no id'),
  planId: z.uuid('is no id'),
  /** [today where the customer is] */
  startOn: z.iso.date('is no day, such as 2028-01-31').optional(),
  /** Day on which the first period begins. [the day after the trial] */
  anchorOn: z.iso.date('is no day, such as 2028-01-31').optional(),
  /** Days for nothing. [those of the plan] */
  trialDays: z.int('is no whole number').min(0, 'is negative').max(730, 'is absurd').optional(),
  quantity: quantity.default(quantityField.parse('1')),
  prices: pricesField.default({}),
  /** Redeemed for the customer. */
  coupon: z.string().optional(),
})

/** What a subscription is made from. */
export type SubscriptionInput = z.input<typeof subscriptionFields>

/** What is changed of a subscription, and from when on. */
export const changeFields = z.strictObject({
  /** Another plan, in its current version. [the same] */
  planId: z.uuid('is no id').optional(),
  quantity: quantity.optional(),
  /** [those it has; with another plan none] */
  prices: pricesField.optional(),
  proration: z.enum(PRORATIONS).default('time'),
})

/** What is changed of a subscription. */
export type SubscriptionChange = z.input<typeof changeFields>
