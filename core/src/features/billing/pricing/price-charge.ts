import {
  assert,
  type Currency,
  DECIMAL_PLACES,
  type Decimal,
  decimalOf,
  decimalText,
  type Fraction,
  fraction,
  fractionOf,
  InvalidValue,
  multiply,
  productText,
  roundToDecimal,
  roundToMinor,
  sumFractions,
  UNIT_AMOUNT_MAX,
  ZERO,
} from '../../../kernel/index.ts'
import type { PeriodDays } from '../periods/billing-period.ts'
import { shareOf } from '../periods/days.ts'
import { type Charge, type CountedCharge, isUsage } from './charge.ts'
import { QUANTITY_MAX } from './decimal-fields.ts'
import { least } from './order.ts'
import type { PriceStep } from './price-step.ts'
import { AmountTooLarge } from './pricing.errors.ts'
import { type PricingPlugIns, pluggedPrice } from './pricing-plug-in.ts'
import type { Segment } from './segments.ts'
import type { Tier } from './tiers.ts'

/** What a charge is priced for. */
export interface PriceFacts {
  /** Usage of its meter, or the quantity of the subscription; a flat charge asks for none. */
  readonly quantity: Decimal
  readonly currency: Currency
  /** The part of the period that is paid for. [all of it] */
  readonly share?: Fraction | undefined
}

/** A price and how it came about. */
export interface Price {
  /** Minor units, rounded once. */
  readonly amount: bigint
  readonly steps: readonly PriceStep[]
}

/** An exact amount in major units, and the steps to it. */
interface Exact {
  readonly amount: Fraction
  readonly steps: readonly PriceStep[]
}

/**
 * Prices one charge for one period: exactly, and rounded to the minor unit once, at the end.
 *
 * For a part of a period, what is charged by time is multiplied by its share. Usage is not, as it
 * was all used in that part; what is included of it is.
 *
 * @throws {@link InvalidValue} for a quantity that is negative or absurd
 * @throws {@link AmountTooLarge} when the price is more than the kit moves at once
 * @throws {@link UnknownPlugIn} {@link PlugInBroken} for a charge of the model `custom`
 */
export function priceCharge(charge: Charge, facts: PriceFacts, plugIns: PricingPlugIns): Price {
  const { quantity, currency } = facts
  if (quantity < 0n || quantity > QUANTITY_MAX) {
    const remedy = `give 0 to ${decimalText(QUANTITY_MAX)}`
    throw new InvalidValue({ field: 'quantity', problem: `is ${decimalText(quantity)}`, remedy })
  }
  const { amount, steps } = partOf(charge, facts, plugIns)
  const minor = roundToMinor(amount, currency, charge.rounding)
  if (minor > UNIT_AMOUNT_MAX) throw new AmountTooLarge({ chargeKey: charge.key, currency })
  return { amount: minor, steps }
}

/**
 * Prices the days in which one charge stayed as it was.
 *
 * @param facts.usage what its meter counted in those days; asked for by charges for usage alone
 */
export function priceSegment(
  segment: Segment,
  facts: {
    readonly period: PeriodDays
    readonly currency: Currency
    readonly usage?: Decimal | undefined
  },
  plugIns: PricingPlugIns,
): Price {
  const { period, currency, usage } = facts
  const { charge } = segment
  const quantity = isUsage(charge) ? usage : segment.quantity
  assert(quantity !== undefined, 'A charge for usage is priced by what its meter counted')
  const isWhole = segment.fromOn === period.startOn && segment.untilOn === period.endOn
  const share = isWhole ? undefined : shareOf(period, segment)
  return priceCharge(charge, { quantity, currency, share }, plugIns)
}

function partOf(charge: Charge, facts: PriceFacts, plugIns: PricingPlugIns): Exact {
  const { share } = facts
  if (share === undefined) return exactPrice(charge, facts, plugIns)
  if (isUsage(charge)) {
    const included = charge.included && roundToDecimal(multiply(fractionOf(charge.included), share))
    return exactPrice({ ...charge, included }, facts, plugIns)
  }
  const { amount, steps } = exactPrice(charge, facts, plugIns)
  const days = { days: String(share.numerator), of: String(share.denominator) }
  return { amount: multiply(amount, share), steps: [...steps, { kind: 'days', ...days }] }
}

function exactPrice(charge: Charge, facts: PriceFacts, plugIns: PricingPlugIns): Exact {
  if (charge.model === 'flat') {
    const amount = decimalText(charge.rate)
    return { amount: fractionOf(charge.rate), steps: [{ kind: 'flat', amount }] }
  }
  const { quantity } = facts
  const free = least(quantity, charge.included ?? ZERO)
  const priced = countedPrice(charge, decimalOf(quantity - free), facts.currency, plugIns)
  if (charge.included === undefined) return priced
  const texts = { quantity: decimalText(free), of: decimalText(charge.included) }
  return { ...priced, steps: [{ kind: 'included', ...texts }, ...priced.steps] }
}

function countedPrice(
  charge: CountedCharge,
  quantity: Decimal,
  currency: Currency,
  plugIns: PricingPlugIns,
): Exact {
  switch (charge.model) {
    case 'per_unit': {
      const texts = { quantity: decimalText(quantity), rate: decimalText(charge.rate) }
      const amount = productText(quantity, charge.rate)
      return {
        amount: product(quantity, charge.rate),
        steps: [{ kind: 'units', ...texts, amount }],
      }
    }
    case 'graduated':
      return sumOf(tiersOf(charge.tiers, quantity).map((reached) => tierPrice(reached)))
    case 'volume': {
      const last = tiersOf(charge.tiers, quantity).at(-1)
      return sumOf(last === undefined ? [] : [tierPrice({ ...last, quantity })])
    }
    case 'package': {
      const packages = (quantity + charge.size - 1n) / charge.size
      const count = decimalOf(packages * ONE)
      const step = {
        ...{ packages: String(packages), size: decimalText(charge.size) },
        ...{ rate: decimalText(charge.rate), amount: productText(count, charge.rate) },
      }
      return { amount: product(count, charge.rate), steps: [{ kind: 'packages', ...step }] }
    }
    case 'custom': {
      const { plugIn: name, parameters } = charge
      const price = pluggedPrice(plugIns, name, { quantity, currency, parameters })
      const { amount, explanation } = price
      const step = { name, explanation, amount: decimalText(amount) }
      return { amount: fractionOf(amount), steps: [{ kind: 'plug_in', ...step }] }
    }
  }
}

/** A tier that a quantity reaches into, and how much of it lies there. */
interface ReachedTier {
  readonly tier: Tier
  readonly from: Decimal
  readonly quantity: Decimal
}

function tiersOf(tiers: readonly Tier[], quantity: Decimal): ReachedTier[] {
  const reached: ReachedTier[] = []
  let from: Decimal = ZERO
  for (const tier of tiers) {
    if (quantity <= from) break
    const until = tier.upTo === null ? quantity : least(quantity, tier.upTo)
    reached.push({ tier, from, quantity: decimalOf(until - from) })
    from = until
  }
  return reached
}

function tierPrice({ tier, from, quantity }: ReachedTier): Exact {
  const { upTo, rate, flatFee } = tier
  const exact = quantity * rate + (flatFee ?? 0n) * ONE
  return {
    amount: fraction(exact, ONE * ONE),
    steps: [
      {
        ...{ kind: 'tier', from: decimalText(from), upTo: upTo && decimalText(upTo) },
        ...{ quantity: decimalText(quantity), rate: decimalText(rate) },
        ...(flatFee ? { flatFee: decimalText(flatFee) } : {}),
        amount: productText(quantity, rate),
      },
    ],
  }
}

const ONE = 10n ** BigInt(DECIMAL_PLACES)

function product(quantity: Decimal, rate: Decimal): Fraction {
  return multiply(fractionOf(quantity), fractionOf(rate))
}

function sumOf(parts: readonly Exact[]): Exact {
  const amount = sumFractions(parts.map((part) => part.amount))
  return { amount, steps: parts.flatMap((part) => part.steps) }
}
