import {
  divide,
  floor,
  isLess,
  least,
  minorUnits,
  minus,
  parse,
  plus,
  type Rational,
  ratio,
  times,
  whole,
} from './rational.ts'

/** A tier as a plan writes it. */
export interface NaiveTier {
  readonly upTo: string | null
  readonly rate: string
  readonly flatFee?: string | undefined
}

/** A charge as a plan writes it. */
export interface NaiveCharge {
  readonly key: string
  readonly model: string
  readonly when: string
  readonly rounding?: string | undefined
  readonly meter?: string | undefined
  readonly included?: string | undefined
  readonly rate?: string | undefined
  readonly size?: string | undefined
  readonly tiers?: readonly NaiveTier[] | undefined
}

const NONE = ratio(0n)

/** What a charge costs, in minor units; `share` is the part of the period, 1 for all of it. */
export function naivePrice(
  charge: NaiveCharge,
  quantity: Rational,
  currency: string,
  share: Rational = ratio(1n),
): bigint {
  const isUsage = charge.meter !== undefined
  const allowance = parse(charge.included ?? '0')
  // What usage includes is shared out to twelve places.
  const included = isUsage ? toPlaces(times(allowance, share)) : allowance
  const rest = isLess(included, quantity) ? minus(quantity, included) : NONE
  const price = exactPrice(charge, rest)
  return minorUnits(isUsage ? price : times(price, share), currency, charge.rounding)
}

function exactPrice(charge: NaiveCharge, quantity: Rational): Rational {
  const rate = parse(charge.rate ?? '0')
  switch (charge.model) {
    case 'flat':
      return rate
    case 'per_unit':
      return times(quantity, rate)
    case 'package': {
      const packages = divide(quantity, parse(charge.size ?? '1'))
      return times(ratio(-floor(ratio(-packages.top, packages.bottom))), rate)
    }
    case 'graduated':
      return graduated(charge.tiers ?? [], quantity)
    case 'volume':
      return volume(charge.tiers ?? [], quantity)
    default:
      throw new RangeError(`The oracle does not know ${charge.model}`)
  }
}

/** Fills the tiers one after the other, as a staircase is climbed. */
function graduated(tiers: readonly NaiveTier[], quantity: Rational): Rational {
  let left = quantity
  let below = NONE
  let price = NONE
  for (const { upTo, rate, flatFee } of tiers) {
    if (left.top <= 0n) break
    const room = upTo === null ? left : least(left, minus(parse(upTo), below))
    price = plus(price, times(room, parse(rate)), parse(flatFee ?? '0'))
    left = minus(left, room)
    below = upTo === null ? below : parse(upTo)
  }
  return price
}

function volume(tiers: readonly NaiveTier[], quantity: Rational): Rational {
  if (quantity.top <= 0n) return NONE
  const tier = tiers.find(({ upTo }) => upTo === null || !isLess(parse(upTo), quantity))
  return plus(times(quantity, parse(tier?.rate ?? '0')), parse(tier?.flatFee ?? '0'))
}

function toPlaces(number: Rational): Rational {
  return ratio(whole(times(number, ratio(10n ** 12n))), 10n ** 12n)
}
