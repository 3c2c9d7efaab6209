import { AppError } from '../../../kernel/index.ts'

/** A hold with this id exists and says something else. */
export class HoldConflict extends AppError {
  readonly code = 'balance.hold_conflict'
  readonly kind = 'conflict'

  constructor(facts: { holdId: string }) {
    super(`The hold ${facts.holdId} exists with other contents`, facts)
  }
}

/** The hold has ended another way, or more is asked of it than it holds. */
export class HoldNotPending extends AppError {
  readonly code = 'balance.hold_not_pending'
  readonly kind = 'conflict'

  constructor(facts: { holdId: string; status: string }) {
    super(`The hold ${facts.holdId} is ${facts.status}`, facts)
  }
}
