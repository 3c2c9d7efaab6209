import { AppError } from '../../kernel/index.ts'

/** The row is locked by somebody else and the caller asked not to wait. */
export class LockUnavailable extends AppError {
  readonly code = 'database.lock_unavailable'
  readonly kind = 'conflict'

  constructor(facts: { table: string }, options?: ErrorOptions) {
    super(`A row of ${facts.table} is locked by another transaction; try again`, facts, options)
  }
}

interface DatabaseError {
  readonly code: string
  readonly constraint?: string
  readonly detail?: string
  readonly message: string
}

/** Finds PostgreSQL's own error inside what a driver or drizzle threw. */
export function databaseError(error: unknown): DatabaseError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code: unknown = Reflect.get(at, 'code')
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
      const constraint: unknown =
        Reflect.get(at, 'constraint') ?? Reflect.get(at, 'constraint_name')
      const detail: unknown = Reflect.get(at, 'detail')
      return {
        code,
        message: at.message,
        ...(typeof constraint === 'string' ? { constraint } : {}),
        ...(typeof detail === 'string' ? { detail } : {}),
      }
    }
  }
  return undefined
}

/** Tells whether a write failed because the named unique constraint already holds the value. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const found = databaseError(error)
  return found?.code === '23505' && found.constraint === constraint
}

/** Tells whether a transaction failed only because of others and may simply run again. */
export function isRetryable(error: unknown): boolean {
  const code = databaseError(error)?.code
  return code === '40001' || code === '40P01'
}
