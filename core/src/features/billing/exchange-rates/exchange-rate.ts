import { z } from 'zod'
import {
  type Currency,
  currencyScale,
  type Decimal,
  fraction,
  fractionOf,
  type Money,
  multiply,
  readDecimal,
  roundToMinor,
} from '../../../kernel/index.ts'
import { currencyField, daysField, line } from '../fields.ts'

const dayField = z.iso.date('is no day, such as 2028-01-31')

const [LEAST, MOST] = [readDecimal('0.000001'), readDecimal('1000000')]

/** What an exchange rate is made from. */
export const exchangeRateFields = z
  .strictObject({
    from: currencyField,
    to: currencyField,
    /** What one major unit of `from` is in major units of `to`. */
    rate: z
      .string()
      .regex(/^\d{1,7}(?:\.\d{1,12})?$/, 'is no rate, such as 97.4521')
      .transform((text) => readDecimal(text))
      .refine((rate) => rate >= LEAST && rate <= MOST, 'is not from 0.000001 to 1000000'),
    /** The day that it is of. */
    quotedOn: dayField,
    /** Who says so, such as a central bank. */
    source: line(100),
    /** Why it changes what amounts may have been converted by already. */
    reason: line(500).nullable().default(null),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'is the same currency' })

/** What an exchange rate is made from. */
export type ExchangeRateInput = z.input<typeof exchangeRateFields>

/** What one currency was worth in another on a day, as somebody said; it never changes. */
export interface ExchangeRate extends Readonly<z.output<typeof exchangeRateFields>> {
  readonly tenantId: string
  readonly id: string
  /** Counts from 1 for a pair and a day; the latest counts. */
  readonly version: number
  readonly actor: string
  readonly createdAt: Date
}

/** Which rate is looked for. */
export const rateQuery = z.strictObject({
  from: currencyField,
  to: currencyField,
  on: dayField,
  /** How many days before that day it may be of; 0 for that day alone. */
  maxAgeDays: daysField(366),
})

/** Which rate is looked for. */
export type RateQuery = z.input<typeof rateQuery>

/** The rate that an amount is converted by. */
export interface FoundRate {
  /** Of `from` in `to`, or of `to` in `from` where it is inverse. */
  readonly rate: Decimal
  readonly isInverse: boolean
  readonly quotedOn: string
  /** Null between an amount and itself. */
  readonly source: string | null
}

/** An amount in another currency, with what it was converted by. */
export interface ConvertedMoney extends Money, FoundRate {
  readonly original: Money
}

/** Converts and rounds once. */
export function converted(original: Money, to: Currency, found: FoundRate): ConvertedMoney {
  const major = fraction(original.amount, 10n ** BigInt(currencyScale(original.currency)))
  const { numerator, denominator } = fractionOf(found.rate)
  const rate = found.isInverse ? fraction(denominator, numerator) : fraction(numerator, denominator)
  const amount = roundToMinor(multiply(major, rate), to)
  return { ...found, amount, currency: to, original }
}
