import type { Currency } from '../../../kernel/index.ts'

/** What is owed in a currency, by the days since it was due; minor units. */
export interface AgedReceivables {
  readonly currency: Currency
  /** Also what is due today. */
  readonly notDue: bigint
  readonly days1To30: bigint
  readonly days31To60: bigint
  readonly days61To90: bigint
  readonly over90Days: bigint
  /** What is in the account of receivables. */
  readonly total: bigint
}

/** What is owed, with each amount made another. */
export function mapAged(
  row: AgedReceivables,
  currency: Currency,
  amountOf: (amount: bigint) => bigint,
): AgedReceivables {
  return {
    currency,
    notDue: amountOf(row.notDue),
    days1To30: amountOf(row.days1To30),
    days31To60: amountOf(row.days31To60),
    days61To90: amountOf(row.days61To90),
    over90Days: amountOf(row.over90Days),
    total: amountOf(row.total),
  }
}

/** Adds what is owed in two currencies, after both were converted. */
export function sumAged(one: AgedReceivables, other: AgedReceivables): AgedReceivables {
  return {
    currency: one.currency,
    notDue: one.notDue + other.notDue,
    days1To30: one.days1To30 + other.days1To30,
    days31To60: one.days31To60 + other.days31To60,
    days61To90: one.days61To90 + other.days61To90,
    over90Days: one.over90Days + other.over90Days,
    total: one.total + other.total,
  }
}
