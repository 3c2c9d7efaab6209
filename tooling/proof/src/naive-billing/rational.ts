/**
 * Billing once more, as simply as it can be said: the oracle that invoices are checked against. It
 * shares no code with the kit, reads the same texts, and counts days and units where the kit
 * multiplies.
 *
 * @module
 */

/** An exact number. */
export interface Rational {
  readonly top: bigint
  readonly bottom: bigint
}

/** The number `top / bottom`, in lowest terms. */
export function ratio(top: bigint, bottom = 1n): Rational {
  if (bottom === 0n) throw new RangeError('Nothing is divided by 0')
  const sign = bottom < 0n ? -1n : 1n
  const by = sign * divisor(top < 0n ? -top : top, sign * bottom)
  return { top: top / by, bottom: bottom / by }
}

/** A decimal text as a number. */
export function parse(text: string): Rational {
  const [whole = '', places = ''] = text.split('.')
  return ratio(BigInt(whole + places), 10n ** BigInt(places.length))
}

export function plus(...numbers: readonly Rational[]): Rational {
  return numbers.reduce(
    (sum, { top, bottom }) => ratio(sum.top * bottom + top * sum.bottom, sum.bottom * bottom),
    ratio(0n),
  )
}

export function minus(from: Rational, what: Rational): Rational {
  return plus(from, ratio(-what.top, what.bottom))
}

export function times(...numbers: readonly Rational[]): Rational {
  return numbers.reduce(
    (product, { top, bottom }) => ratio(product.top * top, product.bottom * bottom),
    ratio(1n),
  )
}

export function divide(one: Rational, other: Rational): Rational {
  return ratio(one.top * other.bottom, one.bottom * other.top)
}

export function isLess(one: Rational, other: Rational): boolean {
  return one.top * other.bottom < other.top * one.bottom
}

export function least(one: Rational, other: Rational): Rational {
  return isLess(one, other) ? one : other
}

/** The next whole number at or below a number. */
export function floor({ top, bottom }: Rational): bigint {
  const whole = top / bottom
  return whole * bottom > top ? whole - 1n : whole
}

/** A whole number near a number: away from 0, towards it, or the nearer one. */
export function whole(number: Rational, rounding = 'half_even'): bigint {
  if (number.top < 0n) return -whole(ratio(-number.top, number.bottom), rounding)
  const below = floor(number)
  const rest = minus(number, ratio(below))
  if (rest.top === 0n) return below
  const half = ratio(1n, 2n)
  if (rounding === 'up') return below + 1n
  if (rounding === 'down') return below
  if (isLess(rest, half)) return below
  if (isLess(half, rest) || rounding === 'half_up') return below + 1n
  return below % 2n === 0n ? below : below + 1n
}

const DIGITS: Readonly<Record<string, bigint>> = { JPY: 0n, XTR: 0n, KWD: 3n }

/** Minor units of an amount in major units. */
export function minorUnits(major: Rational, currency: string, rounding?: string): bigint {
  return whole(times(major, ratio(10n ** (DIGITS[currency] ?? 2n))), rounding)
}

function divisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one || 1n : divisor(other, one % other)
}
