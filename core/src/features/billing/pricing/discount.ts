import {
  allocate,
  assert,
  type Decimal,
  fraction,
  fractionOf,
  multiply,
  readDecimal,
  roundFraction,
} from '../../../kernel/index.ts'
import { least } from './order.ts'

/** What is taken off: a percentage, at most so much, or an amount in minor units. */
export type DiscountTerms =
  | { readonly percent: Decimal; readonly atMost?: bigint | undefined }
  | { readonly amount: bigint }

/** One discount of an invoice. */
export interface Discount {
  readonly id: string
  readonly terms: DiscountTerms
  /** The plans whose charges it is for. [all of them] */
  readonly planIds?: readonly string[] | undefined
}

/** A line that discounts may be taken off. */
export interface DiscountableLine {
  /** The plan that it is charged by. */
  readonly planId: string
  /** In minor units; a credit is negative. */
  readonly amount: bigint
}

/** What discounts take off. */
export interface Discounts {
  /** Off each line, in the order of the lines. */
  readonly perLine: readonly bigint[]
  /** By each discount, in their order. */
  readonly taken: readonly { readonly id: string; readonly amount: bigint }[]
}

const HUNDRED = readDecimal('100')

/**
 * Takes discounts off the lines of an invoice.
 *
 * They are taken in order, each off what the ones before have left, so together they never take
 * more than there is. A discount is rounded once, half to even, and spread over its lines by their
 * amounts so that the parts add up to it. Credits are not discounted: they give back what was
 * charged after discounts.
 */
export function applyDiscounts(
  lines: readonly DiscountableLine[],
  discounts: readonly Discount[],
): Discounts {
  const left = lines.map(({ amount }) => (amount > 0n ? amount : 0n))
  const taken = discounts.map(({ id, terms, planIds }) => {
    const weights = lines.map(({ planId }, index) =>
      planIds === undefined || planIds.includes(planId) ? (left[index] ?? 0n) : 0n,
    )
    const base = weights.reduce((sum, weight) => sum + weight, 0n)
    const amount = least(wanted(terms, base), base)
    if (amount > 0n) {
      for (const [index, part] of allocate(amount, weights).entries()) {
        left[index] = (left[index] ?? 0n) - part
      }
    }
    return { id, amount }
  })
  const perLine = lines.map(({ amount }, index) =>
    amount > 0n ? amount - (left[index] ?? 0n) : 0n,
  )
  return { perLine, taken }
}

function wanted(terms: DiscountTerms, base: bigint): bigint {
  if ('amount' in terms) {
    assert(terms.amount >= 0n, 'A discount takes off 0 or more')
    return terms.amount
  }
  assert(terms.percent >= 0n && terms.percent <= HUNDRED, 'A percentage lies between 0 and 100')
  const share = multiply(fractionOf(terms.percent), fraction(1n, 100n))
  const amount = roundFraction(multiply(fraction(base), share))
  return terms.atMost === undefined ? amount : least(amount, terms.atMost)
}
