/** What a caller can do about a failure; each edge (HTTP, bot, jobs) maps it once. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'locked'
  | 'payment_required'
  | 'rate_limited'
  | 'unavailable'
  | 'internal'

/** Facts about a failure that are safe to log and to show: never secrets, never personal data. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>

/**
 * Base of every failure the kit throws on purpose.
 *
 * Identify a failure by `code`, not by `instanceof`: two copies of a package may be installed.
 */
export abstract class AppError extends Error {
  /** Stable name of the case, `<feature>.<reason>`; part of the public API. */
  abstract readonly code: string
  abstract readonly kind: ErrorKind
  readonly details: ErrorDetails

  constructor(message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options)
    this.details = details
    this.name = new.target.name
  }
}

/** Tells an expected failure of the kit from any other thrown value. */
export function isAppError(error: unknown): error is AppError {
  return (
    error instanceof Error &&
    typeof Reflect.get(error, 'code') === 'string' &&
    typeof Reflect.get(error, 'kind') === 'string' &&
    typeof Reflect.get(error, 'details') === 'object'
  )
}

/** A value from outside breaks a rule; names the field, what is wrong and the way out. */
export class InvalidValue extends AppError {
  readonly code = 'kernel.invalid_value'
  readonly kind = 'invalid'

  constructor(facts: { field: string; problem: string; remedy?: string }) {
    super(`${facts.field} ${facts.problem}${facts.remedy ? `: ${facts.remedy}` : ''}`, facts)
  }
}

/** A row that was asked for by its id does not exist. */
export class NotFound extends AppError {
  readonly code = 'kernel.not_found'
  readonly kind = 'not_found'

  constructor(facts: { what: string; id: string }) {
    super(`There is no ${facts.what} with the id ${facts.id}`, facts)
  }
}
