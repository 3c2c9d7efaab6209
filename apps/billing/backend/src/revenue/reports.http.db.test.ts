import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type RunningBilling,
  startRunningBilling,
  type TenantClient,
} from '../testing/running-billing.ts'

const REPORTS = '/billing/api/v1/reports'

let billing: RunningBilling
let tenant: TenantClient

beforeAll(async () => {
  // No worker, which would bill by itself what falls due while a test looks.
  billing = await startRunningBilling({ GRAMKIT_ROLES: 'api' })
  tenant = await billing.tenant({ currency: 'EUR' })
  const api = '/billing/api/v1'
  const charge = { key: 'base', title: 'Base', when: 'advance', model: 'flat', rate: '31' }
  const customer = await tenant.post(`${api}/customers`, { code: 'ADA', name: 'Ada' })
  const plan = await tenant.post(`${api}/plans`, {
    ...{ code: 'PRO', name: 'Pro', currency: 'EUR', cycle: 'monthly', charges: [charge] },
  })
  await tenant.post(`${api}/plans/${plan.body.id}/publish`)
  const subscription = { customerId: customer.body.id, planId: plan.body.id }
  await tenant.post(`${api}/subscriptions`, subscription)
  const run = await tenant.post(`${api}/runs`, {})
  const work = () => tenant.post(`${api}/runs/${run.body.id}/work`)
  while ((await work()).body.outcome !== 'over');
})
afterAll(() => billing[Symbol.asyncDispose]())

test('a run that somebody works at comes to its end', async () => {
  const { body } = await tenant.get('/billing/api/v1/runs')
  expect(body.items).toMatchObject([{ state: 'completed' }])
})

test('reports are of the last year where no months are named', async () => {
  for (const report of ['revenue', 'mrr']) {
    const { status, body } = await tenant.get(`${REPORTS}/${report}`)
    expect([report, status, body.rates]).toEqual([report, 200, []])
    const months = body.rows.map(({ month }: { month: string }) => month)
    expect(months).toHaveLength(12)
    const { app } = billing.served()
    expect(months.at(-1)).toBe(app.platform.clock.now().toISOString().slice(0, 7))
  }
})

test('reports tell what the books and subscriptions say, as texts', async () => {
  const mrr = await tenant.get(`${REPORTS}/mrr`)
  expect(mrr.body.rows.at(-1)).toMatchObject({
    ...{ currency: 'EUR', mrr: { new: '3100', closing: '3100' }, arr: '37200' },
    ...{ customers: { new: 1, closing: 1 }, customerChurn: null },
  })
  const revenue = await tenant.get(`${REPORTS}/revenue`)
  expect(revenue.body.rows.at(-1)).toMatchObject({ receivable: '3100' })
  const aging = await tenant.get(`${REPORTS}/aging`)
  expect(aging.body.rows).toMatchObject([{ currency: 'EUR', notDue: '3100', total: '3100' }])
  const cohorts = await tenant.get(`${REPORTS}/cohorts`)
  expect(cohorts.body.rows).toMatchObject([{ months: [{ customers: 1, mrr: '3100' }] }])
})

test.each([
  'fromMonth=2028-13',
  'fromMonth=no',
  'untilMonth=no',
  'fromMonth=',
  'untilMonth=2999-01',
  'fromMonth=2026-02&untilMonth=2026-01',
])('months that are none are refused: %s', async (query) => {
  const { status, body } = await tenant.get(`${REPORTS}/revenue?${query}`)
  expect([status, body.code]).toEqual([400, 'kernel.invalid_value'])
})
