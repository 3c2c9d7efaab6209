import { DAY_MS, newId } from '@gramkit/core/kernel'
import { overtake } from '@gramkit/services/overtake'
import { describe, expect, test } from 'vitest'
import { paid } from './testing/paid.ts'
import {
  type ApiClient,
  aCustomer,
  aGuest,
  apiClient,
  eventually,
  startRunningShop,
} from './testing/running-shop.ts'
import { shopForEachTest } from './testing/shop-for-tests.ts'
import {
  paymentsOf,
  statusesOf,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
} from './testing/subscribers.ts'

/** How long Telegram cannot be told before it renews: a try an hour, each an instant of the clock. */
const DAYS_AWAY = process.env['GRAMKIT_PROOF'] ? 30 : 1

const shop = shopForEachTest()
const core = () => shop.served().app.platform.core
const days = (count: number) => shop.sandbox.control.clock.advance({ days: count })
const hours = (count: number) => shop.sandbox.control.clock.advance({ hours: count })
const chargesAtYookassa = async () =>
  (await shop.sandbox.control.yookassa.payments()).filter(({ status }) => status === 'succeeded')
    .length

async function cancel(customer: ApiClient): Promise<void> {
  const { id } = await subscriptionOf(customer)
  const { status } = await customer.post(`/api/v1/subscriptions/${id}/cancel`)
  expect(status).toBe(200)
}

/** Somebody whose first renewal is under way when YooKassa goes away. */
async function renewedWithoutYookassa(): Promise<ApiClient> {
  const guest = await subscribedWithCard(shop)
  await shop.sandbox.control.clock.advance({ days: 29, hours: 23, minutes: 55 })
  const { faults } = shop.sandbox.control
  await faults.add({ target: 'yookassa', kind: 'error', effect: 'not_done', times: null })
  await shop.sandbox.control.clock.advance({ minutes: 6 })
  return guest
}

describe('who has cancelled', () => {
  test('is not charged by a renewal that was under way when YooKassa went away', async () => {
    const guest = await renewedWithoutYookassa()
    const { faults } = shop.sandbox.control
    expect(await statusesOf(guest)).toEqual(['unknown', 'succeeded'])
    await cancel(guest)
    await faults.clear()
    await days(40)
    expect(await statusesOf(guest)).toEqual(['failed', 'succeeded'])
    expect(await chargesAtYookassa()).toBe(1)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
  })

  test('keeps what a late renewal has paid for, and is not renewed again', async () => {
    const guest = await renewedWithoutYookassa()
    const { faults } = shop.sandbox.control
    const [renewal] = await paymentsOf(guest)
    await cancel(guest)
    await hours(1)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
    await core().payments.apply(paid(await core().payments.getById(renewal.id)))
    await faults.clear()
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'canceled' })
    await days(70)
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
    expect(await statusesOf(guest)).toEqual(['succeeded', 'succeeded'])
  })

  test('is cancelled at Telegram too, however long it could not be reached', async () => {
    const customer = await subscribedWithStars(shop)
    await days(30 - DAYS_AWAY)
    const method = 'editUserStarSubscription'
    const { faults } = shop.sandbox.control
    await faults.add({
      target: 'telegram',
      kind: 'error',
      effect: 'not_done',
      method,
      times: null,
    })
    await cancel(customer)
    await days(DAYS_AWAY + 1)
    expect(await statusesOf(customer)).toEqual(['succeeded', 'succeeded'])
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'canceled' })
    await faults.clear()
    await days(62)
    expect(await statusesOf(customer)).toEqual(['succeeded', 'succeeded'])
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'expired' })
  }, 120_000)

  test('is cancelled at Telegram although the first payment had expired before its money', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('pro-monthly')
    const expire = `update gramkit.payment set status = 'expired' where id = $1`
    await overtake(shop, expire, [body.payment.id], () => customer.person.pay(body.confirmationUrl))
    await eventually(
      () => subscriptionOf(customer),
      (found) => found !== undefined,
    )
    await cancel(customer)
    await days(62)
    expect(await statusesOf(customer)).toEqual(['succeeded', 'expired'])
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'expired' })
  })
})

describe('a renewal without an answer', () => {
  test('is not made a second time, and counts once YooKassa can be asked', async () => {
    const guest = await subscribedWithCard(shop)
    const before = await subscriptionOf(guest)
    const { faults } = shop.sandbox.control
    const charge = { target: 'yookassa', method: 'POST /payments', times: null } as const
    await faults.add({ ...charge, kind: 'drop', effect: 'done' })
    await faults.add({
      target: 'yookassa',
      kind: 'error',
      effect: 'not_done',
      method: 'GET /payments/:id',
      times: null,
    })
    await shop.sandbox.control.clock.advance({ days: 30, minutes: 1 })
    await shop.restart(() => hours(26))
    expect(await statusesOf(guest)).toEqual(['unknown', 'succeeded'])
    await faults.clear()
    await days(2)
    expect(await statusesOf(guest)).toEqual(['succeeded', 'succeeded'])
    expect(await chargesAtYookassa()).toBe(2)
    const after = await subscriptionOf(guest)
    expect(Date.parse(after.currentPeriodEnd) - Date.parse(before.currentPeriodEnd)).toBe(
      30 * DAY_MS,
    )
  })
})

test('a change of plan without an answer is not charged again when it is asked for a day later', async () => {
  const guest = await subscribedWithCard(shop)
  const { id } = await subscriptionOf(guest)
  const { faults } = shop.sandbox.control
  const change = () =>
    guest.post(`/api/v1/subscriptions/${id}/change`, {
      ...{ productId: 'plus-monthly', proration: 'none' },
    })
  const unreadable = { target: 'yookassa', kind: 'error', times: null } as const
  await faults.add({ target: 'yookassa', kind: 'hold' })
  await faults.add({ target: 'yookassa', kind: 'drop', method: 'POST /payments', times: null })
  await faults.add({ ...unreadable, method: 'GET /payments' })
  expect(await change()).toMatchObject({ status: 200, body: { productId: 'pro-monthly' } })
  // YooKassa forgets the key of a call after a day.
  await shop.restart(() => hours(26))
  await faults.clear()
  await faults.add({ ...unreadable, method: 'GET /payments' })
  await change()
  expect(await chargesAtYookassa()).toBe(2)
  await faults.clear()
  await days(1)
  expect(await statusesOf(guest)).toEqual(['succeeded', 'succeeded'])
  expect(await subscriptionOf(guest)).toMatchObject({ productId: 'plus-monthly' })
})

describe('a shop that was away', () => {
  test('charges one period when it is back, not those in which it served nothing', async () => {
    const guest = await subscribedWithCard(shop)
    await shop.restart(() => days(88))
    await hours(1)
    expect(await statusesOf(guest)).toEqual(['succeeded', 'succeeded'])
    const { currentPeriodEnd } = await subscriptionOf(guest)
    const now = core().clock.now().getTime()
    expect(Date.parse(currentPeriodEnd) - now).toBeGreaterThan(29 * DAY_MS)
  })
})

describe('a shop that was away for longer than Telegram keeps an update', () => {
  const reconcile = async () => {
    const { body } = await apiClient(shop, shop.adminToken).post('/api/v1/admin/reconcile')
    return body.items.find(({ gateway }: { gateway: string }) => gateway === 'telegram-stars')
  }

  test('gets renewals, refunds and their goods from Telegram’s books, each once', async () => {
    const [ada, bob] = [await subscribedWithStars(shop), await aCustomer(shop)]
    const { body } = await bob.buy('credits-100')
    const charge = await bob.person.pay(body.confirmationUrl)
    await eventually(
      () => core().balance.get(bob.userId, 'credits'),
      (amount) => amount === 100n,
    )
    await shop.restart(async () => {
      await bob.person.chargeBack(charge.charge_id ?? '')
      await days(32)
    })
    await Promise.all([reconcile(), reconcile()])
    expect(await reconcile()).toMatchObject({ checked: 0, repaired: [], differences: [] })
    expect(await statusesOf(ada)).toEqual(['succeeded', 'succeeded'])
    expect(await subscriptionOf(ada)).toMatchObject({ status: 'active' })
    expect(await statusesOf(bob)).toEqual(['refunded'])
    expect(await core().balance.get(bob.userId, 'credits')).toBe(0n)
  })

  test('leaves alone what is still on its way, and what it has', async () => {
    const customer = await subscribedWithStars(shop)
    expect(await reconcile()).toMatchObject({ checked: 0 })
    await shop.restart(() => hours(1))
    await reconcile()
    expect(await core().repos.reconciliation.find('telegram-stars')).toMatchObject({ cursor: '1' })
    expect(await statusesOf(customer)).toEqual(['succeeded'])
  })
})

describe('money that came twice for one subscription', () => {
  test('in Stars goes back, and Telegram renews one of the two', async () => {
    const customer = await aCustomer(shop)
    const links = [await customer.buy('pro-monthly'), await customer.buy('pro-monthly')]
    // Both are allowed, as neither has been applied yet.
    await overtake(shop, 'lock table gramkit.payment in share mode', [], () => undefined, {
      meanwhile: () =>
        Promise.all(links.map(({ body }) => customer.person.pay(body.confirmationUrl))),
    })
    const statuses = await eventually(
      () => statusesOf(customer),
      (found) => found.includes('refunded'),
    )
    expect(statuses.sort()).toEqual(['refunded', 'succeeded'])
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'active' })
    const { stars, subscriptions } = await customer.person.wallet()
    expect(stars).toBe(10_000 - 250)
    expect(subscriptions.map(({ state }) => state).sort()).toEqual(['active', 'canceled'])
    await days(31)
    expect((await statusesOf(customer)).sort()).toEqual(['refunded', 'succeeded', 'succeeded'])
  })

  test('by card gives both periods, and a refund of the second takes only that back', async () => {
    const guest = await aGuest(shop)
    const buy = { productId: 'pro-monthly', gateway: 'yookassa', currency: 'RUB' }
    const payments = [
      (await guest.post('/api/v1/payments', buy)).body.payment,
      (await guest.post('/api/v1/payments', buy)).body.payment,
    ]
    const ends: string[] = []
    for (const { id } of payments) {
      const { providerPaymentId } = await core().payments.getById(id)
      await shop.sandbox.control.yookassa.succeed(providerPaymentId ?? '')
      await eventually(
        () => core().payments.getById(id),
        ({ status }) => status === 'succeeded',
      )
      ends.push((await subscriptionOf(guest)).currentPeriodEnd)
    }
    expect(Date.parse(ends[1] ?? '') - Date.parse(ends[0] ?? '')).toBe(30 * DAY_MS)
    const admin = apiClient(shop, shop.adminToken)
    await admin.post(`/api/v1/admin/payments/${payments[1].id}/refund`, {})
    expect(await subscriptionOf(guest)).toMatchObject({
      status: 'active',
      currentPeriodEnd: ends[0],
    })
  })
})

describe('a refund', () => {
  async function aMugAndItsRefund(status: 'failed' | 'unknown') {
    const guest = await aGuest(shop)
    const buy = { productId: 'mug', gateway: 'yookassa', currency: 'RUB' }
    const { id } = (await guest.post('/api/v1/payments', buy)).body.payment
    const { payments, repos, clock } = core()
    const { providerPaymentId } = await payments.getById(id)
    await payments.apply(paid(await payments.getById(id), providerPaymentId ?? ''))
    const payment = await payments.getById(id)
    const at = { createdAt: clock.now(), updatedAt: clock.now() }
    const amount = payment.amount / 4n
    const asked = { id: newId(), paymentId: id, amount, actor: 'test', status, ...at }
    await repos.refunds.insert(asked)
    const report = (providerRefundId: string, refundId?: string) =>
      core().refunds.apply({
        gateway: payment.gateway,
        providerPaymentId: payment.providerPaymentId ?? '',
        providerRefundId,
        refundId,
        amount,
        currency: payment.currency,
        status: 'succeeded',
      })
    const refunded = async () => (await core().payments.getById(id)).refundedAmount
    return { asked, amount, report, refunded }
  }

  test('that succeeded is booked although a later try was refused', async () => {
    const { asked, amount, report, refunded } = await aMugAndItsRefund('failed')
    await report('r1', asked.id)
    await report('r1', asked.id)
    expect(await refunded()).toBe(amount)
  })

  test('of our own is not mistaken for one that somebody made in the console', async () => {
    const { asked, amount, report, refunded } = await aMugAndItsRefund('unknown')
    await report('from-the-console')
    expect(await core().repos.refunds.findById(asked.id)).toMatchObject({ status: 'unknown' })
    await report('ours', asked.id)
    expect(await refunded()).toBe(2n * amount)
  })
})

test('credits whose refund is under way are neither spent nor refunded twice', async () => {
  const customer = await aCustomer(shop)
  for (let count = 0; count < 2; count++) {
    const { body } = await customer.buy('credits-100')
    await customer.person.pay(body.confirmationUrl)
  }
  await eventually(
    () => core().balance.get(customer.userId, 'credits'),
    (amount) => amount === 200n,
  )
  const spend = (amount: bigint) =>
    core().balance.debit({
      id: newId(),
      userId: customer.userId,
      unit: 'credits',
      amount,
      reason: 'test.spent',
      reference: 'test',
    })
  await spend(50n)
  const [second, first] = await paymentsOf(customer)
  const admin = apiClient(shop, shop.adminToken)
  const refund = (id: string) => admin.post(`/api/v1/admin/payments/${id}/refund`, {})
  const { faults } = shop.sandbox.control
  await faults.add({
    target: 'telegram',
    kind: 'error',
    effect: 'not_done',
    method: 'refundStarPayment',
    times: null,
  })
  expect((await refund(first.id)).body.refund.status).toBe('unknown')
  expect(await refund(second.id)).toMatchObject({
    status: 409,
    body: { code: 'payments.goods_used' },
  })
  await expect(spend(51n)).rejects.toMatchObject({ code: 'balance.insufficient_funds' })
  await spend(50n)
  await faults.clear()
  await hours(1)
  expect(await core().balance.list(customer.userId)).toMatchObject([{ amount: 0n, held: 0n }])
  expect(await statusesOf(customer)).toEqual(['succeeded', 'refunded'])
})

test('nobody has more than 30 purchases open', async () => {
  const guest = await aGuest(shop)
  const buy = () =>
    guest.post('/api/v1/payments', { productId: 'mug', gateway: 'yookassa', currency: 'RUB' })
  for (let count = 0; count < 30; count++) expect((await buy()).status).toBe(201)
  expect(await buy()).toMatchObject({ status: 429, body: { code: 'payments.too_many_open' } })
})

test('a process without the role api serves no API', async () => {
  await using worker = await startRunningShop({ GRAMKIT_ROLES: 'worker,relay' })
  const statusOf = async (path: string) => (await fetch(`${worker.url}${path}`)).status
  expect(await statusOf('/health')).toBe(200)
  for (const path of ['/api/v1/products', '/shop/', '/webhooks/telegram']) {
    expect(await statusOf(path)).toBe(404)
  }
})
