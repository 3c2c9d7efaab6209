import { createHmac } from 'node:crypto'
import { newId } from '@gramkit/core/kernel'
import type { Payment } from '@gramkit/core/payments'
import { stripeWebhook } from '@gramkit/core/payments/stripe-webhook'
import { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { MoneyTables } from './testing/money-tables.ts'
import {
  type ApiClient,
  aGuest,
  apiClient,
  eventually,
  type RunningShop,
  WITH_STRIPE,
} from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'
import { paymentsOf, statusesOf } from './testing/subscribers.ts'

const SECRET = WITH_STRIPE.GRAMKIT_STRIPE_WEBHOOK_SECRET

const shop: RunningShop = shopForAllTests(WITH_STRIPE)
const core = () => shop.served().app.platform.core
const control = () => shop.sandbox.control
const admin = () => apiClient(shop, shop.adminToken)
let tables: MoneyTables

beforeAll(async () => {
  tables = await new MoneyTables(shop).open()
})

afterAll(() => tables[Symbol.asyncDispose]())
afterEach(() => control().faults.clear())

/** Stripe's own client, as the account's owner has it. */
function stripeClient(): Stripe {
  const { hostname, port } = new URL(shop.sandbox.url)
  return new Stripe(WITH_STRIPE.GRAMKIT_STRIPE_SECRET_KEY, {
    host: hostname,
    port,
    protocol: 'http',
    telemetry: false,
  })
}

const read = (id: string): Promise<Payment> => core().payments.getById(id)
const creditsOf = ({ userId }: Payment) => core().balance.get(userId, 'credits')

async function asked(guest: ApiClient, productId = 'credits-500'): Promise<Payment> {
  const { body } = await guest.post('/api/v1/payments', {
    ...{ productId, gateway: 'stripe', currency: 'RUB' },
    ...(productId === 'pro-monthly' ? { autopaymentConsent: { textVersion: 'test' } } : {}),
  })
  return read(body.payment.id)
}

const until = (id: string, status: Payment['status']): Promise<Payment> =>
  eventually(
    () => read(id),
    (payment) => payment.status === status,
  )

/** Somebody with 500 credits, bought at Stripe for 199 roubles. */
async function bought(
  productId?: string,
): Promise<Payment & { guest: ApiClient; intentId: string }> {
  const guest = await aGuest(shop)
  const { id, providerPaymentId } = await asked(guest, productId)
  const { payment_intent } = await control().stripe.pay(providerPaymentId ?? '')
  return { ...(await until(id, 'succeeded')), guest, intentId: payment_intent ?? '' }
}

/** What Stripe has of a payment: charges, and money back. */
async function booksOf(paymentId: string): Promise<string[]> {
  const lines = await control().stripe.transactions()
  const intents = lines
    .filter(({ metadata }) => metadata?.['payment_id'] === paymentId)
    .map(({ payment_id }) => payment_id)
  return lines
    .filter(({ payment_id }) => intents.includes(payment_id))
    .map(({ kind, amount }) => `${kind} ${amount}`)
}

describe('a purchase', () => {
  test('is paid on the page of Stripe after a refusal, and given once however often it is told', async () => {
    const payment = await asked(await aGuest(shop))
    expect(payment).toMatchObject({ status: 'pending', gateway: 'stripe' })
    const press = (action: string) =>
      fetch(payment.confirmationUrl ?? '', {
        method: 'POST',
        body: new URLSearchParams({ action }),
        redirect: 'manual',
      })
    await press('decline')
    expect((await control().stripe.payments()).at(-1)?.last_payment_error).toBeTruthy()
    expect(await read(payment.id)).toMatchObject({ status: 'pending' })
    await press('pay')
    await until(payment.id, 'succeeded')
    const again = await control().stripe.deliverTwice()
    expect(again.accepted).toBe(again.sent)
    await control().clock.advance({ seconds: 1 })
    expect(await creditsOf(payment)).toBe(500n)
    expect(await booksOf(payment.id)).toEqual(['payment 199.00'])
  })

  test('whose answers were all lost is offered again with the same key, and paid once', async () => {
    const lost = { target: 'stripe', kind: 'drop', effect: 'done', times: 3 } as const
    await control().faults.add({ ...lost, method: 'POST /checkout/sessions' })
    const before = (await control().stripe.sessions()).length
    const { id, status } = await asked(await aGuest(shop))
    expect(status).toBe('unknown')
    await control().clock.advance({ minutes: 1 })
    const { providerPaymentId } = await until(id, 'pending')
    expect((await control().stripe.sessions()).length - before).toBe(1)
    await control().stripe.pay(providerPaymentId ?? '')
    await until(id, 'succeeded')
  })

  test('whose events were all lost is found by asking, or else in the books', async () => {
    await control().faults.add({ target: 'stripe', kind: 'hold' })
    const [first, second] = [await asked(await aGuest(shop)), await asked(await aGuest(shop))]
    await control().stripe.pay(first.providerPaymentId ?? '')
    await control().clock.advance({ minutes: 5 })
    await until(first.id, 'succeeded')
    await core().payments.close(second.id, 'canceled', 'the buyer changed their mind')
    await control().stripe.pay(second.providerPaymentId ?? '')
    await control().clock.advance({ minutes: 15 })
    const reconcile = async () => {
      const { body } = await admin().post('/api/v1/admin/reconcile')
      return body.items.find((item: { gateway: string }) => item.gateway === 'stripe')
    }
    await reconcile()
    expect(await creditsOf(second)).toBe(500n)
    expect(await reconcile()).toMatchObject({ repaired: [], differences: [] })
  })

  test('that nobody pays ends with its page', async () => {
    const { id, providerPaymentId } = await asked(await aGuest(shop))
    await control().stripe.expire(providerPaymentId ?? '')
    await until(id, 'expired')
  })
})

describe('an event', () => {
  const now = async () => Math.floor((await control().clock.now()).getTime() / 1_000)
  const sign = (text: string, at: number, secret = SECRET) =>
    createHmac('sha256', secret).update(`${at}.${text}`).digest('hex')

  /** Claims that a payment which nobody has paid is paid; the page is still open at Stripe. */
  async function claim() {
    const payment = await asked(await aGuest(shop))
    const body = JSON.stringify({
      id: `evt_${newId()}`,
      object: 'event',
      type: 'checkout.session.completed',
      data: { object: { id: payment.providerPaymentId, status: 'complete' } },
    })
    return { body, payment }
  }

  /** Sends an event, and proves that no money moved and how many deliveries were stored. */
  async function send(body: string, headers: Record<string, string>, stored: number) {
    // What Stripe still tells of earlier payments comes before it.
    await control().clock.advance({ seconds: 1 })
    const [before, recorded] = [await tables.state(), (await tables.deliveries()).length]
    const { statusCode } = await shop.served().server.app.inject({
      method: 'POST',
      url: '/webhooks/stripe',
      headers: { 'content-type': 'application/json', ...headers },
      payload: body,
    })
    await control().clock.advance({ seconds: 1 })
    expect(await tables.state()).toEqual(before)
    expect((await tables.deliveries()).length - recorded).toBe(stored)
    return statusCode
  }

  test.each<[string, (body: string, at: number) => string | undefined]>([
    ['without a signature', () => undefined],
    ['with an empty signature', () => ''],
    ['with a signature of nothing', (_, at) => `t=${at},v1=`],
    ['with another secret', (body, at) => `t=${at},v1=${sign(body, at, 'whsec_of_somebody')}`],
    [
      'with the key of the API',
      (body, at) => `t=${at},v1=${sign(body, at, WITH_STRIPE.GRAMKIT_STRIPE_SECRET_KEY)}`,
    ],
    ['with another body', (body, at) => `t=${at},v1=${sign(`${body} `, at)}`],
    ['with another time', (body, at) => `t=${at},v1=${sign(body, at - 1)}`],
    ['without a time', (body, at) => `v1=${sign(body, at)}`],
    ['of an older scheme alone', (body, at) => `t=${at},v0=${sign(body, at)}`],
    ['of 305 seconds ago', (body, at) => `t=${at - 305},v1=${sign(body, at - 305)}`],
    ['of a month ago', (body, at) => `t=${at - 2_592_000},v1=${sign(body, at - 2_592_000)}`],
  ])('is refused %s', async (_what, header) => {
    const { body } = await claim()
    const signature = header(body, await now())
    const headers = signature === undefined ? {} : { 'stripe-signature': signature }
    expect(await send(body, headers, 0)).toBe(401)
  })

  test('that is signed is stored once, and not believed before Stripe says so', async () => {
    const { body, payment } = await claim()
    const at = (await now()) - 250
    const headers = { 'stripe-signature': `t=${at},v1=00,v1=${sign(body, at)}` }
    expect(await send(body, headers, 1)).toBe(200)
    expect(await send(body, headers, 0)).toBe(200)
    expect(await read(payment.id)).toMatchObject({ status: 'pending' })
  })

  test('that is signed and tells of something else is answered, and not kept', async () => {
    const data = { object: { object: 'balance' } }
    const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'balance.available', data })
    const at = await now()
    expect(await send(body, { 'stripe-signature': `t=${at},v1=${sign(body, at)}` }, 0)).toBe(200)
  })

  test('of less than the price, or of no payment of ours, buys nothing', async () => {
    const { id: payment_id, userId } = await asked(await aGuest(shop))
    const before = (await tables.refusals()).length
    const pay = async (metadata: Record<string, string>) => {
      const { id } = await stripeClient().checkout.sessions.create({
        mode: 'payment',
        line_items: [
          {
            quantity: 1,
            price_data: { currency: 'rub', unit_amount: 100, product_data: { name: 'Less' } },
          },
        ],
        success_url: 'https://shop.example/',
        client_reference_id: payment_id,
        metadata,
        payment_intent_data: { metadata: { ...metadata, from: 'checkout' } },
      })
      await control().stripe.pay(id)
      await control().clock.advance({ seconds: 1 })
    }
    // Whoever pays by a link of the account's own chooses the reference, and nothing else.
    await pay({})
    expect(await tables.refusals()).toHaveLength(before)
    await pay({ payment_id })
    expect((await tables.refusals()).length).toBeGreaterThan(before)
    expect((await tables.refusals())[0]).toContain('1.00 RUB')
    expect(await read(payment_id)).toMatchObject({ status: 'pending' })
    expect(await core().balance.get(userId, 'credits')).toBe(0n)
  })

  test.each(['', 'whsec_', '   ', 'whsec_with spaces in it'])(
    'has no route with the secret "%s"',
    (secret) => {
      const receive = async () => undefined
      expect(() => stripeWebhook({ secret, clock: core().clock, receive })).toThrow(/whsec_/)
    },
  )
})

test('a card that is charged each month is charged once when the answer is lost', async () => {
  const { guest, subscriptionId } = await bought('pro-monthly')
  const lost = { target: 'stripe', kind: 'drop', effect: 'done', times: 3 } as const
  await control().faults.add({ ...lost, method: 'POST /payment_intents' })
  // The month is over at once: what a month of the clock brings is tested elsewhere.
  const nextChargeAt = core().clock.now()
  await core().repos.subscriptions.update(subscriptionId ?? '', { nextChargeAt })
  await control().clock.advance({ minutes: 2 })
  expect(await statusesOf(guest)).toEqual(['succeeded', 'succeeded'])
  const [{ id }] = await paymentsOf(guest)
  expect(await booksOf(id)).toEqual(['payment 299.00'])
})

describe('money that goes back', () => {
  const refund = (id: string, amount?: string) =>
    admin().post(`/api/v1/admin/payments/${id}/refund`, amount === undefined ? {} : { amount })

  test('in parts, the first with its answer lost, is never more than was paid', async () => {
    const { id } = await bought()
    const lost = { target: 'stripe', kind: 'drop', effect: 'done', times: 3 } as const
    await control().faults.add({ ...lost, method: 'POST /refunds' })
    await refund(id, '9900')
    await control().clock.advance({ minutes: 1 })
    await until(id, 'partially_refunded')
    expect((await refund(id, '10001')).status).toBe(409)
    await refund(id, '10000')
    const payment = await until(id, 'refunded')
    expect(await creditsOf(payment)).toBe(0n)
    expect(await booksOf(id)).toEqual(['payment 199.00', 'refund 99.00', 'refund 100.00'])
  })

  test('on Stripe’s own pages takes back what was bought', async () => {
    const { id, intentId } = await bought()
    await stripeClient().refunds.create({ payment_intent: intentId })
    expect(await creditsOf(await until(id, 'refunded'))).toBe(0n)
  })

  test('and is refused by the bank days later leaves the purchase as it was', async () => {
    const { id } = await bought()
    await control().faults.add({ target: 'stripe', kind: 'pending', outcome: 'canceled' })
    await refund(id)
    await control().clock.advance({ minutes: 5 })
    const [made] = await core().repos.refunds.listByPayment(id)
    expect(made).toMatchObject({ status: 'failed' })
    expect(await creditsOf(await read(id))).toBe(500n)
  })

  test.each([
    ['won', 'succeeded', 500n],
    ['lost', 'refunded', 0n],
  ] as const)(
    'by a dispute is %s without anybody telling of it',
    async (decision, end, credits) => {
      const { id, intentId } = await bought()
      const dispute = await control().stripe.dispute(intentId)
      expect(await creditsOf(await until(id, 'disputed'))).toBe(500n)
      expect((await refund(id)).status).toBe(409)
      await control().stripe.closeDispute(dispute.id, decision)
      expect(await creditsOf(await until(id, end))).toBe(credits)
    },
  )

  test('by a dispute that overtakes its payment, and its own end, ends the same', async () => {
    await control().faults.add({ target: 'stripe', kind: 'hold' })
    const guest = await aGuest(shop)
    const { id, providerPaymentId } = await asked(guest)
    const { payment_intent } = await control().stripe.pay(providerPaymentId ?? '')
    const dispute = await control().stripe.dispute(payment_intent ?? '')
    await control().stripe.closeDispute(dispute.id, 'lost')
    const held = (await control().deliveries.list()).filter(({ status }) => status === 'pending')
    const order = ['charge.dispute.closed', 'charge.dispute.created', 'payment_intent.succeeded']
    for (const kind of order) {
      const event = held.find((delivery) => delivery.kind === kind)
      await control().deliveries.send(event?.seq ?? 0)
    }
    expect(await creditsOf(await until(id, 'refunded'))).toBe(0n)
  })
})
