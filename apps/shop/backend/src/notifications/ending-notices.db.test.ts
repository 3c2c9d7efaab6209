import { DAY_MS } from '@gramkit/core/kernel'
import { describe, expect, test } from 'vitest'
import { type ApiClient, aCustomer, type Customer, eventually } from '../testing/running-shop.ts'
import { shopForAllTests } from '../testing/shop-for-tests.ts'
import {
  act,
  eventsOf,
  gift,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
  userIdOf,
} from '../testing/subscribers.ts'

const shop = shopForAllTests()
const days = (count: number) => shop.sandbox.control.clock.advance({ days: count })

async function does(client: ApiClient, what: string, body?: object): Promise<void> {
  expect(await act(client, what, body)).toMatchObject({ status: 200 })
}

async function give(client: ApiClient): Promise<void> {
  const answer = await gift(shop, { userId: await userIdOf(client) })
  expect(answer).toMatchObject({ status: 200 })
}

/** Days before an end at which it was announced, each time. */
async function announced(client: ApiClient): Promise<unknown[]> {
  const { id } = await subscriptionOf(client)
  return (await eventsOf(shop, 'subscription.ending', id)).map(({ accessUntil }) => accessUntil)
}

const said = async ({ person }: Pick<Customer, 'person'>, text: RegExp): Promise<string[]> =>
  (await person.chat())
    .filter(({ by }) => by === 'bot')
    .map(({ text: written }) => written ?? '')
    .filter((written) => text.test(written))

describe('the end of a subscription is announced', () => {
  test('three days before, once, when it was canceled', async () => {
    const guest = await subscribedWithCard(shop)
    await does(guest, 'cancel')
    const { accessUntil } = await subscriptionOf(guest)
    await days(26)
    expect(await announced(guest)).toEqual([])
    await days(2)
    expect(await announced(guest)).toEqual([accessUntil])
    await does(guest, 'resume')
    await does(guest, 'cancel')
    await days(1)
    expect(await announced(guest)).toEqual([accessUntil])
  })

  test('of a gift, in the language and day of its owner, and anew once it has moved', async () => {
    const customer = await aCustomer(shop)
    const { users } = shop.served().app.platform.core
    const timeZone = 'Europe/Moscow'
    await users.updateProfile(customer.userId, { language: 'ru', timeZone })
    await give(customer)
    await days(28)
    const [first] = await announced(customer)
    await give(customer)
    await days(28)
    expect(await announced(customer)).toHaveLength(1)
    await days(2)
    const [, second] = await announced(customer)
    expect(Date.parse(String(second)) - Date.parse(String(first))).toBe(30 * DAY_MS)
    const dayOf = (at: unknown) =>
      new Intl.DateTimeFormat('ru', { dateStyle: 'long', timeZone }).format(Date.parse(String(at)))
    const texts = await eventually(
      () => said(customer, /закончится/),
      ({ length }) => length === 2,
    )
    expect(texts).toEqual(
      [first, second].map(
        (at) =>
          `Подписка «Pro, monthly» закончится ${dayOf(at)}. Чтобы сохранить её, откройте магазин.`,
      ),
    )
  })

  test('after a final decline only where time on top keeps it for days', async () => {
    const [plain, gifted] = [await subscribedWithCard(shop), await subscribedWithCard(shop)]
    await give(gifted)
    await shop.sandbox.control.faults.add({
      ...{ target: 'yookassa', kind: 'decline', reason: 'card_expired', times: 2 },
    })
    await days(30)
    for (const guest of [plain, gifted]) {
      expect(await subscriptionOf(guest)).toMatchObject({ status: 'past_due', nextCharge: null })
    }
    const { accessUntil } = await subscriptionOf(gifted)
    await days(28)
    expect(await announced(plain)).toEqual([])
    expect(await announced(gifted)).toEqual([accessUntil])
  })

  test('once to who may then take it up again, in Telegram alone', async () => {
    const customer = await subscribedWithStars(shop)
    await does(customer, 'cancel')
    await days(28)
    expect(await announced(customer)).toHaveLength(1)
    await does(customer, 'resume')
    await days(1)
    expect(await announced(customer)).toHaveLength(1)
  })

  test('to nobody who cancels shortly before it', async () => {
    const customer = await subscribedWithStars(shop)
    await days(28)
    await does(customer, 'cancel')
    await days(1)
    expect(await announced(customer)).toEqual([])
    expect(await said(customer, /ends on/)).toEqual([])
  })

  test('to nobody whose next plan follows it', async () => {
    const customer = await subscribedWithStars(shop)
    await does(customer, 'change', { productId: 'plus-monthly', proration: 'next_period' })
    await days(29)
    expect(await announced(customer)).toEqual([])
  })

  test('to nobody whose card is charged', async () => {
    const guest = await subscribedWithCard(shop)
    await days(40)
    expect(await announced(guest)).toEqual([])
  })
})
