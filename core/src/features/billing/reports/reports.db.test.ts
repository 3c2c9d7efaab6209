import { afterAll, describe, expect, test } from 'vitest'
import { readDecimal, VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { PlanTermsInput } from '../plans/plan.ts'
import type { TenantBilling } from '../tenant-billing.ts'

const clock = new VirtualClock(new Date('2028-01-01T12:00:00Z'))
const { services, close } = await testPlatform({ poolSize: 8, clock })

afterAll(close)

const go = (day: string): void => clock.set(new Date(`${day}T12:00:00Z`))

async function bill(billing: TenantBilling): Promise<void> {
  const { id } = await billing.runs.start()
  while ((await billing.runs.work(id)) === 'worked');
}

async function aPrice(billing: TenantBilling, rate: string, terms: Partial<PlanTermsInput> = {}) {
  const plan = await aPlan(billing, {
    charges: [{ key: 'base', title: 'Base', model: 'flat', when: 'advance', rate }],
    ...terms,
  })
  await billing.plans.publish(plan.id)
  return plan.id
}

/** A tenant with a year of its own in which little happens, so that a hand can reckon it. */
async function aSmallBusiness(year: number) {
  const day = (monthAndDay: string): string => `${year}-${monthAndDay}`
  go(day('01-01'))
  const billing = await aTenant(services, { paymentTermsDays: 10 })
  const subscribe = async (rate: string, terms: Partial<PlanTermsInput> = {}) => {
    const { id: customerId } = await aCustomer(billing, { currency: terms.currency ?? 'EUR' })
    const planId = await aPrice(billing, rate, terms)
    return billing.subscriptions.create({ customerId, planId })
  }
  const grows = await subscribe('31')
  await bill(billing)
  go(day('01-16'))
  await subscribe('120', { cycle: 'annually' })
  const leaves = await subscribe('16', { currency: 'USD' })
  // For nothing until February: no revenue and no recurring revenue.
  await subscribe('58', { trialDays: 20 })
  await bill(billing)
  go(day('02-01'))
  await bill(billing)
  const dearer = await aPrice(billing, '62')
  await billing.subscriptions.change(grows.id, { planId: dearer, proration: 'next_period' })
  await billing.subscriptions.cancel(leaves.id, 'period_end')
  for (const on of ['02-05', '02-16', '03-01', '03-05', '03-31']) {
    go(day(on))
    await bill(billing)
  }
  return { billing, day, grows }
}

const months = (year: number) => ({ fromMonth: `${year}-01`, untilMonth: `${year}-03` })

describe('revenue', () => {
  test('is what was earned in a month, not the total of invoices, paid or sent', async () => {
    const { billing } = await aSmallBusiness(2029)
    await billing.revenue.recognise({ throughOn: '2029-03-30' })
    const { rows } = await billing.reports.revenue(months(2029))
    const euros = rows.filter(({ currency }) => currency === 'EUR')
    expect(euros).toMatchObject([
      // All of 31.00; 16 of 365 days of 120.00, cut to 5.26. Invoiced were 151.00.
      {
        ...{ month: '2029-01', on: '2029-01-31', recognised: 3_626n, receivable: 15_100n },
        deferred: 11_474n,
      },
      // All of 31.00; 28 days more of the year (44/365 = 14.465…), 24 of 28 of 58.00 (49.714…).
      { month: '2029-02', recognised: 3_100n + (1_446n - 526n) + 4_971n, receivable: 24_000n },
      // 30 of 31 days of 62.00; 74/365 = 24.328…; 58.00 to the end and 26 of 31 days of the next.
      {
        ...{ month: '2029-03', on: '2029-03-31' },
        recognised: 6_000n + (2_432n - 1_446n) + (5_800n - 4_971n) + 4_864n,
      },
    ])
    const [balances] = await billing.journal.balances()
    expect(euros.at(-1)?.deferred).toBe(-(balances?.deferred ?? 0n))
    const earned = euros.reduce((sum, { recognised }) => sum + recognised, 0n)
    expect(earned).toBe(-(balances?.revenue ?? 0n))
    expect(await billing.revenue.verify()).toMatchObject({ ok: true, differences: [] })
  })

  test('in one currency is converted by the rate of each month, which is told', async () => {
    const { billing } = await aSmallBusiness(2030)
    const rate = (quotedOn: string, text: string) =>
      billing.exchangeRates.add({
        ...{ from: 'USD', to: 'EUR', rate: text, quotedOn, source: 'ECB', reason: 'late' },
      })
    const missing = billing.reports.revenue({ ...months(2030), currency: 'EUR' })
    await expect(missing).rejects.toMatchObject({ code: 'billing.exchange_rate_missing' })
    await rate('2030-01-30', '0.9')
    await rate('2030-02-28', '0.8')
    const query = { ...months(2030), currency: 'EUR' } as const
    const { rows, rates } = await billing.reports.revenue(query)
    const each = (await billing.reports.revenue(months(2030))).rows
    const of = (currency: string) => each.find((row) => row.currency === currency)?.receivable ?? 0n
    expect(rows[0]).toMatchObject({
      currency: 'EUR',
      receivable: of('EUR') + (of('USD') * 9n) / 10n,
    })
    expect(rates.map(({ on, quotedOn, source }) => [on, quotedOn, source])).toEqual([
      ['2030-01-31', '2030-01-30', 'ECB'],
      ['2030-02-28', '2030-02-28', 'ECB'],
      ['2030-03-31', '2030-02-28', 'ECB'],
    ])
  })
})

describe('recurring revenue', () => {
  test('moves by who begins, grows and leaves; a trial and a year are no surprise', async () => {
    const { billing } = await aSmallBusiness(2031)
    const { rows } = await billing.reports.mrr(months(2031))
    const told = rows.map(({ month, currency, mrr, customers }) => {
      const { opening, new: begun, expansion, churn, closing } = mrr
      return [month, currency, opening, begun, expansion, churn, closing, customers.closing]
    })
    expect(told).toEqual([
      ['2031-01', 'EUR', 0n, 4_100n, 0n, 0n, 4_100n, 2],
      ['2031-02', 'EUR', 4_100n, 5_800n, 0n, 0n, 9_900n, 3],
      ['2031-03', 'EUR', 9_900n, 0n, 3_100n, 0n, 13_000n, 3],
      ['2031-01', 'USD', 0n, 1_600n, 0n, 0n, 1_600n, 1],
      ['2031-02', 'USD', 1_600n, 0n, 0n, 1_600n, 0n, 0],
      ['2031-03', 'USD', 0n, 0n, 0n, 0n, 0n, 0],
    ])
    expect(rows[2]).toMatchObject({ arr: 156_000n, arpu: 4_333n, ltv: null })
    expect(rows[4]?.customerChurn).toBe(readDecimal('1'))
  })

  test('in one currency adds up with what rates changed, and counts a customer once', async () => {
    const { billing, day } = await aSmallBusiness(2032)
    for (const [on, rate] of [
      ['01-31', '0.5'],
      ['02-29', '0.75'],
    ] as const) {
      await billing.exchangeRates.add({
        ...{ from: 'USD', to: 'EUR', rate, quotedOn: day(on), source: 'ECB', reason: 'late' },
      })
    }
    await billing.exchangeRates.add({
      ...{ from: 'USD', to: 'EUR', rate: '0.5', quotedOn: '2031-12-31', source: 'ECB' },
      reason: 'late',
    })
    const { rows } = await billing.reports.mrr({ ...months(2032), currency: 'EUR' })
    expect(
      rows.map(({ mrr, customers }) => [mrr.exchange, mrr.closing, customers.closing]),
    ).toEqual([
      [0n, 4_900n, 3],
      // 16.00 USD were 8.00 EUR, and 12.00 EUR when they were lost.
      [400n, 9_900n, 3],
      [0n, 13_000n, 3],
    ])
    expect(rows[1]).toMatchObject({ mrr: { churn: 1_200n }, customers: { churned: 1, opening: 3 } })
    const { rows: cohorts } = await billing.reports.cohorts({ ...months(2032), currency: 'EUR' })
    const sizes = cohorts.map(({ month, months: all }) => [month, all.map((one) => one.customers)])
    expect(sizes).toEqual([
      ['2032-01', [3, 2, 2]],
      ['2032-02', [1, 1]],
    ])
  })

  test.each([
    [{ fromMonth: '2020-03', untilMonth: '2020-01' }, 'untilMonth'],
    [{ fromMonth: '2020-13', untilMonth: '2020-01' }, 'fromMonth'],
    [{ fromMonth: '2010-01', untilMonth: '2020-01' }, 'untilMonth'],
    [{ fromMonth: '2020-01', untilMonth: '2099-01' }, 'untilMonth'],
  ])('of %o is refused', async (query, field) => {
    const billing = await aTenant(services)
    await expect(billing.reports.mrr(query)).rejects.toMatchObject({ details: { field } })
  })
})

test('aging puts what is owed where its due day says, and is the account of receivables', async () => {
  go('2033-01-01')
  const billing = await aTenant(services, { paymentTermsDays: 10 })
  const { id: customerId } = await aCustomer(billing)
  const invoice = async (unitPrice: string, paymentTermsDays: number) => {
    const lines = [{ title: 'Work', unitPrice }]
    const { id } = await billing.invoices.draft({ customerId, lines, paymentTermsDays })
    return billing.invoices.finalize(id)
  }
  // Due on the 1st of January and so many days later.
  for (const [index, days] of [0, 9, 10, 39, 40, 69, 70, 99, 100, 130].entries()) {
    await invoice(String(2 ** index), days)
  }
  const paid = await invoice('5000', 0)
  go('2033-04-11')
  await billing.transaction(async (tx) => {
    const { taken, left } = await tx.invoices.receive(paid.id, 500_000n)
    await tx.journal.bookReceived({ invoice: paid, paymentId: 'p1', taken, left })
  })
  // The 11th of April is 100 days after the 1st of January.
  expect((await billing.reports.aging()).rows).toEqual([
    {
      ...{ currency: 'EUR', notDue: 76_800n, days1To30: 12_800n + 6_400n, total: 102_300n },
      ...{ days31To60: 3_200n + 1_600n, days61To90: 800n + 400n, over90Days: 300n },
    },
  ])
  const [{ receivable } = { receivable: 0n }] = await billing.journal.balances()
  expect(receivable).toBe(102_300n)
  const before = await billing.reports.aging({ on: '2033-01-02' })
  expect(before.rows).toMatchObject([{ total: 602_300n, days1To30: 500_100n }])
})

describe('recurring revenue, later,', () => {
  test('of who ends before a change that was ahead is over', async () => {
    go('2034-01-01')
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    const planId = await aPrice(billing, '31')
    const { id } = await billing.subscriptions.create({ customerId, planId })
    await bill(billing)
    const dearer = await aPrice(billing, '62')
    await billing.subscriptions.change(id, { planId: dearer, proration: 'next_period' })
    go('2034-01-11')
    await billing.subscriptions.cancel(id, 'now')
    go('2034-03-01')
    const { rows } = await billing.reports.mrr(months(2034))
    expect(rows.map(({ mrr }) => mrr.closing)).toEqual([0n, 0n, 0n])
  })
  test('is what is left after coupons, while they take something off', async () => {
    go('2035-01-01')
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    const planId = await aPrice(billing, '40')
    const other = await aPrice(billing, '7')
    const terms = { percent: '25', duration: 'repeating', invoices: 2 } as const
    await billing.coupons.create({ code: 'TWICE', name: 'Twice', ...terms })
    await billing.coupons.create({ code: 'ONCE', name: 'Once', percent: '10', duration: 'once' })
    const amount = { amount: 300n, currency: 'EUR', duration: 'forever' } as const
    await billing.coupons.create({ code: 'EVER', name: 'Ever', ...amount, planIds: [planId] })
    await billing.coupons.create({ code: 'FREE', name: 'Free', ...terms, percent: '100' })
    await billing.subscriptions.create({ customerId, planId, coupon: 'TWICE' })
    await billing.coupons.redeem('ONCE', customerId)
    const { id: freeId } = await aCustomer(billing)
    const free = { customerId: freeId, planId: other, coupon: 'FREE' }
    await billing.subscriptions.create(free)
    await bill(billing)
    for (const on of ['2035-02-01', '2035-03-01', '2035-04-01']) {
      go(on)
      if (on === '2035-03-01') await billing.coupons.redeem('EVER', customerId)
      await bill(billing)
    }
    go('2035-04-30')
    const query = { fromMonth: '2035-01', untilMonth: '2035-04' }
    const { rows } = await billing.reports.mrr(query)
    expect(
      rows.map(({ mrr: { closing, new: begun, contraction } }) => [closing, begun, contraction]),
    ).toEqual([
      // 40.00 less a quarter; who pays nothing yet is no customer.
      [3_000n, 3_000n, 0n],
      [3_000n, 0n, 0n],
      // Two invoices are over: 40.00 less 3.00, and who paid nothing pays 7.00.
      [3_700n + 700n, 700n, 0n],
      [4_400n, 0n, 0n],
    ])
  })
})
