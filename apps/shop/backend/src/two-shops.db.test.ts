import { createPlatform } from '@gramkit/core'
import { createBot } from '@gramkit/core/bot'
import { addMs, newId } from '@gramkit/core/kernel'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectLedgerToAddUp } from './testing/expect-ledger.ts'
import { MoneyTables } from './testing/money-tables.ts'
import {
  aCustomer,
  aGuest,
  apiClient,
  type Customer,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'
import { paidUpdate } from './testing/stars-update.ts'

const OTHER = {
  bot: {
    token: '700000002:AAtoken-of-the-other-bot-in-the-tests',
    username: 'other',
    name: 'Other',
  },
  shop: { shopId: '200600', secretKey: 'test_secret-key-of-the-other-shop' },
}

/** A shop, somebody who bought in it, and what they have not paid yet. */
interface Side {
  readonly shop: RunningShop
  readonly tables: MoneyTables
  readonly customer: Customer
  readonly stars: { readonly id: string; readonly link: string }
  readonly card: { readonly id: string; readonly providerPaymentId: string }
}

let sides: { first: Side; second: Side }
let before: Record<string, string>[] = []

beforeAll(async () => {
  const shop = await startRunningShop({}, { others: { bots: [OTHER.bot], shops: [OTHER.shop] } })
  const at = `${shop.sandbox.url}/sandbox`
  // The other one lives in the same sandbox: it has a bot and a shop of its own there.
  const other = await startRunningShop({
    GRAMKIT_TELEGRAM_BOT_TOKEN: OTHER.bot.token,
    GRAMKIT_TELEGRAM_API_ROOT: `${at}/telegram`,
    GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-of-the-other',
    GRAMKIT_YOOKASSA_SHOP_ID: OTHER.shop.shopId,
    GRAMKIT_YOOKASSA_SECRET_KEY: OTHER.shop.secretKey,
    GRAMKIT_YOOKASSA_API_ROOT: `${at}/yookassa/v3`,
    GRAMKIT_ADMIN_TOKEN: 'admin-token-of-the-other-shop',
  })
  sides = {
    first: await open(shop, await aCustomer(shop)),
    // Somebody of the other bot, who lives in the first one's sandbox.
    second: await open(
      other,
      await aCustomer({ url: other.url, sandbox: shop.sandbox }, 'Bob', 'other'),
    ),
  }
})

afterAll(async () => {
  for (const { shop, tables } of Object.values(sides)) {
    await expectLedgerToAddUp(shop)
    await tables[Symbol.asyncDispose]()
  }
  await sides.second.shop[Symbol.asyncDispose]()
  await sides.first.shop[Symbol.asyncDispose]()
})

async function open(shop: RunningShop, customer: Customer): Promise<Side> {
  const stars = await customer.buy('credits-100')
  const guest = await aGuest(shop)
  const order = { productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' }
  const { id } = (await guest.post('/api/v1/payments', order)).body.payment
  const { providerPaymentId } = await shop.served().app.platform.core.payments.getById(id)
  return {
    shop,
    tables: await new MoneyTables(shop).open(),
    customer,
    stars: { id: stars.body.payment.id, link: stars.body.confirmationUrl },
    card: { id, providerPaymentId: providerPaymentId ?? '' },
  }
}

const deliver = async (shop: RunningShop, path: string, secret: string, body: object) => {
  const response = await fetch(`${shop.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
    body: JSON.stringify(body),
  })
  return response.status
}

describe.each([
  ['first', 'second'],
  ['second', 'first'],
] as const)('the %s shop', (own, foreign) => {
  const us = () => sides[own]
  const them = () => sides[foreign]
  const states = () => Promise.all(Object.values(sides).map(({ tables }) => tables.state()))

  beforeEach(async () => {
    before = await states()
  })

  const expectNothing = async () => expect(await states()).toEqual(before)

  test('logs nobody in by the other bot’s init data', async () => {
    const bot = foreign === 'second' ? 'other' : 'shop_bot'
    const initData = await them().customer.person.initData({ bot })
    const answer = await apiClient(us().shop, 'none').post('/api/v1/auth/telegram', { initData })
    expect(answer.status).toBe(401)
    await expectNothing()
  })

  test('knows no session and no administrator of the other', async () => {
    const { token } = them().customer
    expect((await apiClient(us().shop, token).get('/api/v1/payments')).status).toBe(401)
    const admin = apiClient(us().shop, them().shop.adminToken)
    const refund = `/api/v1/admin/payments/${us().stars.id}/refund`
    expect((await admin.post(refund, {})).status).toBeGreaterThanOrEqual(401)
    expect((await admin.get('/api/v1/admin/ledger/verify')).body.ok).toBeUndefined()
    await expectNothing()
  })

  test('shows and refunds no payment of the other', async () => {
    const { id } = them().stars
    expect((await us().customer.get(`/api/v1/payments/${id}`)).status).toBe(404)
    const admin = apiClient(us().shop, us().shop.adminToken)
    expect((await admin.post(`/api/v1/admin/payments/${id}/refund`, {})).status).toBe(404)
    await expectNothing()
  })

  test('takes no update that carries the other bot’s secret', async () => {
    const update = paidUpdate({ id: us().stars.id, amount: 50n }, us().customer.telegramId)
    const { webhookSecret } = them().shop.config.telegram
    expect(await deliver(us().shop, '/webhooks/telegram', webhookSecret, update)).toBe(401)
    await expectNothing()
  })

  test('gives nothing for Stars that the other bot took, even by its own webhook', async () => {
    const update = paidUpdate({ id: them().stars.id, amount: 50n }, them().customer.telegramId)
    const { webhookSecret } = us().shop.config.telegram
    expect(await deliver(us().shop, '/webhooks/telegram', webhookSecret, update)).toBe(200)
    expect((await us().tables.refusals())[0]).toBe('there is no such payment')
    await expectNothing()
  })

  test('lets nobody of the other bot pay its invoice', async () => {
    const paid = await them().customer.person.pay(us().stars.link)
    expect(paid).toMatchObject({ status: 'failed' })
    const update = paidUpdate({ id: us().stars.id, amount: 50n }, them().customer.telegramId)
    const { webhookSecret } = us().shop.config.telegram
    expect(await deliver(us().shop, '/webhooks/telegram', webhookSecret, update)).toBe(200)
    expect((await us().tables.refusals())[0]).toBe('This invoice was made for another person')
    await expectNothing()
  })

  test('believes no notification of the other’s payment: YooKassa does not show it', async () => {
    const id = them().card.providerPaymentId
    const body = { event: 'payment.succeeded', object: { id, status: 'succeeded' } }
    expect(await deliver(us().shop, '/webhooks/yookassa', '', body)).toBe(200)
    const [latest] = await us().tables.deliveries()
    expect(latest).toMatchObject({ status: 'done', body: expect.stringContaining(id) })
    const gateway = us().shop.served().app.platform.core.payments.gateway('yookassa')
    expect(await gateway.fetch?.(id)).toBeUndefined()
    await expectNothing()
  })

  test('can do nothing to the other’s charges with its own keys', async () => {
    const payments = us().shop.served().app.platform.core.payments
    const money = { amount: 19_900n, currency: 'RUB' } as const
    const { id: paymentId, providerPaymentId } = them().card
    const yookassa = payments.gateway('yookassa')
    const refund = { refundId: newId(), providerPaymentId, payerTelegramId: null }
    await expect(yookassa.refund({ ...refund, money })).rejects.toMatchObject({
      code: 'payments.provider_rejected',
    })
    await expect(yookassa.capture?.({ paymentId, providerPaymentId, money })).rejects.toMatchObject(
      { code: 'payments.provider_rejected' },
    )
    await expectNothing()
  })

  test('gets no money when its number stands with the other’s key', async () => {
    const { yookassa } = us().shop.config
    const answer = await fetch(`${yookassa?.apiRoot}/payments`, {
      headers: {
        authorization: `Basic ${btoa(`${yookassa?.shopId}:${them().shop.config.yookassa?.secretKey}`)}`,
      },
    })
    expect(answer.status).toBe(401)
    await expectNothing()
  })

  test('is told when its books cannot be read with the other’s key', async () => {
    const { database, telegram, yookassa } = us().shop.config
    const secretKey = them().shop.config.yookassa?.secretKey ?? ''
    await using mixed = await createPlatform({
      databaseUrl: database.url,
      telegram,
      // What was compared a moment ago is due again.
      clock: { now: () => addMs(new Date(), 2 * 3_600_000) },
      ...(yookassa && { yookassa: { ...yookassa, secretKey } }),
    })
    await expect(mixed.core.reconciliation.reconcileDue()).rejects.toMatchObject({
      code: 'payments.provider_rejected',
    })
    await expectNothing()
  })
})

test('a charge of one bot is refunded by that bot alone', async () => {
  const { first, second } = sides
  const { customer, stars, shop } = first
  const { charge_id } = await customer.person.pay(stars.link)
  await expect
    .poll(async () => (await customer.get(`/api/v1/payments/${stars.id}`)).body.status)
    .toBe('succeeded')
  const { botToken: token, apiRoot } = second.shop.config.telegram
  const other = createBot({ token, apiRoot })
  await expect(
    other.api.refundStarPayment(customer.telegramId, charge_id ?? ''),
  ).rejects.toMatchObject({ description: 'Bad Request: CHARGE_ID_INVALID' })
  const admin = apiClient(shop, shop.adminToken)
  const refund = await admin.post(`/api/v1/admin/payments/${stars.id}/refund`, {})
  expect(refund.body.refund.status).toBe('succeeded')
  expect((await customer.person.wallet()).stars).toBe(10_000)
})
