import { databaseError } from '../database/index.ts'

const HOUR_MS = 3_600_000
const ERROR_TEXT_MAX = 2_000

/** Wait before the next try: doubles with each failure up to an hour, a random half of it taken. */
export function backoffMs(baseMs: number, failures: number): number {
  const fullMs = Math.min(baseMs * 2 ** (failures - 1), HOUR_MS)
  return Math.ceil(fullMs * (0.5 + Math.random() / 2))
}

/** Text of a failure to keep in a row; never a statement's parameters, which are people's data. */
export function errorText(error: unknown): string {
  const text =
    databaseError(error)?.message ??
    (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  return text.replaceAll('\u0000', '').slice(0, ERROR_TEXT_MAX)
}
