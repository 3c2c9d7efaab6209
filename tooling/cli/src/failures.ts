import { isAppError } from '@gramkit/core/kernel'

/** What the command found or could not do; the message says what and the way out. Ends with 1. */
export class CommandFailed extends Error {}

/** The command was called in a way it does not understand. Ends with 2. */
export class WrongUsage extends Error {}

/** What went wrong, in words for the person at the terminal; a stack only for what nobody expected. */
export function explain(error: unknown): string {
  if (error instanceof CommandFailed || isAppError(error)) return error.message
  // PostgreSQL and the operating system give a code with what they say, below what drizzle adds.
  for (let at = error; at instanceof Error; at = at.cause) {
    if (typeof Reflect.get(at, 'code') !== 'string') continue
    return (
      at.message || (at instanceof AggregateError ? at.errors.map(explain).join('; ') : at.name)
    )
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
