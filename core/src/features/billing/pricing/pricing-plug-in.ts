import type { z } from 'zod'
import { type Currency, type Decimal, decimalOf, InvalidValue } from '../../../kernel/index.ts'
import { PlugInBroken } from '../plug-ins/plug-ins.errors.ts'
import { Registry } from '../plug-ins/registry.ts'

const SORT = 'pricing plug-in'

/** What a plug-in prices. */
export interface PricingFacts<Parameters> {
  /** Units beyond those that are included. */
  readonly quantity: Decimal
  readonly currency: Currency
  readonly parameters: Parameters
}

/** What a plug-in answers. */
export interface PluggedPrice {
  /** In major units of the currency; rounded to minor units afterwards. */
  readonly amount: Decimal
  /** How it came about, for the line of an invoice. */
  readonly explanation: string
}

/** A way to price that an app adds by name; a plan's charge of the model `custom` names it. */
export interface PricingPlugIn {
  /** Refuses parameters of a plan that is being made. */
  check(parameters: unknown, field: string): void
  price(facts: PricingFacts<unknown>): PluggedPrice
}

/** The pricing plug-ins of an app. */
export type PricingPlugIns = Registry<PricingPlugIn>

/** A registry without plug-ins. */
export function pricingPlugIns(): PricingPlugIns {
  return new Registry(SORT)
}

/**
 * Declares a way to price. It must be a pure function: a bill is computed again whenever it is
 * previewed, repeated or explained.
 *
 * @example
 * pricingPlugIns().register('square', definePricing({
 *   parameters: z.strictObject({ rate: z.string() }),
 *   price: ({ quantity, parameters }) => ({
 *     amount: roundToDecimal(multiply(fractionOf(quantity), fractionOf(readDecimal(parameters.rate)))),
 *     explanation: 'by the square metre',
 *   }),
 * }))
 */
export function definePricing<Schema extends z.ZodType>(definition: {
  readonly parameters: Schema
  readonly price: (facts: PricingFacts<z.output<Schema>>) => PluggedPrice
}): PricingPlugIn {
  return {
    check(parameters, field) {
      const read = definition.parameters.safeParse(parameters)
      if (read.success) return
      const [issue] = read.error.issues
      throw new InvalidValue({
        field: [field, ...(issue?.path ?? [])].join('.'),
        problem: issue?.message ?? 'are wrong',
      })
    },
    price: (facts) =>
      definition.price({ ...facts, parameters: definition.parameters.parse(facts.parameters) }),
  }
}

/**
 * Asks a plug-in for a price and believes no nonsense.
 *
 * @throws {@link UnknownPlugIn} when it is not registered
 * @throws {@link PlugInBroken} when it fails, or answers no amount of 0 or more
 */
export function pluggedPrice(
  plugIns: PricingPlugIns,
  name: string,
  facts: PricingFacts<unknown>,
): PluggedPrice {
  const plugIn = plugIns.get(name)
  let price: PluggedPrice
  try {
    price = plugIn.price(facts)
  } catch (cause) {
    throw new PlugInBroken({ sort: SORT, name, problem: 'failed' }, { cause })
  }
  // Plug-ins may be written in JavaScript, where a type is a hope.
  const { amount, explanation }: { amount: unknown; explanation: unknown } = price
  if (typeof amount !== 'bigint' || amount < 0n) {
    throw new PlugInBroken({ sort: SORT, name, problem: 'gave no amount of 0 or more' })
  }
  return { amount: decimalOf(amount), explanation: String(explanation) }
}
