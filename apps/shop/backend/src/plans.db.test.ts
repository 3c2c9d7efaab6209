import { DAY_MS } from '@gramkit/core/kernel'
import { describe, expect, test } from 'vitest'
import { type ApiClient, aCustomer, aGuest, apiClient } from './testing/running-shop.ts'
import { shopForEachTest } from './testing/shop-for-tests.ts'
import {
  act,
  buyWithCard,
  buyWithStars,
  daysBetween,
  eventsOf,
  hasAccess,
  paymentsOf,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
  trial,
} from './testing/subscribers.ts'

const shop = shopForEachTest()
const days = (count: number) => shop.sandbox.control.clock.advance({ days: count })
const plus = 'plus-monthly'

describe('a trial', () => {
  test('begins without money, is announced before its end, and ends by itself', async () => {
    const guest = await aGuest(shop)
    expect(await trial(guest)).toMatchObject({ status: 201, body: { status: 'trialing' } })
    expect(await hasAccess(shop, guest, 'export')).toBe(true)
    expect(await hasAccess(shop, guest, 'priority')).toBe(false)
    const { id, currentPeriodStart, currentPeriodEnd } = await subscriptionOf(guest)
    expect(daysBetween(currentPeriodStart, currentPeriodEnd)).toBe(7)
    await days(5)
    expect(await eventsOf(shop, 'subscription.trial_ending', id)).toHaveLength(1)
    await days(3)
    expect(await subscriptionOf(guest)).toMatchObject({ id, status: 'expired', nextCharge: null })
    expect(await hasAccess(shop, guest, 'export')).toBe(false)
    expect(await paymentsOf(guest)).toEqual([])
  })

  test('is had once, however often and in how many requests at once it is asked for', async () => {
    const guest = await aGuest(shop)
    const answers = await Promise.all(Array.from({ length: 8 }, () => trial(guest)))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect((await guest.get('/api/v1/subscriptions')).body.items).toHaveLength(1)
    await days(8)
    expect(await trial(guest)).toMatchObject({
      status: 409,
      body: { code: 'subscriptions.trial_used' },
    })
    expect(await trial(guest, plus)).toMatchObject({ body: { code: 'subscriptions.no_trial' } })
  })

  test('is followed by the period that is bought during it', async () => {
    const guest = await aGuest(shop)
    const { body: tried } = await trial(guest)
    await days(2)
    await buyWithCard(shop, guest)
    const bought = await subscriptionOf(guest)
    expect(bought).toMatchObject({
      id: tried.id,
      status: 'active',
      currentPeriodStart: tried.currentPeriodEnd,
    })
    expect(daysBetween(tried.currentPeriodEnd, bought.currentPeriodEnd)).toBe(30)
    await days(36)
    expect(await paymentsOf(guest)).toHaveLength(2)
  })

  test('comes back when that period is refunded before it has begun', async () => {
    const guest = await aGuest(shop)
    const { body: tried } = await trial(guest)
    const paymentId = await buyWithCard(shop, guest)
    const admin = apiClient(shop, shop.adminToken)
    await admin.post(`/api/v1/admin/payments/${paymentId}/refund`, {})
    const { currentPeriodEnd } = tried
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'trialing', currentPeriodEnd })
    await days(8)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
  })

  test('leaves its rest on top where Telegram counts the period from the payment', async () => {
    const customer = await aCustomer(shop)
    await trial(customer)
    await days(2)
    expect(await buyWithStars(shop, customer)).toBe('paid')
    await act(customer, 'cancel')
    const { currentPeriodEnd, accessUntil } = await subscriptionOf(customer)
    expect(Math.round(daysBetween(currentPeriodEnd, accessUntil))).toBe(5)
    await days(33)
    expect(await hasAccess(shop, customer, 'export')).toBe(true)
    await days(3)
    expect(await hasAccess(shop, customer, 'export')).toBe(false)
  })

  test('is neither cancelled, paused nor changed, as nothing would be charged', async () => {
    const guest = await aGuest(shop)
    await trial(guest)
    for (const what of ['cancel', 'pause', 'resume']) {
      expect(await act(guest, what)).toMatchObject({
        status: 409,
        body: { code: 'subscriptions.state_conflict' },
      })
    }
  })
})

describe('a change of plan', () => {
  const change = (client: ApiClient, proration: string, productId = plus) =>
    act(client, 'change', { productId, proration })
  const preview = (client: ApiClient, proration: string, productId = plus) =>
    act(client, 'change/preview', { productId, proration })

  test('by time turns what is left into time of the new plan, by price', async () => {
    const guest = await subscribedWithCard(shop)
    await days(10)
    const { body: promised } = await preview(guest, 'time')
    expect(promised).toMatchObject({ charge: { amount: '59800', by: 'saved_method' }, lostMs: 0 })
    expect(await change(guest, 'time')).toMatchObject({ status: 200 })
    const changed = await subscriptionOf(guest)
    expect(changed).toMatchObject({ productId: plus, status: 'active' })
    // Twice the price: of 20 days are left 10.
    expect(daysBetween(changed.currentPeriodStart, changed.currentPeriodEnd)).toBeCloseTo(10, 3)
    expect(await paymentsOf(guest)).toHaveLength(1)
    expect(await hasAccess(shop, guest, 'priority')).toBe(true)
    await days(11)
    expect((await paymentsOf(guest))[0]).toMatchObject({ amount: '59800', productId: plus })
    expect(await subscriptionOf(guest)).toMatchObject({ productId: plus, status: 'active' })
  })

  test('with the next period charges the new price then, and can be taken back', async () => {
    const guest = await subscribedWithCard(shop)
    expect((await change(guest, 'next_period')).body).toMatchObject({
      productId: 'pro-monthly',
      nextProductId: plus,
      nextCharge: { amount: '59800', productId: plus },
    })
    const back = await change(guest, 'next_period', 'pro-monthly')
    expect(back.body).toMatchObject({ nextProductId: null, nextCharge: { amount: '29900' } })
    await change(guest, 'next_period')
    await days(31)
    expect(await paymentsOf(guest)).toMatchObject([{ amount: '59800' }, { amount: '29900' }])
    expect(await subscriptionOf(guest)).toMatchObject({ productId: plus, nextProductId: null })
    await days(30)
    expect((await paymentsOf(guest))[0]).toMatchObject({ amount: '59800', productId: plus })
  })

  test('without proration charges at once, and the old time is lost as was said', async () => {
    const guest = await subscribedWithCard(shop)
    await days(10)
    const { body: promised } = await preview(guest, 'none')
    expect(Math.round(promised.lostMs / DAY_MS)).toBe(20)
    const { body } = await change(guest, 'none')
    expect(body).toMatchObject({ productId: plus, status: 'active' })
    expect(daysBetween(body.currentPeriodStart, body.currentPeriodEnd)).toBe(30)
    expect(await paymentsOf(guest)).toMatchObject([{ amount: '59800' }, { amount: '29900' }])
    expect(await change(guest, 'none')).toMatchObject({ status: 200 })
    expect(await paymentsOf(guest)).toHaveLength(2)
  })

  test('whose charge is declined leaves everything as it was', async () => {
    const guest = await subscribedWithCard(shop)
    const before = await subscriptionOf(guest)
    await shop.sandbox.control.faults.add({ target: 'yookassa', kind: 'decline' })
    await change(guest, 'none')
    expect(await subscriptionOf(guest)).toEqual(before)
    expect(await eventsOf(shop, 'subscription.change_declined', before.id)).toMatchObject([
      { reason: 'insufficient_funds' },
    ])
    await days(31)
    expect((await paymentsOf(guest)).map(({ amount }: { amount: string }) => amount)).toEqual([
      '29900',
      '59800',
      '29900',
    ])
  })

  test('is charged once when it is asked for twice at once', async () => {
    const guest = await subscribedWithCard(shop)
    const answers = await Promise.all([change(guest, 'none'), change(guest, 'none')])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await paymentsOf(guest)).toHaveLength(2)
  })

  test('with Stars ends the old plan, and its user buys the new one at the end', async () => {
    const customer = await subscribedWithStars(shop)
    expect(await preview(customer, 'time')).toMatchObject({
      status: 409,
      body: { code: 'subscriptions.change_refused', details: { reason: 'provider_cannot' } },
    })
    expect((await preview(customer, 'next_period')).body).toMatchObject({
      charge: { amount: '500', currency: 'XTR', by: 'buyer' },
    })
    await change(customer, 'next_period')
    const { id } = await subscriptionOf(customer)
    expect(await subscriptionOf(customer)).toMatchObject({
      status: 'canceled',
      nextProductId: plus,
    })
    expect(await customer.buy(plus)).toMatchObject({ status: 409 })
    await days(31)
    expect(await eventsOf(shop, 'subscription.expired', id)).toMatchObject([
      { nextProductId: plus },
    ])
    expect(await buyWithStars(shop, customer, plus)).toBe('paid')
    expect(await subscriptionOf(customer)).toMatchObject({ productId: plus, status: 'active' })
  })
})
