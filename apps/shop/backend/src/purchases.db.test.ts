import { newId, parseDecimal } from '@gramkit/core/kernel'
import { afterAll, describe, expect, test } from 'vitest'
import { expectLedgerToAddUp } from './testing/expect-ledger.ts'
import {
  aCustomer,
  aGuest,
  apiClient,
  type Customer,
  eventually,
  startRunningShop,
} from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'

const shop = shopForAllTests()
afterAll(expectBooksToAgree)

const admin = () => apiClient(shop, shop.adminToken)

/** The ledger adds up, and holds for each provider what the provider's own books say. */
async function expectBooksToAgree(): Promise<void> {
  await expectLedgerToAddUp(shop)
  for (const [provider, unit] of [
    ['telegram-stars', 'XTR'],
    ['yookassa', 'RUB'],
  ] as const) {
    const { core } = shop.served().app.platform
    const held = await core.repos.balance.sumSystemAccount(`provider:${provider}`, unit)
    expect([provider, -held]).toEqual([provider, await providerTotal(provider)])
  }
}

async function providerTotal(provider: 'telegram-stars' | 'yookassa'): Promise<bigint> {
  const transactions = await shop.sandbox.control.transactions(provider)
  return transactions.reduce((sum, { kind, amount, currency }) => {
    const minor = parseDecimal(amount, currency === 'XTR' ? 'XTR' : 'RUB').amount
    return kind === 'payment' ? sum + minor : sum - minor
  }, 0n)
}

async function balanceOf(customer: Pick<Customer, 'get'>, unit = 'credits'): Promise<string> {
  const { body } = await customer.get('/api/v1/balance')
  const items: { unit: string; amount: string }[] = body.items
  return items.find((item) => item.unit === unit)?.amount ?? '0'
}

const statusOf = async (customer: Pick<Customer, 'get'>, id: string): Promise<string> =>
  (await customer.get(`/api/v1/payments/${id}`)).body.status

describe('buying credits with Stars', () => {
  test('goes from the invoice to the balance', async () => {
    const customer = await aCustomer(shop)
    const started = await customer.buy('credits-100')
    expect(started.status).toBe(201)
    expect(started.body.payment).toMatchObject({ status: 'pending', amount: '50', currency: 'XTR' })
    const paid = await customer.person.pay(started.body.confirmationUrl)
    expect(paid).toMatchObject({ status: 'paid' })
    await eventually(
      () => balanceOf(customer),
      (amount) => amount === '100',
    )
    expect(await balanceOf(customer)).toBe('100')
    expect(await statusOf(customer, started.body.payment.id)).toBe('succeeded')
    const history = await customer.get('/api/v1/balance/credits/history')
    expect(history.body.items).toMatchObject([{ amount: '100', reason: 'payment.fulfilled' }])
  })

  test('writes to the buyer in the chat', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    await customer.person.pay(body.confirmationUrl)
    const chat = await eventually(
      () => customer.person.chat(),
      (items) => items.some(({ text }) => text?.includes('100 credits')),
    )
    expect(chat.map(({ text }) => text)).toContain('Thank you! You bought: 100 credits.')
  })

  test('refuses another person’s invoice before any money moves', async () => {
    const customer = await aCustomer(shop)
    const stranger = await aCustomer(shop, 'Eve')
    const { body } = await customer.buy('credits-100')
    const attempt = await stranger.person.pay(body.confirmationUrl)
    expect(attempt).toMatchObject({
      status: 'failed',
      error: 'This invoice was made for another person.',
    })
    expect(await statusOf(customer, body.payment.id)).toBe('pending')
    expect(await balanceOf(stranger)).toBe('0')
  })

  test('refuses to take money twice for one invoice', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    await customer.person.pay(body.confirmationUrl)
    await eventually(
      () => balanceOf(customer),
      (amount) => amount === '100',
    )
    const again = await customer.person.pay(body.confirmationUrl)
    expect(again).toMatchObject({ status: 'failed' })
    expect(await balanceOf(customer)).toBe('100')
  })

  test('loses nothing when one link is paid twice at the same moment', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    const results = await Promise.all([1, 2].map(() => customer.person.pay(body.confirmationUrl)))
    const charges = results.filter(({ status }) => status === 'paid').length
    expect(charges).toBeGreaterThanOrEqual(1)
    const expected = String(100 * charges)
    await eventually(
      () => balanceOf(customer),
      (amount) => amount === expected,
    )
    expect(await balanceOf(customer)).toBe(expected)
  })

  test('changes nothing when the same delivery comes five times more', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    await customer.person.pay(body.confirmationUrl)
    await eventually(
      () => balanceOf(customer),
      (amount) => amount === '100',
    )
    await shop.sandbox.control.redeliver({ provider: 'telegram', times: 5, shuffle: true })
    expect(await balanceOf(customer)).toBe('100')
    expect((await customer.get('/api/v1/payments')).body.items).toHaveLength(1)
  })
})

describe('when the providers are away', () => {
  test('a purchase in the middle stays pending and is never shown as paid', async () => {
    await using apart = await startRunningShop()
    const customer = await aCustomer(apart)
    const before = await customer.buy('credits-100')
    expect(before.body.payment.status).toBe('pending')
    await apart.sandbox.close()
    const during = await customer.buy('credits-100')
    expect(during).toMatchObject({
      status: 201,
      body: { payment: { status: 'unknown' }, confirmationUrl: null },
    })
    expect(await statusOf(customer, before.body.payment.id)).toBe('pending')
    expect(await balanceOf(customer)).toBe('0')
  })
})

describe('buying a mug with YooKassa', () => {
  const start = (customer: Customer) => customer.buy('mug', 'yookassa', 'RUB')
  const yookassaId = async (paymentId: string): Promise<string> => {
    const { core } = shop.served().app.platform
    return (await core.repos.payments.findById(paymentId))?.providerPaymentId ?? ''
  }

  test('opens an order once it is paid', async () => {
    const customer = await aCustomer(shop)
    const { body } = await start(customer)
    expect(body.payment).toMatchObject({ status: 'pending', amount: '99000', currency: 'RUB' })
    expect(body.confirmationUrl).toContain('/sandbox/yookassa/confirm/')
    await shop.sandbox.control.yookassa.succeed(await yookassaId(body.payment.id))
    const orders = await eventually(
      () => customer.get('/api/v1/orders'),
      (answer) => answer.body.items.length > 0,
    )
    expect(orders.body.items).toMatchObject([
      { paymentId: body.payment.id, productId: 'mug', status: 'paid' },
    ])
    await shop.sandbox.control.redeliver({ provider: 'yookassa', times: 5, shuffle: true })
    expect((await customer.get('/api/v1/orders')).body.items).toHaveLength(1)
  })

  test.each([
    ['decline', 'canceled'],
    ['expire', 'expired'],
  ] as const)('ends without an order on %s', async (action, status) => {
    const customer = await aCustomer(shop)
    const { body } = await start(customer)
    await shop.sandbox.control.yookassa[action](await yookassaId(body.payment.id))
    await eventually(
      () => statusOf(customer, body.payment.id),
      (found) => found === status,
    )
    expect(await statusOf(customer, body.payment.id)).toBe(status)
    expect((await customer.get('/api/v1/orders')).body.items).toEqual([])
  })

  test('is refunded in part and then in full', async () => {
    const customer = await aCustomer(shop)
    const { body } = await start(customer)
    const { id } = body.payment
    await shop.sandbox.control.yookassa.succeed(await yookassaId(id))
    await eventually(
      () => statusOf(customer, id),
      (found) => found === 'succeeded',
    )
    const refund = (amount?: string) =>
      admin().post(`/api/v1/admin/payments/${id}/refund`, amount ? { amount } : {})
    expect((await refund('40000')).body.refund).toMatchObject({ amount: '40000' })
    expect(await statusOf(customer, id)).toBe('partially_refunded')
    expect(await refund('59001')).toMatchObject({
      status: 409,
      body: { code: 'payments.not_refundable' },
    })
    expect((await refund()).body.refund).toMatchObject({ amount: '59000', status: 'succeeded' })
    expect(await statusOf(customer, id)).toBe('refunded')
    expect((await customer.get('/api/v1/orders')).body.items).toMatchObject([
      { status: 'refunded' },
    ])
  })

  test('answers 200 to nonsense and to a forged success, and gives nothing', async () => {
    const customer = await aCustomer(shop)
    const { body } = await start(customer)
    const id = await yookassaId(body.payment.id)
    for (const forged of [
      { type: 'notification', event: 'payment.succeeded', object: { id, status: 'succeeded' } },
      { type: 'notification', event: 'payment.succeeded', object: { id: newId() } },
      { hello: 'world' },
      [],
    ]) {
      const response = await fetch(`${shop.url}/webhooks/yookassa`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(forged),
      })
      expect(response.status).toBe(200)
    }
    expect(await statusOf(customer, body.payment.id)).toBe('pending')
    expect((await customer.get('/api/v1/orders')).body.items).toEqual([])
    await shop.sandbox.control.yookassa.succeed(id)
    await eventually(
      () => statusOf(customer, body.payment.id),
      (found) => found === 'succeeded',
    )
    expect(await statusOf(customer, body.payment.id)).toBe('succeeded')
  })
})

describe('what is refused, each with its own code and without a trace', () => {
  test.each([
    [
      'digital goods by YooKassa inside Telegram',
      'credits-500',
      'yookassa',
      'RUB',
      403,
      'payments.goods_not_allowed',
    ],
    ['physical goods by Stars', 'mug', 'telegram-stars', 'XTR', 403, 'payments.goods_not_allowed'],
    [
      'a currency without a price',
      'credits-100',
      'telegram-stars',
      'RUB',
      409,
      'payments.currency_not_accepted',
    ],
    [
      'a currency the gateway takes but the product has no price in',
      'mug',
      'yookassa',
      'USD',
      409,
      'payments.currency_not_accepted',
    ],
    ['a retired product', 'poster', 'yookassa', 'RUB', 410, 'payments.product_retired'],
    ['an unknown product', 'unicorn', 'telegram-stars', 'XTR', 404, 'payments.unknown_product'],
    ['an unknown gateway', 'mug', 'barter', 'RUB', 404, 'payments.unknown_gateway'],
  ])('%s', async (_what, productId, gateway, currency, status, code) => {
    const customer = await aCustomer(shop)
    const answer = await customer.buy(productId, gateway, currency)
    expect(answer).toMatchObject({ status, body: { code } })
    expect((await customer.get('/api/v1/payments')).body.items).toEqual([])
  })

  test('a price that is missing in the currency', async () => {
    const guest = await aGuest(shop)
    const answer = await guest.post('/api/v1/payments', {
      productId: 'credits-100',
      gateway: 'yookassa',
      currency: 'RUB',
    })
    expect(answer).toMatchObject({ status: 409, body: { code: 'payments.currency_not_priced' } })
  })

  test('a return address that is not the app’s', async () => {
    const guest = await aGuest(shop)
    for (const returnUrl of ['https://evil.example/', `${shop.url}/other`, 'javascript:alert(1)']) {
      const answer = await guest.post('/api/v1/payments', {
        productId: 'credits-500',
        gateway: 'yookassa',
        currency: 'RUB',
        returnUrl,
      })
      expect(answer.body.code).toBe('payments.return_url_not_allowed')
    }
  })

  test('another person’s payment', async () => {
    const { body } = await (await aCustomer(shop)).buy('credits-100')
    const stranger = await aCustomer(shop, 'Eve')
    expect(await stranger.get(`/api/v1/payments/${body.payment.id}`)).toMatchObject({
      status: 404,
      body: { code: 'payments.not_found' },
    })
  })

  test('a report with a wrong amount, currency or payer', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    const { core } = shop.served().app.platform
    const report = {
      gateway: 'telegram-stars',
      paymentId: body.payment.id,
      providerPaymentId: `forged-${newId()}`,
      status: 'succeeded' as const,
      money: { amount: 50n, currency: 'XTR' as const },
      payerTelegramId: BigInt(customer.telegramId),
      body: {},
    }
    for (const wrong of [
      { money: { amount: 49n, currency: 'XTR' as const } },
      { money: { amount: 51n, currency: 'XTR' as const } },
      { money: { amount: 50n, currency: 'RUB' as const } },
      { payerTelegramId: 1n },
      { paymentId: newId() },
      { paymentId: 'not-an-id' },
      { gateway: 'yookassa' },
    ]) {
      expect(await core.payments.apply({ ...report, ...wrong })).toMatchObject({
        outcome: 'refused',
      })
    }
    expect(await statusOf(customer, body.payment.id)).toBe('pending')
    expect(await balanceOf(customer)).toBe('0')
  })
})

describe('Idempotency-Key', () => {
  const purchase = { productId: 'credits-100', gateway: 'telegram-stars', currency: 'XTR' }

  test('lets 200 parallel requests start one payment', async () => {
    const customer = await aCustomer(shop)
    const key = newId()
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => customer.post('/api/v1/payments', purchase, key)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.payment.id)).size).toBe(1)
    expect((await customer.get('/api/v1/payments')).body.items).toHaveLength(1)
  })

  test('refuses another body, and keeps users apart', async () => {
    const [ada, eve] = [await aCustomer(shop), await aCustomer(shop, 'Eve')]
    const key = newId()
    const first = await ada.post('/api/v1/payments', purchase, key)
    const other = await ada.post('/api/v1/payments', { ...purchase, productId: 'credits-500' }, key)
    expect(other).toMatchObject({ status: 409, body: { code: 'http.idempotency_conflict' } })
    const hers = await eve.post('/api/v1/payments', purchase, key)
    expect(hers.status).toBe(201)
    expect(hers.body.payment.id).not.toBe(first.body.payment.id)
  })

  test('gives the first answer after a restart', async () => {
    const customer = await aCustomer(shop)
    const key = newId()
    const first = await customer.post('/api/v1/payments', purchase, key)
    await shop.restart()
    expect(await customer.post('/api/v1/payments', purchase, key)).toEqual(first)
  })

  test('is required where money moves', async () => {
    const customer = await aCustomer(shop)
    const response = await fetch(`${shop.url}/api/v1/payments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${customer.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(purchase),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'http.idempotency_key_required' })
  })
})

describe('refunding credits', () => {
  const bought = async (): Promise<{ customer: Customer; id: string }> => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    await customer.person.pay(body.confirmationUrl)
    await eventually(
      () => balanceOf(customer),
      (amount) => amount === '100',
    )
    return { customer, id: body.payment.id }
  }
  const refund = (id: string, body: object = {}, key?: string) =>
    admin().post(`/api/v1/admin/payments/${id}/refund`, body, key)

  test('takes the credits back, once for one key and never a second time', async () => {
    const { customer, id } = await bought()
    const key = newId()
    const [first, again] = [await refund(id, {}, key), await refund(id, {}, key)]
    expect(first.body.refund).toMatchObject({ status: 'succeeded', amount: '50' })
    expect(again.body).toEqual(first.body)
    expect(await balanceOf(customer)).toBe('0')
    expect(await statusOf(customer, id)).toBe('refunded')
    expect(await refund(id)).toMatchObject({
      status: 409,
      body: { code: 'payments.not_refundable' },
    })
  })

  test('makes one refund out of ten parallel requests', async () => {
    const { customer, id } = await bought()
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(id)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await balanceOf(customer)).toBe('0')
  })

  test('is refused while the credits are spent, and in part for Stars', async () => {
    const { customer, id } = await bought()
    expect(await refund(id, { amount: '10' })).toMatchObject({
      status: 409,
      body: { code: 'payments.partial_refund_unsupported' },
    })
    await shop.served().app.platform.services.balance.debit({
      id: newId(),
      userId: customer.userId,
      unit: 'credits',
      amount: 1n,
      reason: 'test.spent',
      reference: 'test',
    })
    expect(await refund(id)).toMatchObject({ status: 409, body: { code: 'payments.goods_used' } })
    expect(await statusOf(customer, id)).toBe('succeeded')
  })

  test('needs the administrator', async () => {
    const { customer, id } = await bought()
    expect((await customer.post(`/api/v1/admin/payments/${id}/refund`, {})).status).toBe(403)
    expect(await statusOf(customer, id)).toBe('succeeded')
  })
})
