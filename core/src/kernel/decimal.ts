import { assert } from './assert.ts'
import { InvalidValue } from './errors.ts'

declare const places: unique symbol

/** An exact decimal number of 12 places: a count of units of 10^-12. */
export type Decimal = bigint & { readonly [places]: 12 }

/** Digits after the decimal point. */
export const DECIMAL_PLACES = 12

/** Digits before it; what a column of `numeric(38, 12)` holds. */
const WHOLE_DIGITS = 26

const ONE = 10n ** BigInt(DECIMAL_PLACES)
const LIMIT = 10n ** BigInt(WHOLE_DIGITS) * ONE

/** The decimal 0. */
export const ZERO: Decimal = decimalOf(0n)

/**
 * Takes a count of 10^-12 for a decimal, as sums and differences of decimals are:
 * `decimalOf(used - included)`.
 *
 * @throws {@link AssertionFailed} when it has more than 26 digits before the point
 */
export function decimalOf(units: bigint): Decimal {
  assert(isDecimal(units), 'A decimal has at most 26 digits before the point')
  return units
}

/**
 * Reads a decimal exactly, such as `0.000001`; never rounds.
 *
 * @throws {@link InvalidValue} when the text is not a decimal number of at most 26 digits before
 * and 12 after the point
 */
export function readDecimal(text: string, field = 'number'): Decimal {
  const match = /^(-?)(\d{1,26})(?:\.(\d{1,30}))?$/.exec(text)
  const fraction = match?.[3] ?? ''
  if (!match || /[1-9]/.test(fraction.slice(DECIMAL_PLACES))) {
    throw new InvalidValue({
      field,
      problem: 'is not a decimal number',
      remedy: 'write digits, a point and at most 12 digits, such as 0.000001',
    })
  }
  const digits = `${match[2]}${fraction.slice(0, DECIMAL_PLACES).padEnd(DECIMAL_PLACES, '0')}`
  return decimalOf(BigInt(`${match[1]}${digits}`))
}

/** Prints a decimal without idle zeros: `100`, `0.5`, `-0.000001`. */
export function decimalText(decimal: Decimal): string {
  return scaledText(decimal, DECIMAL_PLACES)
}

/** Multiplies exactly, as text: a product of two decimals has up to 24 places. */
export function productText(left: Decimal, right: Decimal): string {
  return scaledText(left * right, 2 * DECIMAL_PLACES)
}

function scaledText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  const text = fraction ? `${digits.slice(0, -scale)}.${fraction}` : digits.slice(0, -scale)
  return units < 0n ? `-${text}` : text
}

function isDecimal(units: bigint): units is Decimal {
  return units < LIMIT && units > -LIMIT
}
