import { AppError } from '../../../kernel/index.ts'
import type { RunState } from './run.ts'

/** A run in whose state something does not happen. */
export class RunRefuses extends AppError {
  readonly code = 'billing.run_refuses'
  readonly kind = 'conflict'

  constructor(facts: { runId: string; state: RunState }) {
    super(`The run is ${facts.state}: only one that waits is approved or rejected`, facts)
  }
}
