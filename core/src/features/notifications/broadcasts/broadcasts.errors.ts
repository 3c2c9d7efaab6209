import { AppError } from '../../../kernel/index.ts'

/** A broadcast that was canceled does not start again. */
export class BroadcastEnded extends AppError {
  readonly code = 'broadcasts.ended'
  readonly kind = 'conflict'

  constructor(facts: { broadcastId: string; status: string }) {
    super(`The broadcast is ${facts.status}: draft a new one`, facts)
  }
}

/** A broadcast may not cost that much. */
export class PaidTooMuch extends AppError {
  readonly code = 'broadcasts.paid_too_much'
  readonly kind = 'forbidden'

  constructor(facts: { stars: number; starsMax: number }) {
    super(`A broadcast may cost ${facts.starsMax} Stars at the most, not ${facts.stars}`, facts)
  }
}
