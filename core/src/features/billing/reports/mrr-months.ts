import { assert, type Currency } from '../../../kernel/index.ts'
import type { Conversion } from './conversion.ts'
import {
  type CustomerMonths,
  figuresOf,
  type MrrMonth,
  type MrrMovement,
  movementOf,
} from './mrr.ts'
import type { ReportedMonth } from './report.ts'
import { type SubscriberMonths, together } from './subscriber-months.ts'

/** Months in a row, and the day before the first of them. */
export interface MonthRow {
  readonly openedOn: string
  readonly months: readonly ReportedMonth[]
}

/** How what customers of one currency pay moved in each month. */
export function mrrMonths(
  customers: ReadonlyMap<string, CustomerMonths>,
  currency: Currency,
  { openedOn, months }: MonthRow,
): MrrMonth[] {
  const all = [...customers.values()]
  return months.map(({ month, on }, index) => {
    const moved = movementOf(all, index + 1, months[index - 1]?.on ?? openedOn)
    return { month, on, currency, ...moved, ...figuresOf(moved.mrr, moved.customers) }
  })
}

/**
 * The same of all currencies in one. Each movement is converted by the rate of the end of its month;
 * what the beginning is worth by that rate, and was not, is `exchange`. A customer of two currencies
 * is one customer.
 */
export function convertedMrrMonths(
  found: SubscriberMonths,
  conversion: Conversion,
  row: MonthRow,
): MrrMonth[] {
  const rows = new Map(
    [...found].map(([from, customers]) => [from, mrrMonths(customers, from, row)] as const),
  )
  const present = [...presentMonths(found).values()]
  return row.months.map(({ month, on }, index) => {
    const openedOn = row.months[index - 1]?.on ?? row.openedOn
    let mrr: MrrMovement | undefined
    for (const [from, months] of rows) {
      const moved = months[index]?.mrr
      assert(moved, 'Each currency has each month')
      const one = convertedMovement(moved, (amount, day) => conversion.of(amount, from, day), {
        ...{ openedOn, on },
      })
      mrr = mrr ? sumMovements(mrr, one) : one
    }
    const moved = mrr ?? movementOf([], 1, openedOn).mrr
    const { customers } = movementOf(present, index + 1, openedOn)
    const currency = conversion.currency
    return { month, on, currency, mrr: moved, customers, ...figuresOf(moved, customers) }
  })
}

/** What each customer pays in all currencies, converted by the rate of each day. */
export function convertedCustomers(
  found: SubscriberMonths,
  conversion: Conversion,
  days: readonly string[],
): Map<string, CustomerMonths> {
  return merged(found, ({ firstPaidOn, amounts }, from) => ({
    firstPaidOn,
    amounts: amounts.map((amount, index) => conversion.of(amount, from, days[index] ?? '')),
  }))
}

/** Whether each customer pays anything, as 1 or 0 a day. */
function presentMonths(found: SubscriberMonths): Map<string, CustomerMonths> {
  return merged(found, ({ firstPaidOn, amounts }) => ({
    firstPaidOn,
    amounts: amounts.map((amount) => (amount > 0n ? 1n : 0n)),
  }))
}

function merged(
  found: SubscriberMonths,
  each: (months: CustomerMonths, currency: Currency) => CustomerMonths,
): Map<string, CustomerMonths> {
  const all = new Map<string, CustomerMonths>()
  for (const [currency, customers] of found) {
    for (const [id, months] of customers) {
      all.set(id, together(all.get(id), each(months, currency)))
    }
  }
  return all
}

function convertedMovement(
  moved: MrrMovement,
  convert: (amount: bigint, on: string) => bigint,
  { openedOn, on }: { readonly openedOn: string; readonly on: string },
): MrrMovement {
  const one = {
    opening: convert(moved.opening, openedOn),
    new: convert(moved.new, on),
    reactivation: convert(moved.reactivation, on),
    expansion: convert(moved.expansion, on),
    contraction: convert(moved.contraction, on),
    churn: convert(moved.churn, on),
    closing: convert(moved.closing, on),
  }
  const came = one.new + one.reactivation + one.expansion
  return { ...one, exchange: one.closing - one.opening - came + one.contraction + one.churn }
}

function sumMovements(one: MrrMovement, other: MrrMovement): MrrMovement {
  return {
    opening: one.opening + other.opening,
    new: one.new + other.new,
    reactivation: one.reactivation + other.reactivation,
    expansion: one.expansion + other.expansion,
    contraction: one.contraction + other.contraction,
    churn: one.churn + other.churn,
    exchange: one.exchange + other.exchange,
    closing: one.closing + other.closing,
  }
}
