import { AppError, type ErrorKind, isAppError } from '../../kernel/index.ts'

/** A try of a job took longer than its definition allows. */
export class JobTimedOut extends AppError {
  readonly code = 'jobs.timed_out'
  readonly kind = 'unavailable'

  constructor(facts: { name: string; timeoutMs: number }) {
    super(`A try of ${facts.name} was stopped after ${facts.timeoutMs} ms`, facts)
  }
}

/** Only a job that was put aside as dead can be put back. */
export class JobNotDead extends AppError {
  readonly code = 'jobs.not_dead'
  readonly kind = 'conflict'

  constructor(facts: { jobId: string; status: string }) {
    super(`The job ${facts.jobId} is ${facts.status}; only a dead one can be retried`, facts)
  }
}

/** Something stayed due for long although a settling round had nothing to do. */
export class NothingSettles extends AppError {
  readonly code = 'jobs.nothing_settles'
  readonly kind = 'internal'

  constructor(facts: { still: string; timeoutMs: number }) {
    super(`Still due after ${facts.timeoutMs} ms in which nobody worked it: ${facts.still}`, facts)
  }
}

/** Whether a failure may pass by itself; one that cannot makes the job dead at once. */
const mayPass: Record<ErrorKind, boolean> = {
  invalid: false,
  unauthenticated: false,
  forbidden: false,
  gone: false,
  locked: true,
  payment_required: true,
  not_found: true,
  conflict: true,
  rate_limited: true,
  unavailable: true,
  internal: true,
}

/** Tells whether trying again can help; an unknown failure is given the benefit of the doubt. */
export function isWorthRetrying(error: unknown): boolean {
  return !isAppError(error) || mayPass[error.kind]
}
