import { afterAll, expect, test } from 'vitest'
import { addMs, VirtualClock } from '../../../kernel/index.ts'
import { createMetrics } from '../../../platform/metrics/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { observeBilling } from './billing-gauges.ts'

const clock = new VirtualClock(new Date('2028-01-01T12:00:00Z'))
const { services, close } = await testPlatform({ poolSize: 8, clock })

afterAll(close)

test('what monitoring watches of billing is told by tenant and currency', async () => {
  const billing = await aTenant(services, { code: 'acme' })
  const metrics = createMetrics()
  observeBilling(metrics, services)
  const value = async (name: string, labels: string): Promise<number> => {
    const line = (await metrics.registry.metrics())
      .split('\n')
      .find((one) => one.startsWith(`gramkit_billing_${name}{${labels}} `))
    return Number(line?.split(' ').at(-1))
  }
  expect(await value('payments_day', 'tenant="acme"')).toBe(0)
  expect(await value('invoice_seconds', 'tenant="acme"')).toBeNaN()
  const charges = [
    { key: 'base', title: 'Base', model: 'flat', when: 'advance', rate: '31' } as const,
  ]
  const { id: planId } = await aPlan(billing, { charges })
  await billing.plans.publish(planId)
  for (let count = 0; count < 2; count++) {
    const { id: customerId } = await aCustomer(billing)
    await billing.subscriptions.create({ customerId, planId })
  }
  const run = await billing.runs.start()
  clock.set(addMs(clock.now(), 3_000))
  while ((await billing.runs.work(run.id)) === 'worked');
  const [invoice] = (await billing.invoices.list()).items
  if (!invoice) throw new Error('nothing was billed')
  await billing.transaction(async (tx) => {
    const { taken, left } = await tx.invoices.receive(invoice.id, 1_000n)
    await tx.journal.bookReceived({ invoice, paymentId: 'p1', taken, left })
  })
  expect(await value('invoices_day', 'tenant="acme"')).toBe(2)
  expect(await value('invoice_seconds', 'tenant="acme"')).toBe(1.5)
  expect(await value('payments_day', 'tenant="acme"')).toBe(1)
  // What reads many rows is as old as ten minutes.
  expect(await value('mrr', 'tenant="acme",currency="EUR"')).toBeNaN()
  clock.set(addMs(clock.now(), 600_000))
  expect(await value('mrr', 'tenant="acme",currency="EUR"')).toBe(62)
  expect(await value('receivable', 'tenant="acme",currency="EUR"')).toBe(52)
  expect(await value('deferred', 'tenant="acme",currency="EUR"')).toBe(62)
  expect(await value('customer_churn_ratio', 'tenant="acme",currency="EUR"')).toBeNaN()
})
