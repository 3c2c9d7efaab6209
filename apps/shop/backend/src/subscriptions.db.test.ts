import { DAY_MS, newId } from '@gramkit/core/kernel'
import { describe, expect, test } from 'vitest'
import { paid } from './testing/paid.ts'
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
import { shopForAllTests } from './testing/shop-for-tests.ts'
import {
  paymentsOf,
  subscribedWithCard,
  subscribedWithStars,
  subscriptionOf,
} from './testing/subscribers.ts'

const DAY_SECONDS = DAY_MS / 1_000
const shop = shopForAllTests()

describe('a subscription in Stars', () => {
  test('is renewed by Telegram to Telegram’s date, with a payment of its own', async () => {
    const customer = await subscribedWithStars(shop)
    const before = await subscriptionOf(customer)
    expect(before).toMatchObject({ status: 'active', gateway: 'telegram-stars' })
    await shop.sandbox.control.clock.advance({ seconds: 30 * DAY_SECONDS })
    const after = await subscriptionOf(customer)
    expect(after.status).toBe('active')
    expect(Date.parse(after.currentPeriodEnd) - Date.parse(before.currentPeriodEnd)).toBe(
      30 * DAY_MS,
    )
    expect(await paymentsOf(customer)).toMatchObject([
      { status: 'succeeded', subscriptionId: before.id },
      { status: 'succeeded', subscriptionId: before.id },
    ])
  })

  test('is refused a second time while it runs, before any money moves', async () => {
    const customer = await subscribedWithStars(shop)
    const again = await customer.buy('pro-monthly')
    expect(again).toMatchObject({ status: 409, body: { code: 'subscriptions.already_subscribed' } })
  })

  test('is refused at the checkout when two links were opened', async () => {
    const customer = await aCustomer(shop)
    const links = [await customer.buy('pro-monthly'), await customer.buy('pro-monthly')]
    const pay = (index: number) => customer.person.pay(links[index]?.body.confirmationUrl)
    expect(await pay(0)).toMatchObject({ status: 'paid' })
    await eventually(
      () => subscriptionOf(customer),
      (found) => found !== undefined,
    )
    expect(await pay(1)).toMatchObject({
      status: 'failed',
      error: 'You have this subscription already.',
    })
  })

  test('is cancelled to the end of the period, resumed, and cancelled again', async () => {
    const customer = await subscribedWithStars(shop)
    const { id, currentPeriodEnd } = await subscriptionOf(customer)
    const post = (what: string) => customer.post(`/api/v1/subscriptions/${id}/${what}`)
    expect((await post('cancel')).body).toMatchObject({ status: 'canceled', currentPeriodEnd })
    expect((await post('cancel')).body).toMatchObject({ status: 'canceled' })
    // Only the customer can take it up again, and only in Telegram.
    const resumed = { status: 'canceled', canceledAt: null, isResumableInTelegram: true }
    expect((await post('resume')).body).toMatchObject(resumed)
    const [charge] = (await customer.person.wallet()).charges
    await eventually(
      () => customer.person.resumeSubscription(charge?.id ?? '').catch(() => undefined),
      (wallet) => wallet !== undefined,
    )
    const taken = await eventually(
      () => subscriptionOf(customer),
      ({ status }) => status === 'active',
    )
    expect(taken).toMatchObject({ status: 'active', isResumableInTelegram: false })
    expect((await post('cancel')).body).toMatchObject({ status: 'canceled' })
    await shop.sandbox.control.clock.advance({ seconds: 31 * DAY_SECONDS })
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'expired', currentPeriodEnd })
    expect(await paymentsOf(customer)).toHaveLength(1)
    expect(await post('resume')).toMatchObject({
      status: 409,
      body: { code: 'subscriptions.state_conflict' },
    })
  })

  test('belongs to one person', async () => {
    const { id } = await subscriptionOf(await subscribedWithStars(shop))
    const stranger = await aCustomer(shop, 'Eve')
    for (const what of ['cancel', 'resume']) {
      expect(await stranger.post(`/api/v1/subscriptions/${id}/${what}`)).toMatchObject({
        status: 404,
        body: { code: 'subscriptions.not_found' },
      })
    }
  })

  test('goes on when an older period is refunded, and ends with the latest', async () => {
    const customer = await subscribedWithStars(shop)
    await shop.sandbox.control.clock.advance({ seconds: 30 * DAY_SECONDS })
    const [latest, first] = await paymentsOf(customer)
    const refund = (id: string) =>
      apiClient(shop, shop.adminToken).post(`/api/v1/admin/payments/${id}/refund`, {})
    expect((await refund(first.id)).body.refund.status).toBe('succeeded')
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'active' })
    expect((await refund(latest.id)).body.refund.status).toBe('succeeded')
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'expired' })
  })

  test('ends at once when its period is refunded, and is not charged again', async () => {
    const customer = await subscribedWithStars(shop)
    const [payment] = await paymentsOf(customer)
    const refund = await apiClient(shop, shop.adminToken).post(
      `/api/v1/admin/payments/${payment.id}/refund`,
      {},
    )
    expect(refund.body.refund.status).toBe('succeeded')
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'expired' })
    await shop.sandbox.control.clock.advance({ seconds: 31 * DAY_SECONDS })
    expect(await paymentsOf(customer)).toMatchObject([{ status: 'refunded' }])
  })

  test('expires when Telegram could not charge for it', async () => {
    const customer = await subscribedWithStars(shop)
    const { stars } = await customer.person.wallet()
    await customer.person.addStars(-stars)
    await shop.sandbox.control.clock.advance({ seconds: 32 * DAY_SECONDS })
    expect(await subscriptionOf(customer)).toMatchObject({ status: 'expired' })
    expect(await paymentsOf(customer)).toHaveLength(1)
  })
})

describe('a subscription by a saved card', () => {
  test('is charged each period from where the last one ended', async () => {
    const guest = await subscribedWithCard(shop)
    const before = await subscriptionOf(guest)
    expect(before).toMatchObject({ status: 'active', gateway: 'yookassa' })
    await shop.sandbox.control.clock.advance({ seconds: 61 * DAY_SECONDS })
    const after = await subscriptionOf(guest)
    expect(after.status).toBe('active')
    expect(Date.parse(after.currentPeriodEnd) - Date.parse(before.currentPeriodEnd)).toBe(
      60 * DAY_MS,
    )
    expect(await paymentsOf(guest)).toHaveLength(3)
  })

  test('is tried again after a decline, and goes on when the card works', async () => {
    await using apart = await startRunningShop()
    const guest = await subscribedWithCard(apart)
    await apart.sandbox.control.faults.add({ target: 'yookassa', kind: 'decline' })
    await apart.sandbox.control.clock.advance({ seconds: 30 * DAY_SECONDS + 3_600 })
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'past_due' })
    await apart.sandbox.control.clock.advance({ seconds: DAY_SECONDS })
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'active' })
    expect((await paymentsOf(guest)).map(({ status }: { status: string }) => status)).toEqual([
      'succeeded',
      'canceled',
      'succeeded',
    ])
  })

  test('ends after the last try', async () => {
    await using apart = await startRunningShop()
    const guest = await subscribedWithCard(apart)
    await apart.sandbox.control.faults.add({ target: 'yookassa', kind: 'decline', times: 20 })
    await apart.sandbox.control.clock.advance({ seconds: 40 * DAY_SECONDS })
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
    expect(await paymentsOf(guest)).toHaveLength(6)
  })

  test('is not charged twice when the answer to the charge was lost', async () => {
    const guest = await subscribedWithCard(shop)
    await shop.sandbox.control.faults.add({ target: 'yookassa', kind: 'drop', times: 3 })
    await shop.sandbox.control.clock.advance({ seconds: 30 * DAY_SECONDS + 3_600 })
    await shop.sandbox.control.faults.clear()
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'active' })
    expect(await paymentsOf(guest)).toHaveLength(2)
  })

  test('without the buyer’s consent is not kept, so the subscription ends', async () => {
    const guest = await subscribedWithCard(shop, { consent: null })
    await shop.sandbox.control.clock.advance({ seconds: 31 * DAY_SECONDS })
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
    expect(await paymentsOf(guest)).toHaveLength(1)
  })

  test('is not kept without consent even if the provider reports one', async () => {
    const guest = await aGuest(shop)
    const { body } = await guest.post('/api/v1/payments', {
      productId: 'pro-monthly',
      gateway: 'yookassa',
      currency: 'RUB',
    })
    const { payments } = shop.served().app.platform.core
    const payment = await payments.getById(body.payment.id)
    const report = paid(payment, payment.providerPaymentId ?? '')
    await payments.apply({ ...report, savedMethodId: 'card' })
    expect(await payments.getById(payment.id)).toMatchObject({ savedMethodId: null })
  })

  test('is not charged once it is cancelled', async () => {
    const guest = await subscribedWithCard(shop)
    const { id } = await subscriptionOf(guest)
    await guest.post(`/api/v1/subscriptions/${id}/cancel`, { reason: 'too dear' })
    await shop.sandbox.control.clock.advance({ seconds: 31 * DAY_SECONDS })
    expect(await subscriptionOf(guest)).toMatchObject({ status: 'expired' })
    expect(await paymentsOf(guest)).toHaveLength(1)
  })
})

describe('an outage of the providers', () => {
  test('leaves a purchase open, never paid, and it goes on afterwards', async () => {
    await using apart = await startRunningShop()
    const customer = await aCustomer(apart)
    await apart.sandbox.control.faults.add({
      target: 'telegram',
      kind: 'error',
      method: 'createInvoiceLink',
    })
    const { status, body } = await customer.buy('credits-100')
    expect(status).toBe(201)
    expect(body).toMatchObject({ payment: { status: 'unknown' }, confirmationUrl: null })
    await apart.sandbox.control.clock.advance({ seconds: 60 })
    const found = await customer.get(`/api/v1/payments/${body.payment.id}`)
    expect(found.body.status).toBe('pending')
    const paid = await customer.person.pay(found.body.confirmationUrl)
    expect(paid).toMatchObject({ status: 'paid' })
  })

  test('makes one payment at YooKassa although the answers were lost', async () => {
    await using apart = await startRunningShop()
    const customer = await aCustomer(apart)
    await apart.sandbox.control.faults.add({ target: 'yookassa', kind: 'drop', times: 3 })
    const { body } = await customer.buy('mug', 'yookassa', 'RUB')
    expect(body.payment.status).toBe('unknown')
    await apart.sandbox.control.faults.clear()
    await apart.sandbox.control.clock.advance({ seconds: 60 })
    expect((await customer.get(`/api/v1/payments/${body.payment.id}`)).body.status).toBe('pending')
    expect(await apart.sandbox.control.yookassa.payments()).toHaveLength(1)
  })
})

describe('the clock', () => {
  /** What matters of all rows, without ids and instants of writing. */
  const story = async (running: RunningShop, customer: ApiClient) => {
    const { core } = running.served().app.platform
    const subscription = await subscriptionOf(customer)
    const payments = await paymentsOf(customer)
    const started = Date.parse(payments.at(-1).createdAt)
    const days = (iso: string): number => Math.round((Date.parse(iso) - started) / DAY_MS)
    return {
      status: subscription.status,
      periodEnd: days(subscription.currentPeriodEnd),
      payments: payments.map((payment: { status: string; amount: string; paidAt: string }) => ({
        status: payment.status,
        amount: payment.amount,
        paid: days(payment.paidAt),
      })),
      revenue: String(await core.repos.balance.sumSystemAccount('revenue', 'XTR')),
      ledger: (await core.balance.verify()).transfers,
    }
  }

  const subscribed = async (running: RunningShop): Promise<Customer> => {
    const customer = await aCustomer(running)
    const { body } = await customer.buy('pro-monthly')
    await customer.person.pay(body.confirmationUrl)
    await eventually(
      () => subscriptionOf(customer),
      (found) => found !== undefined,
    )
    return customer
  }

  test('ends two jumps of 15 days, with a restart between, like one of 30', async () => {
    await using once = await startRunningShop()
    await using twice = await startRunningShop()
    const [ada, eve] = [await subscribed(once), await subscribed(twice)]
    await once.sandbox.control.clock.advance({ seconds: 30 * DAY_SECONDS + 60 })
    await twice.sandbox.control.clock.advance({ seconds: 15 * DAY_SECONDS })
    await twice.restart()
    await twice.sandbox.control.clock.advance({ seconds: 15 * DAY_SECONDS + 60 })
    const expected = await story(once, ada)
    expect(expected.payments).toHaveLength(2)
    expect(await story(twice, eve)).toEqual(expected)
  })

  test('is not moved by anybody without the sandbox’s token', async () => {
    const response = await fetch(`${shop.url}/dev/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${newId()}` },
      body: JSON.stringify({ now: '2099-01-01T00:00:00.000Z', frozen: true }),
    })
    expect(response.status).toBe(401)
  })
})
