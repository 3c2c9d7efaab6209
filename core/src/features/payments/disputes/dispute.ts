/** Every state a dispute can be in; `won` is in the shop's favour, `lost` in the buyer's. */
export const DISPUTE_STATUSES = ['open', 'won', 'lost'] as const

/** State of a dispute. */
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number]

/** A buyer's bank, or an app store, wants a payment's money back. */
export interface Dispute {
  readonly id: string
  readonly paymentId: string
  /** The provider's name for it; the same reference is the same dispute. */
  readonly reference: string
  readonly amount: bigint
  readonly status: DisputeStatus
  readonly reason: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Tells whether a dispute moves; one that was decided stays so. */
export function movesDispute(from: DisputeStatus | undefined, to: DisputeStatus): boolean {
  return from === undefined || (from === 'open' && to !== 'open')
}
