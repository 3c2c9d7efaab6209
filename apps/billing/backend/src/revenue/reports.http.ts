import type { MonthsQuery, TenantBilling } from '@gramkit/core/billing'
import { amountWire, problemResponses } from '@gramkit/core/http'
import { CURRENCIES, localDay } from '@gramkit/core/kernel'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { billingOf, withScope } from '../tenant-edge.ts'
import { dayWire, decimalWire } from '../wire.ts'

const currency = z.enum(CURRENCIES)
const month = z.string().meta({ examples: ['2028-01'] })

const usedRateWire = z.object({
  from: currency,
  to: currency,
  on: dayWire,
  quotedOn: dayWire,
  rate: decimalWire,
  isInverse: z.boolean(),
  source: z.string().nullable(),
})

const reportOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ rows: z.array(row).readonly(), rates: z.array(usedRateWire).readonly() })

const revenueMonthWire = z
  .object({
    month,
    on: dayWire,
    currency,
    recognised: amountWire,
    concessions: amountWire,
    badDebts: amountWire,
    taxed: amountWire,
    received: amountWire,
    receivable: amountWire,
    unbilled: amountWire,
    deferred: amountWire,
    customerCredit: amountWire,
  })
  .meta({ id: 'RevenueMonth' })

const mrrMonthWire = z
  .object({
    month,
    on: dayWire,
    currency,
    mrr: z.object({
      opening: amountWire,
      new: amountWire,
      reactivation: amountWire,
      expansion: amountWire,
      contraction: amountWire,
      churn: amountWire,
      exchange: amountWire,
      closing: amountWire,
    }),
    customers: z.object({
      opening: z.int(),
      new: z.int(),
      reactivated: z.int(),
      churned: z.int(),
      closing: z.int(),
    }),
    arr: amountWire,
    arpu: amountWire.nullable(),
    customerChurn: decimalWire.nullable(),
    revenueChurn: decimalWire.nullable(),
    netRevenueRetention: decimalWire.nullable(),
    ltv: amountWire.nullable(),
  })
  .meta({ id: 'MrrMonth' })

const cohortWire = z
  .object({
    month,
    currency,
    months: z
      .array(
        z.object({
          month,
          customers: z.int(),
          mrr: amountWire,
          customerRetention: decimalWire.nullable(),
          revenueRetention: decimalWire.nullable(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Cohort' })

const agedWire = z
  .object({
    currency,
    notDue: amountWire,
    days1To30: amountWire,
    days31To60: amountWire,
    days61To90: amountWire,
    over90Days: amountWire,
    total: amountWire,
  })
  .meta({ id: 'AgedReceivables' })

/** A year, with the month that runs. */
const MONTHS_BEFORE = 11

const monthsQuery = z.object({
  /** [as many before the last that they are a year] */
  fromMonth: month.optional(),
  /** [the month that runs] */
  untilMonth: month.optional(),
  currency: currency.optional(),
})
const dayQuery = z.object({ on: z.string().optional(), currency: currency.optional() })

const tags = ['reports']

/** Routes for what a tenant earns, is owed and can count on. */
export const reportsHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/reports/revenue',
    withScope('revenue:read', {
      tags,
      summary: 'What was earned, taxed and received in each month, by the journal',
      querystring: monthsQuery,
      response: { 200: reportOf(revenueMonthWire), ...problemResponses },
    }),
    async (request) => {
      const billing = billingOf(request)
      return billing.reports.revenue(await monthsOf(billing, request.query))
    },
  )

  app.get(
    '/reports/mrr',
    withScope('revenue:read', {
      tags,
      summary: 'Monthly recurring revenue, how it moved, and what follows from it',
      querystring: monthsQuery,
      response: { 200: reportOf(mrrMonthWire), ...problemResponses },
    }),
    async (request) => {
      const billing = billingOf(request)
      return billing.reports.mrr(await monthsOf(billing, request.query))
    },
  )

  app.get(
    '/reports/cohorts',
    withScope('revenue:read', {
      tags,
      summary: 'Who began in each month, and how much of them was left from then on',
      querystring: monthsQuery,
      response: { 200: reportOf(cohortWire), ...problemResponses },
    }),
    async (request) => {
      const billing = billingOf(request)
      return billing.reports.cohorts(await monthsOf(billing, request.query))
    },
  )

  app.get(
    '/reports/aging',
    withScope('revenue:read', {
      tags,
      summary: 'What is owed at the end of a day, by the days since it was due',
      querystring: dayQuery,
      response: { 200: reportOf(agedWire), ...problemResponses },
    }),
    (request) => billingOf(request).reports.aging(request.query),
  )
}

/** The months that are asked for, else the last year by the tenant's days. */
async function monthsOf(
  billing: TenantBilling,
  asked: z.output<typeof monthsQuery>,
): Promise<MonthsQuery> {
  const { timeZone } = await billing.tenant.get()
  const { untilMonth = localDay(billing.clock.now(), timeZone).slice(0, 7) } = asked
  const { fromMonth = monthBefore(untilMonth) } = asked
  return { ...asked, fromMonth, untilMonth }
}

/** The month that begins the year; what is no month stays for the service to refuse. */
function monthBefore(month: string): string {
  if (!/^\d{4}-\d{2}$/.test(month)) return month
  const at = new Date(`${month}-01T00:00:00Z`)
  if (Number.isNaN(at.getTime())) return month
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - MONTHS_BEFORE, 1))
    .toISOString()
    .slice(0, 7)
}
