import { z } from 'zod'
import type { Currency, Decimal } from '../../../kernel/index.ts'
import { currencyField } from '../fields.ts'
import { addMonths } from '../periods/local-midnight.ts'

/** Months that one report is of. */
export const REPORTED_MONTHS_MAX = 60

const month = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, {
  message: 'is no month, such as 2028-01',
  // What follows counts months.
  abort: true,
})

const converted = {
  /** Everything in this one, by the rates of the tenant. [each currency by itself] */
  currency: currencyField.optional(),
}

/** Of which months a report is. */
export const monthsQuery = z
  .strictObject({ fromMonth: month, untilMonth: month, ...converted })
  .refine(({ fromMonth, untilMonth }) => fromMonth <= untilMonth, {
    ...{ path: ['untilMonth'], message: 'is before the first' },
  })
  .refine(
    ({ fromMonth, untilMonth }) => monthsOf(fromMonth, untilMonth).length <= REPORTED_MONTHS_MAX,
    { path: ['untilMonth'], message: `is more than ${REPORTED_MONTHS_MAX} months on` },
  )

/** Of which months a report is. */
export type MonthsQuery = z.input<typeof monthsQuery>

/** Of which day a report is. */
export const dayQuery = z.strictObject({
  /** [today] */
  on: z.iso.date('is no day, such as 2028-01-31').optional(),
  ...converted,
})

/** Of which day a report is. */
export type DayQuery = z.input<typeof dayQuery>

/** A rate by which amounts of a report were converted. */
export interface UsedRate {
  readonly from: Currency
  readonly to: Currency
  /** The day whose rate was asked for, and that of which one was found. */
  readonly on: string
  readonly quotedOn: string
  readonly rate: Decimal
  /** Whether the rate is that of the opposite direction. */
  readonly isInverse: boolean
  readonly source: string | null
}

/** Rows, with what they were converted by. */
export interface Report<Row> {
  readonly rows: readonly Row[]
  /** None where every currency stands by itself. */
  readonly rates: readonly UsedRate[]
}

/** The months from one to another, both of them as well. */
export function monthsOf(fromMonth: string, untilMonth: string): string[] {
  const months: string[] = []
  let firstOn = `${fromMonth}-01`
  // One more than a report may have tells that they are too many.
  while (firstOn.slice(0, 7) <= untilMonth && months.length <= REPORTED_MONTHS_MAX) {
    months.push(firstOn.slice(0, 7))
    firstOn = addMonths(firstOn, 1)
  }
  return months
}

/** A month of a report, and the day at whose end it is looked at. */
export interface ReportedMonth {
  readonly month: string
  readonly on: string
}
