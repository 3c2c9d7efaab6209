import { assert } from './assert.ts'
import { DECIMAL_PLACES, type Decimal, decimalOf } from './decimal.ts'
import { type Currency, currencyScale } from './money.ts'

/** An exact rational number; its denominator is positive. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/**
 * How a value between two neighbours is rounded. A negative one becomes what its opposite becomes,
 * with the sign: a credit takes back exactly what was charged. `up` is away from zero, `down`
 * towards it.
 */
export const ROUNDINGS = ['half_even', 'half_up', 'up', 'down'] as const

/** A way to round. */
export type Rounding = (typeof ROUNDINGS)[number]

const ONE = 10n ** BigInt(DECIMAL_PLACES)

/**
 * The fraction `numerator / denominator`.
 *
 * @throws {@link AssertionFailed} when the denominator is not positive
 */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  assert(denominator > 0n, 'The denominator of a fraction is positive')
  return { numerator, denominator }
}

/** A decimal as a fraction. */
export function fractionOf(decimal: Decimal): Fraction {
  return fraction(decimal, ONE)
}

/** Multiplies exactly. */
export function multiply(left: Fraction, right: Fraction): Fraction {
  return fraction(left.numerator * right.numerator, left.denominator * right.denominator)
}

/** Adds exactly. */
export function sumFractions(fractions: readonly Fraction[]): Fraction {
  return fractions.reduce(
    (left, right) =>
      left.denominator === right.denominator
        ? fraction(left.numerator + right.numerator, left.denominator)
        : fraction(
            left.numerator * right.denominator + right.numerator * left.denominator,
            left.denominator * right.denominator,
          ),
    fraction(0n),
  )
}

/** Rounds to a whole number. */
export function roundFraction(
  { numerator, denominator }: Fraction,
  rounding: Rounding = 'half_even',
): bigint {
  const sign = numerator < 0n ? -1n : 1n
  const size = sign * numerator
  const whole = size / denominator
  const rest = size % denominator
  return sign * (isRoundedUp(whole, rest, denominator, rounding) ? whole + 1n : whole)
}

/** Rounds to a decimal, that is to 12 places. */
export function roundToDecimal(value: Fraction, rounding: Rounding = 'half_even'): Decimal {
  return decimalOf(roundFraction(multiply(value, fraction(ONE)), rounding))
}

/** Rounds an amount in major units (roubles) to minor units (kopecks): the one rounding of a line. */
export function roundToMinor(
  major: Fraction,
  currency: Currency,
  rounding: Rounding = 'half_even',
): bigint {
  return roundFraction(multiply(major, fraction(10n ** BigInt(currencyScale(currency)))), rounding)
}

function isRoundedUp(
  whole: bigint,
  rest: bigint,
  denominator: bigint,
  rounding: Rounding,
): boolean {
  const twice = 2n * rest
  switch (rounding) {
    case 'half_even':
      return twice > denominator || (twice === denominator && whole % 2n === 1n)
    case 'half_up':
      return twice >= denominator
    case 'up':
      return rest > 0n
    case 'down':
      return false
  }
}
