import { z } from 'zod'
import type { Currency } from '../../../kernel/index.ts'

/** Every state of a billing run. */
export const RUN_STATES = [
  /** Its total is above the threshold: nothing is written until somebody approves it. */
  'waiting',
  'billing',
  'finalizing',
  'completed',
  'rejected',
] as const

/** State of a billing run. */
export type RunState = (typeof RUN_STATES)[number]

/** One run: bills what was due at an instant. */
export interface BillingRun {
  readonly tenantId: string
  readonly id: string
  readonly state: RunState
  /** What is due by then is billed. */
  readonly asOf: Date
  readonly approvalThreshold: bigint | null
  readonly startedBy: string
  /** Who approved or rejected it. */
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  readonly completedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** How far a run is. */
export interface RunProgress extends BillingRun {
  /** Invoices it made, and how many of them have no number yet. */
  readonly invoices: number
  readonly drafts: number
  /** Subscriptions that are still to be billed. */
  readonly due: number
  /** Subscriptions of the tenant that could not be billed and wait to be tried again. */
  readonly parked: number
}

/** A subscription that could not be billed. */
export interface Parked {
  readonly subscriptionId: string
  readonly reason: string
}

/** What a run would do. */
export interface RunPreview {
  readonly asOf: Date
  readonly invoices: number
  /** Minor units by currency. */
  readonly totals: ReadonlyMap<Currency, bigint>
  /** The first of those that cannot be billed. */
  readonly parked: readonly Parked[]
  /** Whether the run would wait for somebody to approve it. */
  readonly needsApproval: boolean
}

/** What is asked of a run that is started. */
export const runFields = z.strictObject({
  /**
   * Minor units of the tenant's currency; with more, or any other currency, somebody approves it. Null for
   * no limit. [the tenant's]
   */
  approvalThreshold: z.bigint('is no amount').nonnegative('is negative').nullable().optional(),
})

/** What is asked of a run that is started. */
export type RunInput = z.input<typeof runFields>
