import {
  addDays,
  addMs,
  type Currency,
  DAY_MS,
  InvalidValue,
  localDay,
} from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import { addMonths } from '../periods/local-midnight.ts'
import { type AgedReceivables, mapAged, sumAged } from './aging.ts'
import { Conversion } from './conversion.ts'
import { type Cohort, cohortsOf, type MrrMonth } from './mrr.ts'
import { convertedCustomers, convertedMrrMonths, type MonthRow, mrrMonths } from './mrr-months.ts'
import {
  type DayQuery,
  dayQuery,
  type MonthsQuery,
  monthsOf,
  monthsQuery,
  type Report,
} from './report.ts'
import type { BillingActivity } from './reports.repository.ts'
import type { ReportsScope } from './reports.scope.ts'
import {
  mapMonth,
  type ReportedAccounts,
  type RevenueMonth,
  revenueMonths,
  sumMonth,
} from './revenue-month.ts'
import { readSubscriberMonths } from './subscriber-months.ts'

/**
 * What a tenant earns, is owed and can count on. Each currency stands by itself, or everything in the
 * one that is asked for: by the rates of the last day of each month, which the report tells.
 */
export class ReportsService {
  readonly #scope: ReportsScope

  constructor(scope: ReportsScope) {
    this.#scope = scope
  }

  /**
   * What was earned, taxed and received in each month, and what was owed and deferred at its end: the
   * sums of the journal, to the minor unit.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ExchangeRateMissing}
   * @example
   * const { rows } = await billing.reports.revenue({ fromMonth: '2028-01', untilMonth: '2028-12' })
   */
  async revenue(query: MonthsQuery): Promise<Report<RevenueMonth>> {
    const { currency, ...asked } = readFields(monthsQuery, query)
    return this.#scope.transaction(async (tx) => {
      const { openedOn, months } = await monthRow(tx, asked)
      const untilOn = addMonths(`${asked.untilMonth}-01`, 1)
      const moved = await tx.repos.reports.sumMonths(addDays(openedOn, 1), untilOn)
      const before = await tx.repos.journal.listBalances(openedOn)
      const currencies = new Set([...before, ...moved].map((one) => one.currency))
      const rows = [...currencies].sort().flatMap((one) => {
        const was = before.find((balance) => balance.currency === one) ?? nothing(one)
        const sums = moved.filter((month) => month.currency === one)
        return revenueMonths(months, was, sums)
      })
      if (!currency) return { rows, rates: [] }
      const conversion = new Conversion(tx, currency)
      for (const row of rows) await conversion.prepare(row.currency, row.on)
      const converted = rows.map((row) =>
        mapMonth(row, currency, (amount) => conversion.of(amount, row.currency, row.on)),
      )
      const byMonth = Map.groupBy(converted, ({ month }) => month)
      const summed = [...byMonth.values()].map((same) => same.reduce(sumMonth))
      return { rows: summed, rates: conversion.rates }
    })
  }

  /**
   * Monthly recurring revenue and how it moved, with the figures that follow from it. It is what
   * subscriptions in force ask for again and again at the end of a month, whatever was invoiced or
   * paid.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ExchangeRateMissing}
   */
  async mrr(query: MonthsQuery): Promise<Report<MrrMonth>> {
    const { currency, ...asked } = readFields(monthsQuery, query)
    return this.#scope.transaction(async (tx) => {
      const row = await monthRow(tx, asked)
      const found = await readSubscriberMonths(tx, daysOf(row))
      if (!currency) {
        const rows = [...found].sort(byCurrency).map(([one, all]) => mrrMonths(all, one, row))
        return { rows: rows.flat(), rates: [] }
      }
      const conversion = await prepared(tx, { from: [...found.keys()], to: currency }, row)
      return { rows: convertedMrrMonths(found, conversion, row), rates: conversion.rates }
    })
  }

  /**
   * Who began in each month, and how many of them and of what they pay were left at the end of each
   * month from then on.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ExchangeRateMissing}
   */
  async cohorts(query: MonthsQuery): Promise<Report<Cohort>> {
    const { currency, ...asked } = readFields(monthsQuery, query)
    return this.#scope.transaction(async (tx) => {
      const row = await monthRow(tx, asked)
      const months = row.months.map(({ month }) => month)
      const found = await readSubscriberMonths(tx, daysOf(row))
      if (!currency) {
        const rows = [...found]
          .sort(byCurrency)
          .map(([one, all]) => cohortsOf([...all.values()], months, one))
        return { rows: rows.flat(), rates: [] }
      }
      const conversion = await prepared(tx, { from: [...found.keys()], to: currency }, row)
      const all = convertedCustomers(found, conversion, daysOf(row))
      const rows = cohortsOf([...all.values()], months, currency)
      return { rows, rates: conversion.rates }
    })
  }

  /**
   * What is owed at the end of a day, by the days since it was due; together the account of
   * receivables.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ExchangeRateMissing}
   */
  async aging(query: DayQuery = {}): Promise<Report<AgedReceivables>> {
    const { currency, on: asked } = readFields(dayQuery, query)
    return this.#scope.transaction(async (tx) => {
      const on = asked ?? (await today(tx))
      const rows = await tx.repos.reports.sumAging(on)
      if (!currency) return { rows, rates: [] }
      const conversion = new Conversion(tx, currency)
      for (const row of rows) await conversion.prepare(row.currency, on)
      const converted = rows.map((row) =>
        mapAged(row, currency, (amount) => conversion.of(amount, row.currency, on)),
      )
      const summed = converted.length > 0 ? [converted.reduce(sumAged)] : []
      return { rows: summed, rates: conversion.rates }
    })
  }

  /** What runs and payments did in the last 24 hours. */
  activity(): Promise<BillingActivity> {
    return this.#scope.transaction(async (tx) => {
      const sinceOn = addDays(await today(tx), -1)
      return tx.repos.reports.readActivity(addMs(tx.clock.now(), -DAY_MS), sinceOn)
    })
  }
}

/** Months with the days at whose ends they are looked at: their last, or today. */
async function monthRow(
  tx: ReportsScope,
  { fromMonth, untilMonth }: Pick<MonthsQuery, 'fromMonth' | 'untilMonth'>,
): Promise<MonthRow> {
  const now = await today(tx)
  if (`${untilMonth}-01` > now) {
    throw new InvalidValue({ field: 'untilMonth', problem: `has not begun: today is ${now}` })
  }
  const months = monthsOf(fromMonth, untilMonth).map((month) => {
    const lastOn = addDays(addMonths(`${month}-01`, 1), -1)
    return { month, on: month === now.slice(0, 7) ? now : lastOn }
  })
  return { openedOn: addDays(`${fromMonth}-01`, -1), months }
}

function daysOf({ openedOn, months }: MonthRow): string[] {
  return [openedOn, ...months.map(({ on }) => on)]
}

async function prepared(
  tx: ReportsScope,
  { from, to }: { readonly from: readonly Currency[]; readonly to: Currency },
  row: MonthRow,
): Promise<Conversion> {
  const conversion = new Conversion(tx, to)
  for (const one of from) {
    for (const on of daysOf(row)) await conversion.prepare(one, on)
  }
  return conversion
}

async function today(tx: ReportsScope): Promise<string> {
  const { timeZone } = await tx.repos.tenant.get()
  return localDay(tx.clock.now(), timeZone)
}

function byCurrency([one]: readonly [Currency, unknown], [other]: readonly [Currency, unknown]) {
  return one < other ? -1 : 1
}

function nothing(currency: Currency): ReportedAccounts {
  return {
    ...{ currency, revenue: 0n, concession: 0n, badDebt: 0n, tax: 0n, cash: 0n },
    ...{ receivable: 0n, unbilled: 0n, deferred: 0n, customerCredit: 0n },
  }
}
