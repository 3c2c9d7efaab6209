import { assert } from './assert.ts'

/**
 * Splits an amount by weights, to the minor unit: the parts add up to it exactly.
 *
 * Each gets its share rounded towards zero; what is left goes, a unit each, to the largest
 * remainders, and among equal ones to the first.
 *
 * @throws {@link AssertionFailed} when a weight is negative or all of them are 0
 */
export function allocate(amount: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  assert(total > 0n && weights.every((weight) => weight >= 0n), 'Weights are positive, or some 0')
  const sign = amount < 0n ? -1n : 1n
  const size = sign * amount
  const shares = weights.map((weight, index) => ({
    index,
    whole: (size * weight) / total,
    rest: (size * weight) % total,
  }))
  const left = size - shares.reduce((sum, { whole }) => sum + whole, 0n)
  const luckiest = shares.toSorted((one, other) => compare(other.rest, one.rest))
  const lucky = new Set(luckiest.slice(0, Number(left)).map(({ index }) => index))
  return shares.map(({ index, whole }) => sign * (lucky.has(index) ? whole + 1n : whole))
}

function compare(left: bigint, right: bigint): number {
  return left < right ? -1 : Number(left > right)
}
