import { DAY_MS } from '@gramkit/core/kernel'
import { overtake } from '@gramkit/services/overtake'
import { describe, expect, test } from 'vitest'
import { paid } from './testing/paid.ts'
import { type ApiClient, aCustomer, aGuest, apiClient, eventually } from './testing/running-shop.ts'
import { shopForEachTest } from './testing/shop-for-tests.ts'
import {
  buyWithCard,
  paymentsOf,
  statusesOf,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
} from './testing/subscribers.ts'

const shop = shopForEachTest()
const core = () => shop.served().app.platform.core
const days = (count: number) => shop.sandbox.control.clock.advance({ days: count })

async function refund(paymentId: string): Promise<void> {
  const admin = apiClient(shop, shop.adminToken)
  expect(await admin.post(`/api/v1/admin/payments/${paymentId}/refund`, {})).toMatchObject({
    status: 200,
    body: { refund: { status: 'succeeded' } },
  })
}

/** Pays a month by card, without leaving the card with the shop. */
const payAMonth = (guest: ApiClient): Promise<string> => buyWithCard(shop, guest, { consent: null })

describe('months that were paid ahead', () => {
  /** Days of access that are left, or 0. */
  async function daysLeft(guest: ApiClient): Promise<number> {
    const { accessUntil } = await subscriptionOf(guest)
    if (!accessUntil) return 0
    return Math.round((Date.parse(accessUntil) - core().clock.now().getTime()) / DAY_MS)
  }

  test.each([
    ['the last first', [2, 1, 0], [60, 30, 0]],
    ['the first first', [0, 1, 2], [60, 30, 0]],
    ['the middle first', [1, 2, 0], [60, 30, 0]],
  ])('are taken back one by one as they are refunded, %s', async (_, order, left) => {
    const guest = await aGuest(shop)
    const ids = [await payAMonth(guest), await payAMonth(guest), await payAMonth(guest)]
    expect(await daysLeft(guest)).toBe(90)
    const found: number[] = []
    for (const index of order) {
      await refund(ids[index] ?? '')
      found.push(await daysLeft(guest))
    }
    expect(found).toEqual(left)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
  })

  test('stay when one that is over is refunded', async () => {
    const guest = await aGuest(shop)
    const first = await payAMonth(guest)
    await payAMonth(guest)
    await days(40)
    await refund(first)
    expect(await daysLeft(guest)).toBe(20)
  })
})

test('a pause goes on when a month that was paid ahead is refunded', async () => {
  const guest = await aGuest(shop)
  await payAMonth(guest)
  const { id, currentPeriodEnd } = await subscriptionOf(guest)
  const second = await payAMonth(guest)
  await guest.post(`/api/v1/subscriptions/${id}/pause`)
  await days(10)
  await refund(second)
  expect(await subscriptionOf(guest)).toMatchObject({ status: 'paused', currentPeriodEnd })
})

test('a method that was withdrawn after the end is not charged by a renewal that comes late', async () => {
  const guest = await subscribedWithCard(shop)
  const { faults } = shop.sandbox.control
  await faults.add({ target: 'yookassa', kind: 'error', effect: 'not_done', times: null })
  await shop.sandbox.control.clock.advance({ days: 30, seconds: 5 })
  const [renewal] = await paymentsOf(guest)
  const { id } = await subscriptionOf(guest)
  // As after eight more days without an answer.
  const over = { status: 'expired', expiresAt: null, nextChargeAt: null, noticeAt: null } as const
  await core().repos.subscriptions.update(id, over)
  await guest.post(`/api/v1/subscriptions/${id}/withdraw-consent`)
  await core().payments.apply(paid(await core().payments.getById(renewal.id)))
  await faults.clear()
  const gone = { status: 'canceled', nextCharge: null, hasSavedMethod: false }
  expect(await subscriptionOf(guest)).toMatchObject(gone)
}, 120_000)

describe('Stars', () => {
  test('buy again what was refunded while time is left on top', async () => {
    const customer = await aCustomer(shop)
    await customer.post('/api/v1/subscriptions/trials', { productId: 'pro-monthly' })
    const pay = async () => {
      const { body } = await customer.buy('pro-monthly')
      await customer.person.pay(body.confirmationUrl)
      await eventually(
        () => core().payments.getById(body.payment.id),
        ({ status }) => status !== 'pending',
      )
      return body.payment.id
    }
    await refund(await pay())
    await pay()
    await shop.sandbox.control.clock.advance({ minutes: 5 })
    expect(await statusesOf(customer)).toEqual(['succeeded', 'refunded'])
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'active' })
    expect((await customer.person.wallet()).stars).toBe(10_000 - 250)
  })

  test.each([
    ['to give them back at first', 'refundStarPayment', 2],
    ['to stop the second subscription', 'editUserStarSubscription', null],
  ])('that were paid twice go back although Telegram refused %s', async (_, method, times) => {
    const customer = await aCustomer(shop)
    const links = [await customer.buy('pro-monthly'), await customer.buy('pro-monthly')]
    await shop.sandbox.control.faults.add({
      ...{ target: 'telegram', kind: 'refused' },
      ...{ method, times },
    })
    await overtake(shop, 'lock table gramkit.payment in share mode', [], () => undefined, {
      meanwhile: () =>
        Promise.all(links.map(({ body }) => customer.person.pay(body.confirmationUrl))),
    })
    await eventually(
      () => statusesOf(customer),
      (found) => !found.includes('pending'),
    )
    await shop.sandbox.control.clock.advance({ minutes: 1 })
    expect((await statusesOf(customer)).sort()).toEqual(['refunded', 'succeeded'])
    expect((await customer.person.wallet()).stars).toBe(10_000 - 250)
  })

  test('are not charged again once their user has taken back the consent', async () => {
    const customer = await subscribedWithStars(shop)
    const { id } = await subscriptionOf(customer)
    await customer.post(`/api/v1/subscriptions/${id}/withdraw-consent`)
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'canceled' })
    await days(40)
    expect(await paymentsOf(customer)).toHaveLength(1)
    expect((await customer.person.wallet()).stars).toBe(10_000 - 250)
  })
})
