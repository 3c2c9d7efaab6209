import { rows } from '@gramkit/core/database'
import { DAY_MS, newId } from '@gramkit/core/kernel'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { expectLedgerToAddUp } from './testing/expect-ledger.ts'
import {
  type ApiClient,
  aCustomer,
  aGuest,
  apiClient,
  type Customer,
  eventually,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'
import {
  eventsOf,
  paymentsOf,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
} from './testing/subscribers.ts'

let shop: RunningShop

beforeEach(async () => {
  shop = await startRunningShop()
})

afterEach(async () => {
  await expectLedgerToAddUp(shop)
  await shop[Symbol.asyncDispose]()
})

const core = () => shop.served().shop.platform.core
const days = (count: number) => shop.sandbox.control.clock.advance({ days: count })
const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY_MS
const plus = 'plus-monthly'

async function userIdOf(client: Pick<ApiClient, 'get'>): Promise<string> {
  return (await client.get('/api/v1/me')).body.id
}

async function hasAccess(client: Pick<ApiClient, 'get'>, feature: string): Promise<boolean> {
  return core().subscriptions.hasAccess(await userIdOf(client), feature)
}

const trial = (client: ApiClient, productId = 'pro-monthly') =>
  client.post('/api/v1/subscriptions/trials', { productId })

async function act(client: ApiClient, what: string, body?: object) {
  const { id } = await subscriptionOf(client)
  return client.post(`/api/v1/subscriptions/${id}/${what}`, body)
}

/** Buys with a card, which is kept, and waits until it is settled. */
async function buyWithCard(guest: ApiClient, productId = 'pro-monthly') {
  const answer = await guest.post('/api/v1/payments', {
    ...{ productId, gateway: 'yookassa', currency: 'RUB' },
    autopaymentConsent: { textVersion: 'test' },
  })
  if (answer.status !== 201) return answer
  const payment = await core().payments.getById(answer.body.payment.id)
  await shop.sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
  await eventually(
    () => core().payments.getById(payment.id),
    ({ status }) => status === 'succeeded',
  )
  return answer
}

async function buyWithStars(customer: Customer, productId = 'pro-monthly') {
  const { body } = await customer.buy(productId)
  const { status } = await customer.person.pay(body.confirmationUrl)
  await eventually(
    () => core().payments.getById(body.payment.id),
    (payment) => payment.status === 'succeeded',
  )
  return status
}

const gift = (client: { userId: string }, productId = 'pro-monthly', key = newId()) =>
  apiClient(shop, shop.adminToken).post(
    '/api/v1/admin/subscriptions/gifts',
    { userId: client.userId, productId, note: 'thank you' },
    key,
  )

describe('a trial', () => {
  test('begins without money, is announced before its end, and ends by itself', async () => {
    const guest = await aGuest(shop)
    expect(await trial(guest)).toMatchObject({ status: 201, body: { status: 'trialing' } })
    expect(await hasAccess(guest, 'export')).toBe(true)
    expect(await hasAccess(guest, 'priority')).toBe(false)
    const { id, currentPeriodStart, currentPeriodEnd } = await subscriptionOf(guest)
    expect(daysBetween(currentPeriodStart, currentPeriodEnd)).toBe(7)
    await days(5)
    expect(await eventsOf(shop, 'subscription.trial_ending', id)).toHaveLength(1)
    await days(3)
    expect(await subscriptionOf(guest)).toMatchObject({ id, status: 'expired', nextCharge: null })
    expect(await hasAccess(guest, 'export')).toBe(false)
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
    await buyWithCard(guest)
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
    const { body } = await buyWithCard(guest)
    const admin = apiClient(shop, shop.adminToken)
    await admin.post(`/api/v1/admin/payments/${body.payment.id}/refund`, {})
    const { currentPeriodEnd } = tried
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'trialing', currentPeriodEnd })
    await days(8)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
  })

  test('leaves its rest on top where Telegram counts the period from the payment', async () => {
    const customer = await aCustomer(shop)
    await trial(customer)
    await days(2)
    expect(await buyWithStars(customer)).toBe('paid')
    await act(customer, 'cancel')
    const { currentPeriodEnd, accessUntil } = await subscriptionOf(customer)
    expect(Math.round(daysBetween(currentPeriodEnd, accessUntil))).toBe(5)
    await days(33)
    expect(await hasAccess(customer, 'export')).toBe(true)
    await days(3)
    expect(await hasAccess(customer, 'export')).toBe(false)
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
    expect(await hasAccess(guest, 'priority')).toBe(true)
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
    expect(await buyWithStars(customer, plus)).toBe('paid')
    expect(await subscriptionOf(customer)).toMatchObject({ productId: plus, status: 'active' })
  })
})

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
    expect(await hasAccess(guest, 'export')).toBe(true)
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
    await buyWithCard(guest)
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
    expect(await hasAccess(guest, 'export')).toBe(true)
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
    await gift(customer)
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

describe('a pause', () => {
  test('keeps what is left, gives no access, and moves the billing date', async () => {
    const guest = await subscribedWithCard(shop)
    const before = await subscriptionOf(guest)
    await days(10)
    expect((await act(guest, 'pause')).body).toMatchObject({ status: 'paused', accessUntil: null })
    expect((await act(guest, 'pause')).body).toMatchObject({ status: 'paused' })
    expect(await hasAccess(guest, 'export')).toBe(false)
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
    expect(await hasAccess(customer, 'export')).toBe(true)
    expect(await buyWithStars(customer)).toBe('paid')
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
    expect(await hasAccess(guest, 'export')).toBe(true)
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
    const first = await gift(customer, 'pro-monthly', key)
    expect(first.body).toMatchObject({ status: 'active', gateway: null, nextCharge: null })
    expect((await gift(customer, 'pro-monthly', key)).body).toEqual(first.body)
    const second = await gift(customer)
    expect(daysBetween(first.body.accessUntil, second.body.accessUntil)).toBe(30)
    await days(59)
    expect(await hasAccess(customer, 'export')).toBe(true)
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
      const { body } = await gift({ userId: await userIdOf(client) })
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
    for (const client of [customer, guest]) expect(await hasAccess(client, 'export')).toBe(true)
    await days(3)
    for (const client of [customer, guest]) expect(await hasAccess(client, 'export')).toBe(false)
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
    await buyWithCard(guest)
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
