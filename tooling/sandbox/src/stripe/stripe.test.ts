import { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { type Listener, listen, until } from '../testing/listen.ts'
import { STRIPE_ACCOUNT, stripeSdk } from '../testing/stripe-sdk.ts'
import { formatMinor } from './currencies.ts'
import { readForm } from './form.ts'

interface Account extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly webhook: Listener
  readonly stripe: Stripe
  events(): unknown[]
}

async function startStripe(answer: () => number = () => 200): Promise<Account> {
  const webhook = await listen(answer)
  const sandbox = await startSandbox({
    stripeAccounts: [{ ...STRIPE_ACCOUNT, webhookUrl: webhook.url }],
    limits: { retryScale: 0.005 },
  })
  return {
    sandbox,
    webhook,
    stripe: stripeSdk(sandbox),
    events: () => webhook.received.map(({ body }) => body['type']),
    async [Symbol.asyncDispose]() {
      await sandbox.close()
      await webhook[Symbol.asyncDispose]()
    },
  }
}

const back = 'http://127.0.0.1/back'

const order = {
  mode: 'payment',
  line_items: [
    {
      quantity: 1,
      price_data: { currency: 'usd', unit_amount: 1_999, product_data: { name: 'A mug' } },
    },
  ],
  success_url: `${back}?paid`,
  cancel_url: back,
  client_reference_id: 'order-1',
  metadata: { payment_id: 'order-1' },
  payment_intent_data: { metadata: { payment_id: 'order-1' } },
} satisfies Stripe.Checkout.SessionCreateParams

const press = (url: string | null, action: string) =>
  fetch(url ?? '', {
    method: 'POST',
    body: new URLSearchParams({ action }),
    redirect: 'manual',
  })

/** A session that was paid with its card kept, and what a later charge of that needs. */
async function saved({ stripe, sandbox }: Account) {
  const session = await stripe.checkout.sessions.create({
    ...order,
    customer_creation: 'always',
    payment_intent_data: { setup_future_usage: 'off_session' },
  })
  await sandbox.control.stripe.pay(session.id)
  const { customer, payment_intent } = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent'],
  })
  if (typeof payment_intent === 'string') throw new Error('It is expanded')
  return {
    amount: 1_999,
    currency: 'usd',
    customer: String(customer),
    payment_method: String(payment_intent?.payment_method),
    off_session: true,
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  } satisfies Stripe.PaymentIntentCreateParams
}

const paidIntent = async ({ stripe, sandbox }: Account, more: object = {}) => {
  const session = await stripe.checkout.sessions.create({ ...order, ...more })
  const { payment_intent } = await sandbox.control.stripe.pay(session.id)
  return stripe.paymentIntents.retrieve(String(payment_intent))
}

describe('a payment page', () => {
  test('is paid after a refusal and 3-D Secure, told by signed events and counted', async () => {
    await using account = await startStripe()
    const { stripe, sandbox, webhook } = account
    const session = await stripe.checkout.sessions.create(order)
    expect(session).toMatchObject({ status: 'open', payment_intent: null, amount_total: 1_999 })

    expect(await (await fetch(session.url ?? '')).text()).toContain('19.99 USD')
    const closed = await press(session.url, 'close')
    expect(closed.headers.get('location')).toBe(back)
    await press(session.url, 'decline')
    expect(await (await fetch(session.url ?? '')).text()).toContain('declined')
    await press(session.url, 'three_d_secure')
    const [asked] = await sandbox.control.stripe.payments()
    expect(asked?.status).toBe('requires_action')
    const paid = await press(session.url, 'three_d_secure_pass')
    expect(paid.headers.get('location')).toBe(`${back}?paid`)

    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge'],
    })
    expect(after).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      client_reference_id: 'order-1',
      payment_intent: {
        status: 'succeeded',
        amount_received: 1_999,
        metadata: { payment_id: 'order-1' },
        latest_charge: { captured: true, metadata: { payment_id: 'order-1' } },
      },
    })
    await until(() => account.events().includes('checkout.session.completed'))
    for (const { body, headers } of webhook.received) {
      const event = stripe.webhooks.constructEvent(
        JSON.stringify(body),
        headers['stripe-signature'] ?? '',
        STRIPE_ACCOUNT.webhookSecret,
      )
      expect(event.livemode).toBe(false)
    }
    expect(await sandbox.control.stripe.transactions()).toMatchObject([
      { kind: 'payment', amount: '19.99', currency: 'USD', metadata: { payment_id: 'order-1' } },
    ])
    const found = await stripe.checkout.sessions.list({ payment_intent: String(asked?.id) })
    expect(found.data.map(({ id }) => id)).toEqual([session.id])
  })

  test('closes after a day, and with it the payment that was begun', async () => {
    await using account = await startStripe()
    const { stripe, sandbox } = account
    const session = await stripe.checkout.sessions.create(order)
    await sandbox.control.stripe.decline(session.id)
    await sandbox.control.clock.advance({ hours: 25 })
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent'],
    })
    expect(after).toMatchObject({ status: 'expired', payment_intent: { status: 'canceled' } })
    expect(account.events()).toContain('checkout.session.expired')
  })

  test('in two stages: held, taken in part, given back, or expired after a week', async () => {
    await using account = await startStripe()
    const { stripe, sandbox } = account
    const held = () => paidIntent(account, { payment_intent_data: { capture_method: 'manual' } })
    const [first, second, third] = [await held(), await held(), await held()]
    expect(first).toMatchObject({ status: 'requires_capture', amount_capturable: 1_999 })

    const taken = await stripe.paymentIntents.capture(first.id, { amount_to_capture: 900 })
    expect(taken).toMatchObject({ status: 'succeeded', amount: 1_999, amount_received: 900 })
    expect((await stripe.paymentIntents.cancel(second.id)).status).toBe('canceled')
    await expect(stripe.paymentIntents.capture(second.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    })
    await sandbox.control.clock.advance({ days: 8 })
    expect(await stripe.paymentIntents.retrieve(third.id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    })
  })

  test.each<[string, object, object]>([
    ['a parameter nobody knows', { surprise: '1' }, { code: 'parameter_unknown' }],
    ['too small an amount', { amount: 49 }, { code: 'amount_too_small' }],
    ['too large an amount', { amount: 100_000_000 }, { code: 'amount_too_large' }],
    ['dinars in thousandths', { currency: 'kwd', amount: 1_005 }, { param: /unit_amount/ }],
    ['a currency of Telegram', { currency: 'xtr' }, { param: 'currency' }],
  ])('is refused for %s', async (_what, wrong, error) => {
    await using account = await startStripe()
    const { amount = 1_999, currency = 'usd', ...more } = { ...(wrong as Record<string, never>) }
    const product_data = { name: 'A mug' }
    const line_items = [
      { quantity: 1, price_data: { currency, unit_amount: amount, product_data } },
    ]
    const failure = await account.stripe.checkout.sessions
      .create({ ...order, line_items, ...more })
      .catch((refusal: unknown) => refusal)
    expect(failure).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError)
    for (const [name, value] of Object.entries(error)) {
      expect(new Map(Object.entries(failure as object)).get(name)).toMatch(value)
    }
  })
})

describe('an idempotency key', () => {
  test('gives the first answer again, refuses other parameters, and is forgotten after a day', async () => {
    await using account = await startStripe()
    const { stripe, sandbox } = account
    const options = { idempotencyKey: 'key-1' }
    const [first, again] = await Promise.all([
      stripe.checkout.sessions.create(order, options),
      stripe.checkout.sessions.create(order, options),
    ])
    expect(again.id).toBe(first.id)
    const other = { ...order, client_reference_id: 'order-2' }
    await expect(stripe.checkout.sessions.create(other, options)).rejects.toMatchObject({
      rawType: 'idempotency_error',
      statusCode: 400,
    })
    // A parameter that is refused before the work begins uses no key up.
    await expect(
      stripe.refunds.create({ payment_intent: 'pi_1', amount: 0.5 }, { idempotencyKey: 'key-2' }),
    ).rejects.toMatchObject({ statusCode: 400 })
    await stripe.checkout.sessions.create(order, { idempotencyKey: 'key-2' })

    await sandbox.control.clock.advance({ hours: 25 })
    expect((await stripe.checkout.sessions.create(order, options)).id).not.toBe(first.id)
  })

  test('keeps refusals and a 500, also one that hides what was done', async () => {
    await using account = await startStripe()
    const { stripe, sandbox } = account
    const charge = await saved(account)
    const { faults } = sandbox.control
    await faults.add({ target: 'stripe', kind: 'decline', reason: 'expired_card' })
    for (let time = 0; time < 2; time++) {
      await expect(
        stripe.paymentIntents.create(charge, { idempotencyKey: 'declined' }),
      ).rejects.toMatchObject({ code: 'expired_card', statusCode: 402 })
    }
    await faults.add({ target: 'stripe', kind: 'error', effect: 'done' })
    for (let time = 0; time < 2; time++) {
      await expect(
        stripe.paymentIntents.create(charge, { idempotencyKey: 'storm' }),
      ).rejects.toMatchObject({ statusCode: 500, rawType: 'api_error' })
    }
    const { data } = await stripe.paymentIntents.list({ customer: charge.customer })
    expect(data.map(({ status }) => status).sort()).toEqual([
      'requires_payment_method',
      'succeeded',
      'succeeded',
    ])

    await faults.add({ target: 'stripe', kind: 'drop', times: 2 })
    await expect(stripe.paymentIntents.create(charge, { idempotencyKey: 'lost' })).rejects.toThrow()
    await faults.add({ target: 'stripe', kind: 'rate_limit' })
    await expect(stripe.balanceTransactions.list()).rejects.toMatchObject({ statusCode: 429 })
    expect(await sandbox.control.stripe.transactions()).toHaveLength(3)
  })
})

describe('a saved card', () => {
  test('is charged, refused for want of its owner, pending, or gone', async () => {
    await using account = await startStripe()
    const { stripe, sandbox } = account
    const { faults, clock } = sandbox.control
    const charge = await saved(account)
    expect(await stripe.paymentIntents.create(charge)).toMatchObject({ status: 'succeeded' })

    await faults.add({ target: 'stripe', kind: 'decline', reason: 'authentication_required' })
    await expect(stripe.paymentIntents.create(charge)).rejects.toMatchObject({
      code: 'authentication_required',
      decline_code: 'authentication_required',
      payment_intent: { status: 'requires_payment_method' },
    })
    await faults.add({ target: 'stripe', kind: 'pending', settle_after_seconds: 300 })
    const slow = await stripe.paymentIntents.create(charge)
    expect(slow.status).toBe('processing')
    await clock.advance({ minutes: 6 })
    expect((await stripe.paymentIntents.retrieve(slow.id)).status).toBe('succeeded')

    await sandbox.control.stripe.detach(charge.payment_method)
    const { customer } = await stripe.paymentMethods.retrieve(charge.payment_method)
    expect(customer).toBeNull()
    await expect(stripe.paymentIntents.create(charge)).rejects.toMatchObject({ statusCode: 400 })
  })
})

describe('money that goes back', () => {
  test('by refunds: in parts, never more than was taken, perhaps later or not at all', async () => {
    await using account = await startStripe()
    const { stripe, sandbox } = account
    const { id: payment_intent } = await paidIntent(account)
    const refund = (amount: number) => stripe.refunds.create({ payment_intent, amount })

    expect((await refund(999)).status).toBe('succeeded')
    await expect(refund(1_001)).rejects.toMatchObject({ param: 'amount' })
    await sandbox.control.faults.add({ target: 'stripe', kind: 'pending', outcome: 'canceled' })
    const failing = await refund(1_000)
    expect(failing.status).toBe('pending')
    await sandbox.control.clock.advance({ minutes: 2 })
    expect((await stripe.refunds.retrieve(failing.id)).status).toBe('failed')
    await refund(1_000)
    await expect(refund(1)).rejects.toMatchObject({ code: 'charge_already_refunded' })

    const lines = await stripe.balanceTransactions.list({
      type: 'refund',
      limit: 1,
      expand: ['data.source.payment_intent'],
    })
    expect(lines).toMatchObject({
      has_more: true,
      data: [{ amount: -1_000, source: { payment_intent: { id: payment_intent } } }],
    })
    const older = await stripe.balanceTransactions.list({
      starting_after: lines.data[0]?.id ?? '',
      created: { gte: 0 },
    })
    expect(older.data.map(({ type }) => type)).toEqual([
      'refund_failure',
      'refund',
      'refund',
      'charge',
    ])
  })

  test('by a dispute, which the bank decides', async () => {
    await using account = await startStripe()
    const { stripe, sandbox } = account
    const { id: payment_intent } = await paidIntent(account)
    const { control } = sandbox
    const dispute = await control.stripe.dispute(payment_intent)
    await expect(stripe.refunds.create({ payment_intent })).rejects.toMatchObject({
      code: 'charge_disputed',
    })
    expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: 'needs_response' })
    await control.stripe.closeDispute(dispute.id, 'won')
    await stripe.refunds.create({ payment_intent })
    await until(() => account.events().includes('charge.dispute.closed'))
  })
})

describe('events', () => {
  test('come again until they are taken, each by itself, and twice or held back on demand', async () => {
    let calls = 0
    await using account = await startStripe(() => (++calls < 3 ? 500 : 204))
    const { sandbox, webhook } = account
    await sandbox.control.faults.add({
      target: 'stripe',
      kind: 'hold',
      method: 'payment_intent.succeeded',
    })
    await paidIntent(account)
    await until(() => webhook.received.length === 3)
    expect(new Set(account.events())).toEqual(new Set(['checkout.session.completed']))
    await sandbox.control.faults.clear()
    await until(async () =>
      (await sandbox.control.deliveries.list()).every(({ status }) => status === 'delivered'),
    )
    expect(account.events()).toContain('payment_intent.succeeded')
    expect(await sandbox.control.stripe.deliverTwice()).toEqual({ sent: 2, accepted: 2 })
  })
})

test('a key nobody knows is refused, and an address nobody knows', async () => {
  await using account = await startStripe()
  const { hostname, port } = new URL(account.sandbox.url)
  const options = { host: hostname, port, protocol: 'http', telemetry: false } as const
  const stranger = new Stripe('sk_test_of_somebody_else', options)
  await expect(stranger.refunds.list()).rejects.toMatchObject({ statusCode: 401 })
  await expect(account.stripe.products.list()).rejects.toMatchObject({ statusCode: 404 })
})

test.each([
  ['a=1&b[c]=2&b[d][0]=x&b[d][1]=y', { a: '1', b: { c: '2', d: ['x', 'y'] } }],
  ['a[0][b]=1&a[1][b]=2', { a: [{ b: '1' }, { b: '2' }] }],
  ['created[gte]=5&expand[0]=data.source', { created: { gte: '5' }, expand: ['data.source'] }],
  ['n=%D0%BF%26%3D', { n: 'п&=' }],
  ['__proto__[admin]=1', { ['__proto__']: { admin: '1' } }],
])('the form %s is read as Stripe nests it', (text, form) => {
  expect(readForm(text)).toEqual(form)
  expect('admin' in {}).toBe(false)
})

test.each([
  [1_999, 'usd', '19.99'],
  [5, 'eur', '0.05'],
  [500, 'jpy', '500'],
  [12_340, 'kwd', '12.340'],
  [-50, 'gbp', '-0.50'],
])('%i of %s is shown as %s', (amount, currency, text) => {
  expect(formatMinor(amount, currency)).toBe(text)
})
