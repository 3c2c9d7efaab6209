/** A trial that somebody had; there is one for each user and plan group, ever. */
export interface Trial {
  readonly userId: string
  readonly planGroup: string
  readonly productId: string
  readonly subscriptionId: string
  readonly endsAt: Date
  readonly createdAt: Date
}

/** A period that was given for nothing. */
export interface Gift {
  /** Idempotency key. */
  readonly id: string
  readonly userId: string
  readonly productId: string
  /** How many of the plan's periods. */
  readonly periods: number
  /** The subscription that it began or made longer. */
  readonly subscriptionId: string | null
  readonly addedMs: number
  /** Who gave it: `admin`, or the app's own name for itself. */
  readonly actor: string
  readonly note: string | null
  readonly takenBackAt: Date | null
  readonly createdAt: Date
}
