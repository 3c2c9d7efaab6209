import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newId, VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { PlanInput } from '../plans/plan.ts'
import type { ChargeInput } from '../pricing/charge.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import type { TenantInput } from '../tenants/tenant.ts'
import type { SubscriptionInput } from './subscription.ts'

const clock = new VirtualClock(new Date('2028-01-01T12:00:00Z'))
const { services, close } = await testPlatform({ poolSize: 4, clock })
afterAll(close)

let at: TenantBilling
let customerId: string

beforeEach(() => anew())

/** A tenant with one customer, on the first of the next January. */
async function anew(fields: Partial<TenantInput> = {}): Promise<void> {
  clock.set(new Date(`${clock.now().getUTCFullYear() + 1}-01-01T12:00:00Z`))
  at = await aTenant(services, fields)
  customerId = (await aCustomer(at, { country: 'DE' })).id
}

const advance = { key: 'base', title: 'Base', model: 'flat', when: 'advance' } as const
const seats = { key: 'seats', title: 'Seats', model: 'per_unit', when: 'advance' } as const
const traffic = { title: 'Traffic', model: 'per_unit', when: 'arrears', meter: 'gb' } as const

async function aPublished(charges: readonly ChargeInput[], terms: Partial<PlanInput> = {}) {
  const { id } = await aPlan(at, { charges, ...terms })
  await at.plans.publish(id)
  return id
}

async function subscribe(charges: readonly ChargeInput[], fields: Partial<SubscriptionInput> = {}) {
  const planId = await aPublished(charges)
  return (await at.subscriptions.create({ customerId, planId, ...fields })).id
}

function countTraffic(): Promise<unknown> {
  const meter = { code: 'gb', name: 'Traffic', unit: 'GB', aggregation: 'sum' } as const
  return at.meters.create({ ...meter, valueProperty: 'gb' })
}

function use(day: string, gb: string): Promise<unknown> {
  const moment = new Date(`${year()}-${day}T09:00:00Z`)
  const event = { id: newId(), customerId, meter: 'gb', at: moment, properties: { gb } }
  return at.usage.record(event)
}

/** Bills what is due at noon of a day of this year. */
async function bill(day: string): Promise<void> {
  clock.set(new Date(`${year()}-${day}T12:00:00Z`))
  const { id } = await at.runs.start()
  while ((await at.runs.work(id)) === 'worked');
}

/** Kinds and amounts of the lines of the last invoice. */
async function lastLines(): Promise<unknown[]> {
  const { items } = await at.invoices.list({}, { limit: 1 })
  const { lines } = await at.invoices.get(items[0]?.id ?? '')
  return lines.map(({ kind, net, tax }) => [kind, net, tax])
}

async function totals(): Promise<bigint[]> {
  const { items } = await at.invoices.list({}, { limit: 100 })
  return items.toReversed().map(({ total }) => total)
}

function year(): number {
  return clock.now().getUTCFullYear()
}

describe('while another plan is ahead', () => {
  const aYear = () => aPublished([{ ...advance, rate: '300' }], { cycle: 'annually' })

  test.each(['cancel', 'pause'] as const)('%s takes it away', async (step) => {
    const id = await subscribe([{ ...advance, rate: '31' }])
    await bill('01-01')
    await at.subscriptions.change(id, { planId: await aYear(), proration: 'next_period' })
    await bill('01-11')
    await at.subscriptions[step](id, 'now')
    await bill('03-15')
    // 21 of the 31 days of January go back, and nothing is charged any more.
    expect(await lastLines()).toEqual([
      ['credit', -2100n, 0n],
      ['carry', 2100n, 0n],
    ])
    const [status, carried] = step === 'cancel' ? ['canceled', 0n] : ['paused', 2100n]
    expect(await at.subscriptions.get(id)).toMatchObject({ status, carried })
  })

  test('a quantity is changed of both, and each counts from its day on', async () => {
    const id = await subscribe([{ ...seats, rate: '31' }])
    await bill('01-01')
    const other = await aPublished([{ ...seats, rate: '10' }])
    await at.subscriptions.change(id, { planId: other, proration: 'next_period' })
    await bill('01-11')
    await at.subscriptions.change(id, { quantity: '3' })
    await bill('02-01')
    expect(await lastLines()).toEqual([
      ['credit', -2100n, 0n],
      ['change', 6300n, 0n],
      ['advance', 3000n, 0n],
    ])
  })
})

describe('while a cycle that has begun is not billed yet', () => {
  const aYear = () => aPublished([{ ...seats, rate: '365' }], { cycle: 'annually' })

  test('a plan of the cycle before is refused, and a quantity is changed of the year', async () => {
    const id = await subscribe([{ ...seats, rate: '31' }])
    await bill('01-01')
    await at.subscriptions.change(id, { planId: await aYear(), proration: 'next_period' })
    clock.set(new Date(`${year()}-02-10T12:00:00Z`))
    const month = at.subscriptions.change(id, {
      planId: await aPublished([{ ...seats, rate: '31' }]),
    })
    await expect(month).rejects.toMatchObject({
      details: { field: 'planId', problem: 'has another cycle' },
    })
    const [begun, next] = [year(), year() + 1]
    const { fromOn } = await at.subscriptions.preview(id, {
      quantity: '2',
      proration: 'next_period',
    })
    expect(fromOn).toBe(`${next}-02-01`)
    await at.subscriptions.change(id, { quantity: '2' })
    await bill('02-10')
    expect(await lastLines()).toEqual([['advance', 36_500n, 0n]])
    expect(await at.subscriptions.get(id)).toMatchObject({
      ...{ anchorOn: `${begun}-02-01`, cycle: 'annually' },
    })
  })
})

test('a pause leaves the end that is ahead where it is, and so does a change', async () => {
  const id = await subscribe([{ ...seats, rate: '31' }])
  await bill('01-01')
  await at.subscriptions.cancel(id)
  await bill('01-11')
  await at.subscriptions.change(id, { quantity: '2' })
  await at.subscriptions.pause(id)
  await bill('01-21')
  await at.subscriptions.resume(id)
  await bill('04-01')
  // 21 of 31 days back at one seat; from the 21st on 11 days at two.
  expect(await lastLines()).toEqual([
    ['credit', -2100n, 0n],
    ['change', 2200n, 0n],
  ])
  expect(await at.subscriptions.get(id)).toMatchObject({ status: 'canceled' })
})

describe('usage that comes late', () => {
  test('for days that a change cut off is priced by what those days included', async () => {
    await countTraffic()
    const charges = (rate: string) => [{ ...traffic, key: 'gb', rate, included: '31' }] as const
    const id = await subscribe(charges('1'))
    await use('01-01', '5')
    await bill('01-06')
    await at.subscriptions.change(id, { planId: await aPublished(charges('2')) })
    await bill('02-01')
    // 5 of 31 days include 5 units: all that was used.
    expect(await lastLines()).toEqual([
      ['arrears', 0n, 0n],
      ['arrears', 0n, 0n],
    ])
    await use('01-02', '3')
    await use('01-20', '30')
    await bill('03-01')
    // 3 units of 1 beyond the 5, and of 2 the 4 beyond the 26 that the other 26 days include.
    expect(await lastLines()).toEqual([
      ['arrears', 0n, 0n],
      ['late', 300n + 800n, 0n],
    ])
  })

  test('for a part of a period is priced by its days, though the plan has another cycle by now', async () => {
    await countTraffic()
    const charges = (rate: string) => [{ ...traffic, key: 'gb', rate, included: '31' }] as const
    const id = await subscribe(charges('1'))
    await use('01-01', '5')
    await bill('01-06')
    await at.subscriptions.change(id, { planId: await aPublished(charges('2')) })
    const quarter = await aPublished(charges('2'), { cycle: 'quarterly' })
    await at.subscriptions.change(id, { planId: quarter, proration: 'next_period' })
    await bill('02-01')
    await use('01-02', '3')
    await use('01-20', '30')
    await bill('05-01')
    expect(await lastLines()).toEqual([
      ['arrears', 0n, 0n],
      ['late', 300n + 800n, 0n],
    ])
  })

  test('of a charge that the plan has no more is charged as it was then', async () => {
    await countTraffic()
    const id = await subscribe([{ ...traffic, key: 'old', rate: '5' }])
    await bill('01-06')
    const other = await aPublished([{ ...traffic, key: 'new', rate: '7' }])
    await at.subscriptions.change(id, { planId: other, proration: 'next_period' })
    await bill('02-01')
    await use('01-20', '1')
    await use('02-01', '1')
    await bill('03-01')
    expect(await lastLines()).toEqual([
      ['arrears', 700n, 0n],
      ['late', 500n, 0n],
    ])
    await bill('04-01')
    expect(await lastLines()).toEqual([['arrears', 0n, 0n]])
  })

  test('is charged once by each of two charges, though one of them was changed', async () => {
    await countTraffic()
    const charges = (rate: string): ChargeInput[] => [
      { ...traffic, key: 'one', rate: '1' },
      { ...traffic, key: 'two', rate },
    ]
    const id = await subscribe(charges('10'))
    await bill('01-06')
    await at.subscriptions.change(id, { planId: await aPublished(charges('20')) })
    await bill('02-01')
    await use('01-20', '1')
    await bill('03-01')
    expect(await lastLines()).toEqual([
      ['arrears', 0n, 0n],
      ['late', 100n, 0n],
      ['arrears', 0n, 0n],
      ['late', 2000n, 0n],
    ])
    expect(await totals()).toEqual([0n, 2100n])
    expect(await at.subscriptions.get(id)).toMatchObject({ billCount: 3, parkedReason: null })
  })
})

describe('what a change gives back', () => {
  test('with tax on top is carried so that the invoice asks for 0, however lines are rounded', async () => {
    await at.taxes.add({ country: 'DE', name: 'USt', rate: '19', fromOn: '2020-01-01' })
    const id = await subscribe([{ ...seats, rate: '0.56' }])
    await bill('01-01')
    await at.subscriptions.change(id, { planId: await aPublished([{ ...seats, rate: '0.17' }]) })
    await bill('02-01')
    // Of 0.56 the tax is 0.1064, of 0.17 it is 0.0323: 11 - 3 - 3 are not those of the rest, 4.
    expect(await lastLines()).toEqual([
      ['credit', -56n, -11n],
      ['change', 17n, 3n],
      ['advance', 17n, 3n],
      ['carry', 22n, 5n],
    ])
    expect(await totals()).toEqual([67n, 0n])
    const { items } = await at.invoices.list({}, { limit: 1 })
    expect(items[0]?.taxes).toEqual([{ name: 'USt', rate: '19', taxable: 0n, tax: 0n }])
  })

  test('of prices with tax in them is of what was paid, and its tax goes back with it', async () => {
    await anew({ pricesIncludeTax: true })
    await at.taxes.add({ country: 'DE', name: 'USt', rate: '19', fromOn: '2020-01-01' })
    const coupon = { code: 'TENTH', name: 'Tenth', percent: '10', duration: 'once' } as const
    await at.coupons.create(coupon)
    const id = await subscribe([{ ...advance, rate: '31' }], { coupon: 'TENTH' })
    await bill('01-01')
    // 31.00 less 3.10 are 27.90, and 19/119 of that are 4.45.
    expect(await lastLines()).toEqual([['advance', 2345n, 445n]])
    await bill('01-11')
    await at.subscriptions.cancel(id, 'now')
    await bill('01-11')
    // 21 of 31 days of 27.90 are 18.90, and 19/119 of that are 3.02.
    expect(await lastLines()).toEqual([
      ['credit', -1588n, -302n],
      ['carry', 1588n, 302n],
    ])
    // It pays the first invoice, which nobody has paid.
    expect((await at.invoices.list()).items.map(({ paid }) => paid)).toEqual([0n, 1890n])
  })
})

describe('a meter', () => {
  test('is billed by one subscription of a customer at a time, however many begin at once', async () => {
    await countTraffic()
    const planId = await aPublished([{ ...traffic, key: 'gb', rate: '1' }])
    const begin = () => at.subscriptions.create({ customerId, planId })
    const begun = await Promise.allSettled([begin(), begin(), begin()])
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(begin()).rejects.toMatchObject({
      details: { field: 'planId', problem: expect.stringContaining('charges for gb') },
    })
    const other = await subscribe([{ ...advance, rate: '1' }])
    const changed = at.subscriptions.change(other, { planId })
    await expect(changed).rejects.toMatchObject({ details: { field: 'planId' } })
    const { items } = await at.subscriptions.list({ customerId })
    const first = items.find(({ id }) => id !== other)
    await at.subscriptions.cancel(first?.id ?? '', 'now')
    await expect(at.subscriptions.change(other, { planId })).resolves.toBeTruthy()
  })

  test('that nobody made keeps a plan from being published', async () => {
    const plan = await aPlan(at, { charges: [{ ...traffic, key: 'gb', rate: '1' }] })
    await expect(at.plans.publish(plan.id)).rejects.toMatchObject({
      details: { field: 'charges.0.meter', problem: 'is gb, the code of no meter' },
    })
    await countTraffic()
    await expect(at.plans.publish(plan.id)).resolves.toMatchObject({ number: 1 })
  })
})
