import { assert, formatDecimal, type Money } from '../../../kernel/index.ts'

/** Calls YooKassa, again where that is safe, and gives the body of its answer. */
export type YookassaCall = (
  request: () => Promise<{ status: number; data: unknown }>,
) => Promise<unknown>

const HOUR_MS = 3_600_000

/** YooKassa keeps an idempotency key for 24 h; the last try must be over by then. */
export const KEY_KEPT_MS = 23 * HOUR_MS

/** Prints roubles as YooKassa reads them. */
export function roubles(money: Money) {
  assert(money.currency === 'RUB', 'This gateway takes roubles')
  return { value: formatDecimal(money), currency: money.currency }
}
