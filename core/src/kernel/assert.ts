import { AppError } from './errors.ts'

/** A rule the code itself must keep was broken: a defect, never the caller's fault. */
export class AssertionFailed extends AppError {
  readonly code = 'kernel.assertion_failed'
  readonly kind = 'internal'
}

/**
 * Stops the program's current work when one of its own rules does not hold.
 *
 * @throws {@link AssertionFailed}
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message)
}

/** Makes a switch exhaustive: the compiler refuses a case that was forgotten. */
export function unreachable(value: never): never {
  throw new AssertionFailed(`Unexpected value ${String(value)}`)
}
