import { DAY_MS } from '@gramkit/core/kernel'
import { describe, expect, test } from 'vitest'
import { aCustomer, type Customer, eventually } from './testing/running-shop.ts'
import { shopForEachTest } from './testing/shop-for-tests.ts'
import {
  act,
  buyWithCard,
  daysBetween,
  eventsOf,
  gift,
  hasAccess,
  paymentsOf,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
  trial,
} from './testing/subscribers.ts'

const shop = shopForEachTest()
const core = () => shop.served().app.platform.core
const days = (count: number) => shop.sandbox.control.clock.advance({ days: count })
const plus = 'plus-monthly'

describe('a declined card', () => {
  const decline = (reason: string, times = 1) =>
    shop.sandbox.control.faults.add({ target: 'yookassa', kind: 'decline', reason, times })

  test('that will never work again is tried once, and access ends a day later', async () => {
    const guest = await subscribedWithCard(shop)
    await decline('card_expired', 20)
    await shop.sandbox.control.clock.advance({ days: 30, hours: 1 })
    const { id, status } = await subscriptionOf(guest)
    expect(status).toBe('past_due')
    expect(await eventsOf(shop, 'subscription.past_due', id)).toMatchObject([
      { reason: 'card_expired', isFinal: true, nextTryAt: null },
    ])
    expect(await hasAccess(shop, guest, 'export')).toBe(true)
    await days(2)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
    expect(await paymentsOf(guest)).toHaveLength(2)
  })

  test('whose permission the buyer took away at YooKassa is not tried again', async () => {
    const guest = await subscribedWithCard(shop)
    const [{ id }] = await paymentsOf(guest)
    const { savedMethodId } = await core().payments.getById(id)
    await shop.sandbox.control.yookassa.revoke(savedMethodId ?? '')
    await days(33)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
    expect(await paymentsOf(guest)).toHaveLength(2)
  })

  test('may be replaced by paying anew, from where the last period ended', async () => {
    const guest = await subscribedWithCard(shop)
    const before = await subscriptionOf(guest)
    await decline('insufficient_funds', 20)
    await days(31)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'past_due' })
    await buyWithCard(shop, guest)
    await shop.sandbox.control.faults.clear()
    const after = await subscriptionOf(guest)
    expect(after).toMatchObject({ id: before.id, status: 'active' })
    expect(daysBetween(before.currentPeriodEnd, after.currentPeriodEnd)).toBe(30)
    await days(29)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'active' })
  })

  test('that answers pending for days is charged once', async () => {
    const guest = await subscribedWithCard(shop)
    await shop.sandbox.control.faults.add({
      ...{ target: 'yookassa', kind: 'pending', times: null },
      settle_after_seconds: (2 * DAY_MS) / 1_000,
    })
    await shop.sandbox.control.clock.advance({ days: 31 })
    expect(await paymentsOf(guest)).toMatchObject([{ status: 'pending' }, { status: 'succeeded' }])
    expect(await hasAccess(shop, guest, 'export')).toBe(true)
    await days(2)
    expect(await paymentsOf(guest)).toMatchObject([
      { status: 'succeeded' },
      { status: 'succeeded' },
    ])
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'active' })
  })
})

describe('a notice', () => {
  test('of a charge comes three days before, once for each period', async () => {
    const guest = await subscribedWithCard(shop)
    const { id } = await subscriptionOf(guest)
    const upcoming = () => eventsOf(shop, 'subscription.renewal_upcoming', id)
    await days(26)
    expect(await upcoming()).toEqual([])
    await days(2)
    await act(guest, 'cancel')
    await act(guest, 'resume')
    await shop.sandbox.control.clock.advance({ hours: 12 })
    expect(await upcoming()).toMatchObject([{ amount: '29900', currency: 'RUB' }])
    await days(30)
    expect(await upcoming()).toHaveLength(2)
  })
})

describe('the bot', () => {
  const said = async (customer: Customer) => {
    const messages = await customer.person.chat()
    return messages.filter(({ by }) => by === 'bot').map(({ text }) => text ?? '')
  }

  test('tells what is charged, when, and how to stop it', async () => {
    const customer = await subscribedWithStars(shop)
    await days(28)
    expect((await said(customer)).at(-1)).toMatch(
      /^Pro, monthly renews on .+: 250\s★ will be charged. To stop it, open the shop/,
    )
  })

  test('tells that a trial ends, and then that it has ended', async () => {
    const customer = await aCustomer(shop)
    await trial(customer)
    await days(8)
    const texts = await said(customer)
    expect(texts.at(-2)).toContain('Nothing is charged')
    expect(texts.at(-1)).toBe('Pro, monthly has ended. You can subscribe again in the shop.')
  })

  test('tells of a charge that failed, and of a gift', async () => {
    const customer = await subscribedWithStars(shop)
    await gift(shop, customer)
    const { stars } = await customer.person.wallet()
    await customer.person.addStars(-stars)
    await shop.sandbox.control.clock.advance({ days: 30, minutes: 5 })
    const texts = await said(customer)
    expect(texts.some((text) => text.startsWith('A gift for you: Pro, monthly'))).toBe(true)
    expect(texts.at(-1)).toContain('was declined and is not tried again')
  })

  test('sends the link of the plan that was chosen to follow, and it can be paid', async () => {
    const customer = await subscribedWithStars(shop)
    await act(customer, 'change', { productId: plus, proration: 'next_period' })
    await days(31)
    const messages = await customer.person.chat()
    const keyboard = messages.at(-1)?.reply_markup?.inline_keyboard ?? []
    const button = keyboard.flat().find((one) => 'url' in one)
    const link = button && 'url' in button ? button.url : ''
    expect(await customer.person.pay(link)).toMatchObject({ status: 'paid' })
    const found = await eventually(
      () => subscriptionOf(customer),
      ({ productId }) => productId === plus,
    )
    expect(found).toMatchObject({ productId: plus, status: 'active' })
  })
})
