import { rows } from '@gramkit/core/database'
import { newId } from '@gramkit/core/kernel'
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { aCustomer, type Customer, eventually } from './testing/running-shop.ts'
import { shopForEachTest } from './testing/shop-for-tests.ts'
import {
  act,
  buyWithCard,
  buyWithStars,
  daysBetween,
  eventsOf,
  gift,
  hasAccess,
  paymentsOf,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
  trial,
  userIdOf,
} from './testing/subscribers.ts'

const shop = shopForEachTest()
const core = () => shop.served().app.platform.core
const days = (count: number) => shop.sandbox.control.clock.advance({ days: count })
const plus = 'plus-monthly'

describe('a pause', () => {
  test('keeps what is left, gives no access, and moves the billing date', async () => {
    const guest = await subscribedWithCard(shop)
    const before = await subscriptionOf(guest)
    await days(10)
    expect((await act(guest, 'pause')).body).toMatchObject({ status: 'paused', accessUntil: null })
    expect((await act(guest, 'pause')).body).toMatchObject({ status: 'paused' })
    expect(await hasAccess(shop, guest, 'export')).toBe(false)
    await days(80)
    expect(await paymentsOf(guest)).toHaveLength(1)
    expect((await act(guest, 'resume')).body).toMatchObject({ status: 'active' })
    const after = await subscriptionOf(guest)
    expect(Math.round(daysBetween(before.currentPeriodEnd, after.currentPeriodEnd))).toBe(80)
    await days(21)
    expect(await paymentsOf(guest)).toHaveLength(2)
  })

  test('with Stars stops Telegram, and what was left comes on top of Telegram’s date', async () => {
    const customer = await subscribedWithStars(shop)
    await days(10)
    await act(customer, 'pause')
    await days(40)
    expect((await customer.person.wallet()).subscriptions).toMatchObject([{ state: 'expired' }])
    expect(await paymentsOf(customer)).toHaveLength(1)
    const { body } = await act(customer, 'resume')
    expect(body).toMatchObject({ status: 'canceled', isResumableInTelegram: false })
    await days(19)
    expect(await hasAccess(shop, customer, 'export')).toBe(true)
    expect(await buyWithStars(shop, customer)).toBe('paid')
    await days(20)
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'active' })
  })

  test('ends by cancelling, with the time that was left', async () => {
    const guest = await subscribedWithCard(shop)
    await days(10)
    await act(guest, 'pause')
    await days(50)
    const { body } = await act(guest, 'cancel', { reason: 'too dear', feedback: 'Really.' })
    expect(body).toMatchObject({ status: 'canceled' })
    await days(19)
    expect(await hasAccess(shop, guest, 'export')).toBe(true)
    await days(2)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
    expect(await core().repos.subscriptions.getById(body.id)).toMatchObject({
      cancelReason: 'too dear',
      cancelFeedback: 'Really.',
    })
  })
})

describe('a gift', () => {
  test('begins a subscription without money, and a second one makes it longer', async () => {
    const customer = await aCustomer(shop)
    const key = newId()
    const first = await gift(shop, customer, 'pro-monthly', key)
    expect(first.body).toMatchObject({ status: 'active', gateway: null, nextCharge: null })
    expect((await gift(shop, customer, 'pro-monthly', key)).body).toEqual(first.body)
    const second = await gift(shop, customer)
    expect(daysBetween(first.body.accessUntil, second.body.accessUntil)).toBe(30)
    await days(59)
    expect(await hasAccess(shop, customer, 'export')).toBe(true)
    await days(2)
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'expired' })
  })

  test('gives once for an id, is audited, and an id is not used for another', async () => {
    const customer = await aCustomer(shop)
    const id = newId()
    const { userId } = customer
    const give = (productId = 'pro-monthly') =>
      core().subscriptions.gift({ id, userId, productId, actor: 'contest' })
    const given = await Promise.all([give(), give(), give()])
    expect(new Set(given.map((one) => one.expiresAt?.getTime())).size).toBe(1)
    await expect(give(plus)).rejects.toMatchObject({ code: 'subscriptions.gift_conflict' })
    const audited = await rows(
      core().repos.db,
      sql`select actor from gramkit.audit_entry
          where action = 'subscription.gifted' and facts->>'giftId' = ${id}`,
      z.object({ actor: z.string() }),
    )
    expect(audited).toEqual([{ actor: 'contest' }])
    await expect(
      core().subscriptions.gift({ id: newId(), userId, productId: 'mug', actor: 'contest' }),
    ).rejects.toMatchObject({ code: 'subscriptions.not_givable' })
  })

  test('leaves the billing dates of Telegram and of a card where they are', async () => {
    const [customer, guest] = [await subscribedWithStars(shop), await subscribedWithCard(shop)]
    for (const client of [customer, guest]) {
      const before = await subscriptionOf(client)
      const { body } = await gift(shop, { userId: await userIdOf(client) })
      expect(body).toMatchObject({
        status: 'active',
        currentPeriodEnd: before.currentPeriodEnd,
        nextCharge: before.nextCharge,
      })
    }
    await days(31)
    for (const client of [customer, guest]) {
      expect(await paymentsOf(client)).toHaveLength(2)
      await act(client, 'cancel')
    }
    await days(58)
    for (const client of [customer, guest])
      expect(await hasAccess(shop, client, 'export')).toBe(true)
    await days(3)
    for (const client of [customer, guest])
      expect(await hasAccess(shop, client, 'export')).toBe(false)
  })
})

describe('Telegram’s own settings', () => {
  const state = (customer: Customer, wanted: string) =>
    eventually(
      () => subscriptionOf(customer),
      ({ status }) => status === wanted,
    )

  test('cancel and take up again, each once however often it is told', async () => {
    const customer = await subscribedWithStars(shop)
    const [charge] = (await customer.person.wallet()).charges
    const chargeId = charge?.id ?? ''
    await customer.person.cancelSubscription(chargeId)
    const { id } = await state(customer, 'canceled')
    await shop.sandbox.control.telegram.deliverTwice()
    expect(await eventsOf(shop, 'subscription.canceled', id)).toHaveLength(1)
    await customer.person.resumeSubscription(chargeId)
    expect(await state(customer, 'active')).toMatchObject({ canceledAt: null })
    await shop.sandbox.control.telegram.deliverTwice()
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'active' })
    expect(await eventsOf(shop, 'subscription.resumed', id)).toHaveLength(1)
  })

  test('a charge that failed makes it past due, and Stars that come later pay for it', async () => {
    const customer = await subscribedWithStars(shop)
    const { stars, charges } = await customer.person.wallet()
    await customer.person.addStars(-stars)
    await shop.sandbox.control.clock.advance({ days: 30, minutes: 5 })
    const failed = await state(customer, 'past_due')
    expect(await eventsOf(shop, 'subscription.past_due', failed.id)).toMatchObject([
      { reason: 'failed_in_telegram', isFinal: true },
    ])
    expect(await customer.buy('pro-monthly')).toMatchObject({ status: 409 })
    await customer.person.addStars(1_000)
    await customer.person.resumeSubscription(charges[0]?.id ?? '')
    expect(await state(customer, 'active')).toMatchObject({ status: 'active' })
    expect(await paymentsOf(customer)).toHaveLength(2)
  })

  test('are not believed of somebody else', async () => {
    const customer = await subscribedWithStars(shop)
    const { id, firstPaymentId } = await core()
      .subscriptions.list(customer.userId)
      .then(({ items }) => ({ id: '', firstPaymentId: '', ...items[0] }))
    const word = { firstPaymentId: firstPaymentId ?? '', state: 'canceled' as const }
    const heardAt = core().clock.now()
    await core().subscriptions.hear({ ...word, payerTelegramId: 1n, heardAt })
    expect(await core().repos.subscriptions.getById(id)).toMatchObject({ status: 'active' })
  })

  test('are not believed when something newer was heard before', async () => {
    const customer = await subscribedWithStars(shop)
    const { items } = await core().subscriptions.list(customer.userId)
    const word = {
      firstPaymentId: items[0]?.firstPaymentId ?? '',
      payerTelegramId: BigInt(customer.telegramId),
    }
    const now = core().clock.now()
    const hear = (what: 'active' | 'canceled', agoMs: number) =>
      core().subscriptions.hear({
        ...word,
        state: what,
        heardAt: new Date(now.getTime() - agoMs),
      })
    await hear('active', 0)
    await hear('canceled', 1_000)
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'active' })
  })
})

describe('consent to be charged again', () => {
  test('is kept with what the buyer was shown', async () => {
    const guest = await subscribedWithCard(shop)
    const [payment] = await paymentsOf(guest)
    expect(await core().repos.consents.findGiven(payment.id)).toMatchObject({
      userId: await userIdOf(guest),
      textVersion: 'test',
      amount: 29_900n,
      currency: 'RUB',
      period: { days: 30 },
    })
  })

  test('is withdrawn for good: no charge, no method, and a purchase may give it anew', async () => {
    const guest = await subscribedWithCard(shop)
    await days(10)
    expect((await act(guest, 'withdraw-consent')).body).toMatchObject({
      status: 'canceled',
      hasSavedMethod: false,
      nextCharge: null,
    })
    const [{ id }] = await paymentsOf(guest)
    expect(await core().payments.getById(id)).toMatchObject({ savedMethodId: null })
    expect(await act(guest, 'resume')).toMatchObject({ status: 409 })
    await buyWithCard(shop, guest)
    const { status, currentPeriodStart, currentPeriodEnd } = await subscriptionOf(guest)
    expect([status, daysBetween(currentPeriodStart, currentPeriodEnd)]).toEqual(['active', 30])
    await days(51)
    expect(await paymentsOf(guest)).toHaveLength(3)
  })
})

describe('access', () => {
  test('ends at the instant, not when a job has come', async () => {
    const customer = await aCustomer(shop)
    await trial(customer)
    const { items } = await core().subscriptions.list(customer.userId)
    const end = items[0]?.expiresAt ?? new Date(0)
    const { subscriptions } = core().repos
    const at = (ms: number) =>
      subscriptions.hasAccess(customer.userId, ['pro-monthly'], new Date(end.getTime() + ms))
    expect([await at(-1), await at(0), await at(1)]).toEqual([true, false, false])
  })
})

test('nobody has two live subscriptions of a group, whatever comes at once', async () => {
  for (let round = 0; round < 5; round++) {
    const customer = await aCustomer(shop)
    const { userId } = customer
    const paying = (await customer.buy('pro-monthly')).body.confirmationUrl
    const give = () =>
      core().subscriptions.gift({ id: newId(), userId, productId: 'pro-monthly', actor: 'test' })
    await Promise.allSettled([
      trial(customer),
      customer.person.pay(paying),
      trial(customer),
      give(),
      give(),
      act(customer, 'change', { productId: plus, proration: 'time' }),
    ])
    await shop.sandbox.control.clock.advance({ seconds: 60 })
    const { body } = await customer.get('/api/v1/subscriptions')
    const live = body.items.filter(({ status }: { status: string }) => status !== 'expired')
    expect(live).toHaveLength(1)
    const { currentPeriodStart, accessUntil } = live[0]
    // Both gifts are there, whichever way round everything came.
    expect(daysBetween(currentPeriodStart, accessUntil)).toBeGreaterThan(59)
  }
})
