import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { TenantBilling } from '../tenant-billing.ts'

const clock = new VirtualClock(new Date('2028-01-01T12:00:00Z'))
const { services, close } = await testPlatform({ poolSize: 4, clock })
afterAll(close)

let at: TenantBilling
let customerId: string
let id: string

/** A subscription of 31.00 for January with 19 % tax on top, of which the invoice is made out. */
beforeEach(async () => {
  clock.set(new Date(`${clock.now().getUTCFullYear() + 1}-01-01T12:00:00Z`))
  at = await aTenant(services, { country: 'DE' })
  await at.taxes.add({ country: 'DE', name: 'USt', rate: '19', fromOn: '2020-01-01' })
  customerId = (await aCustomer(at, { country: 'DE' })).id
  const plan = await aPlan(at, {
    charges: [{ key: 'base', title: 'Base', model: 'flat', when: 'advance', rate: '31' }],
  })
  await at.plans.publish(plan.id)
  id = (await at.subscriptions.create({ customerId, planId: plan.id })).id
  await bill('01-01')
})

async function bill(day: string): Promise<void> {
  clock.set(new Date(`${clock.now().getUTCFullYear()}-${day}T12:00:00Z`))
  const run = await at.runs.start()
  while ((await at.runs.work(run.id)) === 'worked');
}

async function first() {
  const { items } = await at.invoices.list({}, { limit: 100 })
  const invoice = items.at(-1)
  if (!invoice) throw new Error('nothing was billed')
  return invoice
}

async function pay(): Promise<void> {
  const invoice = await first()
  await at.transaction(async (tx) => {
    const { taken, left } = await tx.invoices.receive(invoice.id, invoice.total)
    await tx.journal.bookReceived({ invoice, paymentId: 'paid', taken, left })
  })
}

const credit = async () => (await at.credit.balances(customerId)).map(({ amount }) => amount)

async function proved(accounts: object): Promise<void> {
  expect(await at.revenue.verify()).toMatchObject({ ok: true, differences: [] })
  const [balances] = await at.journal.balances()
  expect(balances).toMatchObject({ carried: 0n, ...accounts })
  expect(await at.subscriptions.get(id)).toMatchObject({ status: 'canceled', carried: 0n })
}

describe('what a subscription that ends has left', () => {
  test('becomes credit of its customer, with its tax', async () => {
    await pay()
    await bill('01-11')
    await at.subscriptions.cancel(id, 'now')
    await bill('01-11')
    // 21 of 31 days of 31.00, and 19 % of that.
    expect(await credit()).toEqual([2_499n])
    await proved({ customerCredit: -2_499n, tax: -190n, receivable: 0n })
    await bill('02-01')
    expect(await credit()).toEqual([2_499n])
  })

  test('pays first what the subscription owes, so that nothing unpaid is given back', async () => {
    await bill('01-11')
    await at.subscriptions.cancel(id, 'now')
    await bill('01-11')
    expect(await credit()).toEqual([0n])
    expect(await first()).toMatchObject({ state: 'partially_paid', total: 3_689n, paid: 2_499n })
    await proved({ customerCredit: 0n, receivable: 1_190n })
  })

  test('pays what was written off as well', async () => {
    const { id: invoiceId } = await first()
    await at.invoices.writeOff(invoiceId)
    await bill('01-11')
    await at.subscriptions.cancel(id, 'now')
    await bill('01-11')
    expect(await credit()).toEqual([0n])
    await proved({ customerCredit: 0n, receivable: 0n, badDebt: 1_190n })
  })

  test('becomes credit when it ends after a pause, at the bill that asks for nothing', async () => {
    await pay()
    await bill('01-11')
    await at.subscriptions.pause(id)
    await bill('02-01')
    expect(await at.subscriptions.get(id)).toMatchObject({ status: 'paused', carried: 2_100n })
    expect(await credit()).toEqual([])
    await bill('02-10')
    await at.subscriptions.cancel(id, 'now')
    await bill('02-10')
    expect(await credit()).toEqual([2_499n])
    await proved({ customerCredit: -2_499n, tax: -190n })
  })
})

test('what an invoice had taken of the one before is credit once it is void', async () => {
  await pay()
  await bill('01-11')
  await at.subscriptions.pause(id)
  await bill('02-01')
  await at.subscriptions.resume(id)
  await bill('02-01')
  await bill('03-01')
  const [taking] = (await at.invoices.list()).items
  const { lines, total } = await at.invoices.get(taking?.id ?? '')
  const taken = lines.find(({ kind }) => kind === 'carried')
  expect([taken?.net, taken?.tax]).toEqual([-2_100n, -399n])
  expect(total).toBeGreaterThan(0n)
  await at.invoices.void(taking?.id ?? '')
  expect(await credit()).toEqual([2_499n])
  expect(await at.revenue.verify()).toMatchObject({ ok: true, differences: [] })
  expect((await at.journal.balances())[0]).toMatchObject({ carried: 0n, customerCredit: -2_499n })
})
