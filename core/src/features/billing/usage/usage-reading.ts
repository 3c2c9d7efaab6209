import type { Decimal } from '../../../kernel/index.ts'

/** What a meter counts of a customer from an instant up to, not including, another. */
export interface UsageSpan {
  readonly customerId: string
  /** Code of the meter. */
  readonly meter: string
  readonly startsAt: Date
  readonly endsAt: Date
}

/** The period of a subscription, of which days are a part or all. */
export interface OfPeriod {
  /** Its first local day. */
  readonly periodStartOn: string
  /** The day after its last one. */
  readonly periodEndOn: string
}

/** Usage that is billed at the end of a period of a subscription. */
export interface MeteredPeriod extends UsageSpan, OfPeriod {
  readonly subscriptionId: string
}

/** What was counted in a period. */
export interface UsageTotal extends UsageSpan {
  readonly quantity: Decimal
}

/** A period that was billed and of which something else is counted now, as events came late. */
export interface LateUsage extends OfPeriod {
  readonly startsAt: Date
  readonly endsAt: Date
  /** What was billed of it so far. */
  readonly billed: Decimal
  /** What is counted now; for `last` and `weighted` it may be less. */
  readonly quantity: Decimal
}

/** What a meter counted in a period of a subscription, with what came late for earlier ones. */
export interface UsageReading extends MeteredPeriod {
  readonly quantity: Decimal
  /** Oldest first. */
  readonly late: readonly LateUsage[]
}

/** Facts about the usage of many subscriptions, from which their invoices are computed. */
export type UsageTotals = readonly UsageReading[]
