import { divide, parse, plus, ratio, times, whole } from './rational.ts'

/** A line as an invoice says it, in minor units. */
export interface NaiveBillLine {
  readonly kind: string
  readonly chargeKey: string | null
  readonly fromOn: string | null
  readonly untilOn: string | null
  readonly discount: bigint
  readonly net: bigint
  readonly tax: bigint
}

/** The percentage that a buyer pays, day by day, and whether prices have it in them. */
export interface NaiveTax {
  readonly isInPrices: boolean
  /** Oldest first; none where nothing is owed. */
  readonly rates: readonly { readonly fromOn: string; readonly percent: string }[]
}

/** A line before taxes; `left` is what discounts left of it. */
export interface NaiveTaxable extends Omit<NaiveBillLine, 'discount' | 'net' | 'tax'> {
  readonly amount: bigint
  readonly left: bigint
}

/** The lines of a bill with their taxes, each rounded by itself, and what they come to. */
export function naiveTaxed(
  lines: readonly NaiveTaxable[],
  { isInPrices, rates }: NaiveTax,
  on: string,
): { lines: NaiveBillLine[]; total: bigint } {
  const percent = rates.filter(({ fromOn }) => fromOn <= on).at(-1)?.percent
  const rate = divide(parse(percent ?? '0'), ratio(100n))
  const taxOf = (amount: bigint): bigint => {
    const part = isInPrices ? divide(rate, plus(ratio(1n), rate)) : rate
    return whole(times(ratio(amount), part))
  }
  const taxed = lines.map(({ amount, left, ...line }) => {
    const tax = taxOf(left)
    const net = isInPrices ? left - tax : left
    const undiscounted = isInPrices ? amount - taxOf(amount) : amount
    return { ...line, discount: undiscounted - net, net, tax }
  })
  // What is carried on makes the bill ask for 0, with its tax.
  const others = taxed.filter(({ kind }) => kind !== 'carry')
  const owed = others.reduce((sum, { net, tax }) => sum + net + tax, 0n)
  const all = taxed.map((line) =>
    line.kind === 'carry' ? { ...line, tax: -owed - line.net } : line,
  )
  return { lines: all, total: all.reduce((sum, { net, tax }) => sum + net + tax, 0n) }
}
