import { AppError } from '../../kernel/index.ts'

/** Somebody tried something more often than its limit allows. */
export class TooManyTries extends AppError {
  readonly code = 'limits.too_many_tries'
  readonly kind = 'rate_limited'

  constructor(facts: { limit: string; retryAfterSeconds: number }) {
    super(`Too many tries: try again in ${facts.retryAfterSeconds} s`, facts)
  }
}

/** The limiter's store does not answer; what it guards is refused until it does. */
export class LimitsUnavailable extends AppError {
  readonly code = 'limits.unavailable'
  readonly kind = 'unavailable'

  constructor(options: ErrorOptions) {
    super('Tries cannot be counted right now: try again in a moment', {}, options)
  }
}
