import type { Currency } from '../../../kernel/index.ts'

/** What accounts of the journal moved, or have; debits above 0. */
export interface ReportedAccounts {
  readonly currency: Currency
  readonly revenue: bigint
  readonly concession: bigint
  readonly badDebt: bigint
  readonly tax: bigint
  readonly cash: bigint
  readonly receivable: bigint
  readonly unbilled: bigint
  readonly deferred: bigint
  readonly customerCredit: bigint
}

/** What the journal moved in a month. */
export interface MonthSums extends ReportedAccounts {
  readonly month: string
}

/**
 * A month of the books in one currency, in minor units. Revenue is what was earned in the month, by
 * the days for which it was sold: neither what was invoiced nor what was paid, and without taxes.
 */
export interface RevenueMonth {
  readonly month: string
  /** The day at whose end the balances are. */
  readonly on: string
  readonly currency: Currency
  /** Earned, less what credit notes and void invoices took back. */
  readonly recognised: bigint
  /** Credit that customers were given for nothing. */
  readonly concessions: bigint
  /** Written off, less what was paid all the same. */
  readonly badDebts: bigint
  /** Taxes that were invoiced, less those taken back. */
  readonly taxed: bigint
  /** Money that came, less what went back. */
  readonly received: bigint
  /** At the end: what customers owe. */
  readonly receivable: bigint
  /** At the end: what was earned and is not invoiced yet. */
  readonly unbilled: bigint
  /** At the end: what was invoiced and is not earned yet. */
  readonly deferred: bigint
  /** At the end: what customers have as credit. */
  readonly customerCredit: bigint
}

/** Makes the months of a currency of what was there before and what each month moved. */
export function revenueMonths(
  days: readonly { readonly month: string; readonly on: string }[],
  before: ReportedAccounts,
  moved: readonly MonthSums[],
): RevenueMonth[] {
  let balance = pick(before)
  return days.map(({ month, on }) => {
    const sums = moved.find((one) => one.month === month)
    if (sums) {
      balance = {
        receivable: balance.receivable + sums.receivable,
        unbilled: balance.unbilled + sums.unbilled,
        deferred: balance.deferred - sums.deferred,
        customerCredit: balance.customerCredit - sums.customerCredit,
      }
    }
    return {
      ...{ month, on, currency: before.currency },
      ...{ recognised: -(sums?.revenue ?? 0n), concessions: sums?.concession ?? 0n },
      ...{ badDebts: sums?.badDebt ?? 0n, taxed: -(sums?.tax ?? 0n), received: sums?.cash ?? 0n },
      ...balance,
    }
  })
}

/** A month with each of its amounts made another. */
export function mapMonth(
  row: RevenueMonth,
  currency: Currency,
  amountOf: (amount: bigint) => bigint,
): RevenueMonth {
  return {
    ...{ month: row.month, on: row.on, currency },
    recognised: amountOf(row.recognised),
    concessions: amountOf(row.concessions),
    badDebts: amountOf(row.badDebts),
    taxed: amountOf(row.taxed),
    received: amountOf(row.received),
    receivable: amountOf(row.receivable),
    unbilled: amountOf(row.unbilled),
    deferred: amountOf(row.deferred),
    customerCredit: amountOf(row.customerCredit),
  }
}

/** Adds the same month of two currencies, after both were converted. */
export function sumMonth(one: RevenueMonth, other: RevenueMonth): RevenueMonth {
  return {
    ...{ month: one.month, on: one.on, currency: one.currency },
    recognised: one.recognised + other.recognised,
    concessions: one.concessions + other.concessions,
    badDebts: one.badDebts + other.badDebts,
    taxed: one.taxed + other.taxed,
    received: one.received + other.received,
    receivable: one.receivable + other.receivable,
    unbilled: one.unbilled + other.unbilled,
    deferred: one.deferred + other.deferred,
    customerCredit: one.customerCredit + other.customerCredit,
  }
}

function pick({ receivable, unbilled, deferred, customerCredit }: ReportedAccounts) {
  return { receivable, unbilled, deferred: -deferred, customerCredit: -customerCredit }
}
