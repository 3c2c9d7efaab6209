import { isLess, parse, type Rational, ratio, times, whole } from './rational.ts'

/** A discount as a coupon writes it: a percentage, or minor units. */
export interface NaiveDiscount {
  readonly percent?: string | undefined
  readonly atMost?: bigint | undefined
  readonly amount?: bigint | undefined
  readonly planIds?: readonly string[] | undefined
}

/** What is left of the lines of an invoice after discounts, in minor units. */
export function naiveDiscounted(
  lines: readonly { readonly planId: string; readonly amount: bigint }[],
  discounts: readonly NaiveDiscount[],
): bigint[] {
  const left = lines.map(({ amount }) => amount)
  for (const { percent, atMost, amount, planIds } of discounts) {
    const chosen = lines.flatMap(({ planId }, index) =>
      (planIds?.includes(planId) ?? true) && (left[index] ?? 0n) > 0n ? [index] : [],
    )
    const base = chosen.reduce((sum, index) => sum + (left[index] ?? 0n), 0n)
    const part = whole(times(ratio(base), parse(percent ?? '0'), ratio(1n, 100n)))
    const limits = [base, amount ?? part, atMost ?? base]
    spread(left, chosen, limits.toSorted((one, other) => (one < other ? -1 : 1))[0] ?? 0n)
  }
  return left
}

/** Takes whole shares, then a unit each of who would lose most by being spared. */
function spread(left: bigint[], chosen: readonly number[], amount: bigint): void {
  const before = [...left]
  const base = chosen.reduce((sum, index) => sum + (before[index] ?? 0n), 0n)
  if (base === 0n) return
  const share = (index: number): Rational => ratio(amount * (before[index] ?? 0n), base)
  const rest = (index: number): Rational => {
    const { top, bottom } = share(index)
    return ratio(top % bottom, bottom)
  }
  let open = amount
  for (const index of chosen) {
    const { top, bottom } = share(index)
    left[index] = (left[index] ?? 0n) - top / bottom
    open -= top / bottom
  }
  const spared = [...chosen]
  for (; open > 0n; open--) {
    const next = spared.reduce((best, index) => (isLess(rest(best), rest(index)) ? index : best))
    left[next] = (left[next] ?? 0n) - 1n
    spared.splice(spared.indexOf(next), 1)
  }
}
