import { INVOICE_STATES } from '@gramkit/core/billing'
import { newId } from '@gramkit/core/kernel'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningBilling, startRunningBilling } from '../testing/running-billing.ts'
import { ensureDemo } from './demo.ts'

let billing: RunningBilling

beforeEach(async () => {
  billing = await startRunningBilling({ GRAMKIT_ROLES: 'api' })
})
afterEach(() => billing[Symbol.asyncDispose]())

test.each([
  '2026-01-31T23:00:00Z',
  '2026-02-01T05:00:00Z',
  '2026-02-14T12:00:00Z',
  '2026-02-15T07:00:00Z',
])('the demo of %s has months behind it, adds up, and is made once', async (day) => {
  const { services } = billing.served().app.platform
  const options = { databaseUrl: billing.database.appUrl, tenantId: newId() }
  const now = new Date(day)
  const apiKey = await ensureDemo(services.billing, options, now)
  expect(await ensureDemo(services.billing, { ...options, apiKey }, now)).toBe(apiKey)

  const tenant = services.billing.forTenant(options.tenantId)
  const customers = await tenant.customers.list({}, { limit: 100 })
  expect(customers.items.length).toBeGreaterThan(19)
  const states = new Set<string>()
  for (const state of INVOICE_STATES) {
    const { items } = await tenant.invoices.list({ state }, { limit: 1 })
    if (items.length > 0) states.add(state)
  }
  for (const state of ['finalized', 'paid', 'partially_paid', 'overdue'])
    expect(states).toContain(state)
  expect(states).not.toContain('draft')
  const { items: runs } = await tenant.runs.list({ limit: 100 })
  expect(runs.length).toBeGreaterThan(10)
  expect(runs.filter(({ state }) => state !== 'completed')).toEqual([])
  expect((await tenant.subscriptions.list({ isParked: true })).items).toEqual([])
  expect(await tenant.revenue.verify()).toMatchObject({ ok: true })
  const untilMonth = now.toISOString().slice(0, 7)
  const { rows } = await tenant.reports.mrr({ fromMonth: untilMonth, untilMonth })
  expect(rows.map(({ currency }) => currency)).toEqual(['EUR', 'USD'])
})
