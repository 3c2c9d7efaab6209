/** Every state a hold can be in; `pending` is the only one that binds anything. */
export const HOLD_STATUSES = ['pending', 'posted', 'voided', 'expired'] as const

/** State of a hold. */
export type HoldStatus = (typeof HOLD_STATUSES)[number]

/** An amount that its owner has, and may not spend until it is decided who gets it. */
export interface Hold {
  readonly id: string
  readonly accountId: string
  readonly userId: string
  readonly unit: string
  readonly amount: bigint
  readonly status: HoldStatus
  readonly reason: string
  readonly reference: string
  /** When it ends by itself, or null for never. */
  readonly expiresAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What a hold is asked with. */
export interface HoldRequest {
  /** Idempotency key: the same id with the same contents gives the first hold again. */
  readonly id: string
  readonly userId: string
  readonly unit: string
  readonly amount: bigint
  /** Why, as a stable code such as `auction.bid`. */
  readonly reason: string
  /** What it belongs to, for example a bid's id. */
  readonly reference: string
  /** When it ends by itself. [never] */
  readonly expiresAt?: Date
}
