import { z } from 'zod'
import { type Decimal, decimalText, readDecimal } from '../../../kernel/index.ts'

/** Most that one unit, one package or one flat price may cost, in major units. */
export const RATE_MAX: Decimal = readDecimal('1000000000')

/** Most units of one thing in one period. */
export const QUANTITY_MAX: Decimal = readDecimal('1000000000000000')

/** A decimal as text outside, exact inside; both ways, so that what is stored reads back. */
function decimalField(what: string, least: Decimal, most: Decimal) {
  const shape = z
    .string()
    .regex(
      /^-?\d{1,26}(\.\d{1,12})?$/,
      'is not a decimal number: write digits, a point and at most 12 digits',
    )
  const value = z
    .custom<Decimal>((given) => typeof given === 'bigint')
    .superRefine((decimal, context) => {
      const problem =
        decimal < 0n
          ? 'is negative'
          : decimal < least
            ? 'is 0'
            : decimal > most
              ? `is absurd: ${decimalText(decimal)}`
              : undefined
      if (problem === undefined) return
      const remedy = `${what} from ${decimalText(least)} to ${decimalText(most)}`
      context.addIssue({ code: 'custom', message: problem, params: { remedy } })
    })
  return z.codec(shape, value, { decode: (text) => readDecimal(text), encode: decimalText })
}

const SMALLEST = readDecimal('0.000001')

/** What one unit costs, in major units of the currency. */
export const rateField = decimalField('give a price', readDecimal('0'), RATE_MAX)

/** A number of units. */
export const quantityField = decimalField('give a quantity', readDecimal('0'), QUANTITY_MAX)

/** A number of units that is divided by. */
export const sizeField = decimalField('give a size', SMALLEST, QUANTITY_MAX)
