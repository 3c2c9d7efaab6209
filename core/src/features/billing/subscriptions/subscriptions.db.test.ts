import { afterAll, describe, expect, test } from 'vitest'
import { newId, VirtualClock } from '../../../kernel/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { PlanInput } from '../plans/plan.ts'
import type { ChargeInput } from '../pricing/charge.ts'
import { billDueSubscriptions } from '../runs/runs.jobs.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import type { SubscriptionInput } from './subscription.ts'
import type { SubscriptionFilter } from './subscriptions.repository.ts'

const clock = new VirtualClock(new Date('2028-01-01T12:00:00Z'))
const { services, close } = await testPlatform({ poolSize: 4, clock })

afterAll(close)

const flat = (rate: string, fields: Partial<ChargeInput> = {}): ChargeInput =>
  ({ key: 'base', title: 'Base', model: 'flat', when: 'advance', rate, ...fields }) as ChargeInput
const perSeat = (rate: string): ChargeInput => ({
  ...{ key: 'seats', title: 'Seats', model: 'per_unit', when: 'advance', rate },
})

async function aSubscription(
  at: TenantBilling,
  plan: Partial<PlanInput>,
  fields: Partial<SubscriptionInput> = {},
) {
  const { id: planId } = await aPlan(at, plan)
  await at.plans.publish(planId)
  const { id: customerId } = await aCustomer(at)
  return at.subscriptions.create({ customerId, planId, ...fields })
}

/** Bills everything that is due at an instant; time only moves on. */
async function billUntil(iso: string): Promise<void> {
  clock.set(new Date(iso))
  while ((await billDueSubscriptions.runDue(services)) > 0);
}

/** Totals of a subscription's invoices, oldest first. */
async function totals(at: TenantBilling): Promise<bigint[]> {
  const { items } = await at.invoices.list({}, { limit: 100 })
  return items.toReversed().map(({ total }) => total)
}

async function lastLines(at: TenantBilling) {
  const { items } = await at.invoices.list({}, { limit: 1 })
  const { lines } = await at.invoices.get(items[0]?.id ?? '')
  return lines.map(({ kind, fromOn, untilOn, net }) => [kind, fromOn, untilOn, net])
}

describe('a subscription', () => {
  test('of a year is charged a year, and not a month', async () => {
    const at = await aTenant(services)
    const { id } = await aSubscription(at, { cycle: 'annually', charges: [flat('1200')] })
    await billUntil('2028-06-01T00:00:00Z')
    expect(await totals(at)).toEqual([120_000n])
    expect(await lastLines(at)).toEqual([['advance', '2028-01-01', '2029-01-01', 120_000n]])
    expect((await at.subscriptions.get(id)).nextBillingAt).toEqual(new Date('2029-01-01'))
  })

  test('is not billed for its trial, and is active after it', async () => {
    const at = await aTenant(services)
    const { id, status } = await aSubscription(at, { trialDays: 14, setupFee: 500n })
    expect(status).toBe('trial')
    await billUntil('2028-06-14T23:59:59Z')
    expect(await totals(at)).toEqual([])
    await billUntil('2028-06-15T00:00:00Z')
    expect(await lastLines(at)).toEqual([
      ['advance', '2028-06-15', '2028-07-15', 2999n],
      ['setup_fee', null, null, 500n],
    ])
    expect(await at.subscriptions.get(id)).toMatchObject({ status: 'active', billCount: 1 })
  })

  test('that is billed once is billed once and expires', async () => {
    const at = await aTenant(services)
    const { id } = await aSubscription(at, { cycle: 'one_time' })
    await billUntil('2028-06-15T12:00:00Z')
    await billUntil('2028-06-30T12:00:00Z')
    expect(await totals(at)).toEqual([2999n])
    const subscription = await at.subscriptions.get(id)
    expect(subscription).toMatchObject({ status: 'expired', nextBillingAt: null, dueAt: null })
    await expect(at.subscriptions.change(id, { quantity: '2' })).rejects.toMatchObject({
      code: 'billing.subscription_refuses',
    })
  })

  test('catches up every missed period, one invoice each, on a day that does not drift', async () => {
    const at = await aTenant(services)
    await aSubscription(at, {}, { anchorOn: '2028-07-31' })
    await billUntil('2029-03-31T12:00:00Z')
    const { items } = await at.invoices.list({}, { limit: 100 })
    expect(
      items.toReversed().map(({ fromOn, untilOn, number }) => [number, fromOn, untilOn]),
    ).toEqual([
      ['INV-000001', '2028-07-31', '2028-08-31'],
      ['INV-000002', '2028-08-31', '2028-09-30'],
      ['INV-000003', '2028-09-30', '2028-10-31'],
      ['INV-000004', '2028-10-31', '2028-11-30'],
      ['INV-000005', '2028-11-30', '2028-12-31'],
      ['INV-000006', '2028-12-31', '2029-01-31'],
      ['INV-000007', '2029-01-31', '2029-02-28'],
      ['INV-000008', '2029-02-28', '2029-03-31'],
      ['INV-000009', '2029-03-31', '2029-04-30'],
    ])
  })

  test('bills usage and what is paid in arrears after its period, by the instants of its days', async () => {
    const at = await aTenant(services)
    const tiers = [
      { upTo: '100', rate: '1' },
      { upTo: '200', rate: '0.5' },
      { upTo: null, rate: '0.1' },
    ]
    const usage = { key: 'gb', title: 'Traffic', meter: 'gb', when: 'arrears' } as const
    await at.meters.create({
      code: 'gb',
      name: 'Traffic',
      unit: 'GB',
      aggregation: 'sum',
      valueProperty: 'gb',
    })
    const charges = [flat('10'), { ...usage, model: 'graduated', tiers } as const]
    const { customerId } = await aSubscription(at, { charges })
    const use = (day: string, gb: number) =>
      at.usage.record({
        id: newId(),
        customerId,
        meter: 'gb',
        at: new Date(day),
        properties: { gb },
      })
    await billUntil('2029-04-15T00:00:00Z')
    expect(await totals(at)).toEqual([1000n])
    await use('2029-04-01T00:00:00Z', 150)
    await billUntil('2029-04-30T00:00:00Z')
    expect((await lastLines(at))[0]).toEqual(['arrears', '2029-03-31', '2029-04-30', 12_500n])
    await use('2029-04-29T23:59:59Z', 100)
    await use('2029-04-30T00:00:00Z', 250)
    await billUntil('2029-05-31T00:00:00Z')
    expect(await lastLines(at)).toEqual([
      ['arrears', '2029-04-30', '2029-05-31', 15_500n],
      // 250 of April cost 155, and 125 were billed.
      ['late', '2029-04-30', '2029-05-31', 3000n],
      ['advance', '2029-05-31', '2029-06-30', 1000n],
    ])
  })

  test('has prices of its own and what a coupon takes off, as often as it says', async () => {
    const at = await aTenant(services)
    await at.coupons.create({
      code: 'TWO',
      name: 'Two',
      percent: '50',
      duration: 'repeating',
      invoices: 2,
    })
    const charges = [flat('10'), perSeat('4')]
    const own = { quantity: '3', prices: { seats: '2' }, coupon: 'TWO', anchorOn: '2029-06-02' }
    await aSubscription(at, { charges }, own)
    await billUntil('2029-08-02T12:00:00Z')
    expect(await totals(at)).toEqual([800n, 800n, 1600n])
    const wrong = aSubscription(at, { charges }, { prices: { gone: '1' } })
    await expect(wrong).rejects.toMatchObject({ details: { field: 'prices.gone' } })
  })

  test('pays in full for a plan that its coupon is not for', async () => {
    const at = await aTenant(services)
    const dear = await aPlan(at, { cycle: 'weekly', charges: [flat('40')] })
    await at.plans.publish(dear.id)
    const { id, customerId, revisions } = await aSubscription(
      at,
      { cycle: 'weekly', charges: [flat('10')] },
      { anchorOn: '2029-08-06' },
    )
    const [begun] = revisions
    const version = await at.transaction((tx) =>
      tx.repos.planVersions.getById(begun?.planVersionId ?? ''),
    )
    const half = { code: 'HALF', name: 'Half', percent: '50', duration: 'forever' } as const
    await at.coupons.create({ ...half, planIds: [version.planId] })
    await at.coupons.redeem('HALF', customerId)
    await billUntil('2029-08-09T12:00:00Z')
    await at.subscriptions.change(id, { planId: dear.id })
    await billUntil('2029-08-13T12:00:00Z')
    // Of 5.00 for the week 4 of 7 days go back, 2.86; then 22.86 for those days, and 40.00.
    expect(await totals(at)).toEqual([500n, 6000n])
  })
})

test('subscriptions are listed by status and by the plan that they have or change to', async () => {
  const at = await aTenant(services)
  const plans = { code: 'A', charges: [flat('10')] }
  const [first, second] = [
    await aSubscription(at, plans),
    await aSubscription(at, { ...plans, code: 'B' }),
  ]
  const planOf = async (code: string) => (await at.plans.getByCode(code)).id
  const listed = async (filter: SubscriptionFilter) =>
    (await at.subscriptions.list(filter)).items.map(({ id }) => id)
  await at.subscriptions.cancel(first.id, 'now')
  expect(await listed({ status: 'canceled' })).toEqual([first.id])
  expect(await listed({ status: 'active' })).toEqual([second.id])
  expect(await listed({ planId: await planOf('A') })).toEqual([first.id])
  expect(await listed({ planId: await planOf('B'), status: 'canceled' })).toEqual([])
  await at.subscriptions.change(second.id, { planId: await planOf('A'), proration: 'next_period' })
  expect(await listed({ planId: await planOf('A') })).toEqual([first.id, second.id])
  expect(await listed({ planId: await planOf('B') })).toEqual([])
  expect(await listed({ planId: newId() })).toEqual([])
})

describe('a change', () => {
  test('gives back and charges the days that are left, as its preview said', async () => {
    const at = await aTenant(services)
    const { id } = await aSubscription(at, { charges: [perSeat('30')] }, { anchorOn: '2029-09-01' })
    await billUntil('2029-09-11T12:00:00Z')
    const preview = await at.subscriptions.preview(id, { quantity: '3' })
    expect((await at.subscriptions.get(id)).revisions).toHaveLength(1)
    await at.subscriptions.change(id, { quantity: '3' })
    await billUntil('2029-10-01T12:00:00Z')
    // 20 of 30 days: 20 back, 60 for three seats; then three seats for October.
    const lines = [
      ['credit', '2029-09-11', '2029-10-01', -2000n],
      ['change', '2029-09-11', '2029-10-01', 6000n],
      ['advance', '2029-10-01', '2029-11-01', 9000n],
    ]
    expect(await lastLines(at)).toEqual(lines)
    expect(
      preview.nextBill?.lines.map(({ kind, fromOn, untilOn, amount }) => [
        kind,
        fromOn,
        untilOn,
        amount,
      ]),
    ).toEqual(lines)
  })

  test('that gives back more than is asked for carries the rest to the next invoices', async () => {
    const at = await aTenant(services)
    const { id } = await aSubscription(
      at,
      { charges: [perSeat('31')] },
      { anchorOn: '2029-10-02', quantity: '10' },
    )
    await billUntil('2029-10-03T12:00:00Z')
    await at.subscriptions.change(id, { quantity: '1' })
    await billUntil('2029-11-02T12:00:00Z')
    // Back 300.00, charged 30.00 for October and 31.00 for November: 239.00 are left.
    expect(await totals(at)).toEqual([31_000n, 0n])
    expect((await at.subscriptions.get(id)).carried).toBe(23_900n)
    await billUntil('2030-07-02T12:00:00Z')
    const all = await totals(at)
    expect(all).toEqual([31_000n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 900n])
    expect((await at.subscriptions.get(id)).carried).toBe(0n)
  })

  test('to a plan of another cycle begins with the next period, and only then', async () => {
    const at = await aTenant(services)
    const { id } = await aSubscription(at, {}, { anchorOn: '2030-07-31' })
    const yearly = await aPlan(at, { cycle: 'annually', charges: [flat('300')] })
    await at.plans.publish(yearly.id)
    await billUntil('2030-08-01T12:00:00Z')
    const now = at.subscriptions.change(id, { planId: yearly.id })
    await expect(now).rejects.toMatchObject({ details: { field: 'planId' } })
    await at.subscriptions.change(id, { planId: yearly.id, proration: 'next_period' })
    await billUntil('2031-09-01T12:00:00Z')
    expect(await totals(at)).toEqual([2999n, 30_000n, 30_000n])
    expect(await at.subscriptions.get(id)).toMatchObject({
      anchorOn: '2030-08-31',
      cycle: 'annually',
    })
  })

  test('of status: paused it costs nothing, resumed it goes on on its day', async () => {
    const at = await aTenant(services)
    const { id } = await aSubscription(at, { charges: [flat('30')] }, { anchorOn: '2031-11-01' })
    await billUntil('2031-11-16T12:00:00Z')
    expect((await at.subscriptions.pause(id)).status).toBe('paused')
    await billUntil('2032-01-16T12:00:00Z')
    expect(await totals(at)).toEqual([3000n, 0n])
    expect((await at.subscriptions.resume(id)).status).toBe('active')
    await billUntil('2032-02-01T12:00:00Z')
    // 15 days were carried; 16 of 31 days of January, and February.
    expect(await totals(at)).toEqual([3000n, 0n, 1548n + 3000n - 1500n])
  })

  test.each([
    // 10 of the 29 days of February; all of March.
    ['now', '2032-02-11', 1069n],
    ['period_end', '2032-03-22', 3100n],
  ] as const)('ends it: %s', async (when, today, total) => {
    const at = await aTenant(services)
    await billUntil(`${today}T12:00:00Z`)
    const startOn = `${today.slice(0, 8)}01`
    const charges = [flat('31', { when: 'arrears' })]
    const { id } = await aSubscription(at, { charges }, { startOn })
    await billUntil(`${today}T13:00:00Z`)
    const preview = await at.subscriptions.previewCancel(id, when)
    expect(preview.nextBill?.lines.map(({ amount }) => amount)).toEqual([total])
    const { status } = await at.subscriptions.cancel(id, when)
    expect(status).toBe(when === 'now' ? 'canceled' : 'active')
    await billUntil(`${today.slice(0, 5)}0${Number(today.slice(6, 7)) + 1}-20T12:00:00Z`)
    expect(await totals(at)).toEqual([total])
    expect(await at.subscriptions.get(id)).toMatchObject({ status: 'canceled', dueAt: null })
  })

  test('that ends it later may be taken back until then', async () => {
    const at = await aTenant(services)
    const { id } = await aSubscription(at, {})
    await billUntil(clock.now().toISOString())
    await at.subscriptions.cancel(id)
    await at.subscriptions.resume(id)
    await billUntil(new Date(clock.now().getTime() + 32 * 86_400_000).toISOString())
    expect(await totals(at)).toEqual([2999n, 2999n])
    await at.subscriptions.cancel(id, 'now')
    await expect(at.subscriptions.resume(id)).rejects.toMatchObject({
      ...{ code: 'billing.subscription_refuses', details: { status: 'canceled', step: 'resume' } },
    })
  })

  test('of invoices: past due while one is overdue', async () => {
    const at = await aTenant(services, { paymentTermsDays: 1 })
    const { id } = await aSubscription(at, { cycle: 'annually' })
    await billUntil(clock.now().toISOString())
    clock.advance(3 * 86_400_000)
    await at.invoices.fallOverdue()
    expect((await at.subscriptions.get(id)).status).toBe('past_due')
    const { items } = await at.invoices.list()
    await at.invoices.receive(items[0]?.id ?? '', 2999n)
    expect((await at.subscriptions.get(id)).status).toBe('active')
  })
})
