import { AppError } from '../../../kernel/index.ts'
import type { UsageRefusal } from './usage-event.ts'

/** An event with an id that another one of its source has: counting either twice would be wrong. */
export class UsageConflict extends AppError {
  readonly code = 'billing.usage_conflict'
  readonly kind = 'conflict'

  constructor(facts: { source: string; eventId: string }) {
    super(`Another event of ${facts.source} has the id ${facts.eventId}`, facts)
  }
}

/** An event that is not counted. */
export class UsageRefused extends AppError {
  readonly code = 'billing.usage_refused'
  readonly kind = 'invalid'

  constructor(facts: { reason: UsageRefusal; problem: string }) {
    super(`The event is not counted: ${facts.problem}`, facts)
  }
}
