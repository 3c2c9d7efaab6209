import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MoneyTables } from './testing/money-tables.ts'
import { aCustomer, aGuest, type Customer } from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'
import { paidUpdate } from './testing/stars-update.ts'

/** An address of YooKassa, one of our proxies, and one of somebody. */
const [YOOKASSA, PROXY, STRANGER] = ['185.71.76.5', '10.1.1.1', '203.0.113.9']

// YooKassa's published addresses, and one block of proxies.
const shop = shopForAllTests({
  GRAMKIT_YOOKASSA_WEBHOOK_SOURCES: '',
  GRAMKIT_TRUSTED_PROXIES: '10.0.0.0/8,fd00::/8',
})
let tables: MoneyTables
let customer: Customer
let starsId = ''
let yookassaId = ''

beforeAll(async () => {
  tables = await new MoneyTables(shop).open()
  customer = await aCustomer(shop)
  starsId = (await customer.buy('credits-100')).body.payment.id
  const guest = await aGuest(shop)
  const order = { productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' }
  const { body } = await guest.post('/api/v1/payments', order)
  yookassaId = (await core().payments.getById(body.payment.id)).providerPaymentId ?? ''
})

afterAll(() => tables[Symbol.asyncDispose]())

const core = () => shop.served().app.platform.core
const secret = () => shop.config.telegram.webhookSecret
const paid = () => paidUpdate({ id: starsId, amount: 50n }, customer.telegramId)

/** Sends a forgery, and proves that no money moved and how many deliveries were stored. */
async function forge(request: InjectOptions, stored: number): Promise<number> {
  const [before, recorded] = [await tables.state(), (await tables.deliveries()).length]
  const { statusCode } = await shop.served().server.app.inject(request)
  expect(await tables.state()).toEqual(before)
  expect((await tables.deliveries()).length - recorded).toBe(stored)
  return statusCode
}

describe('an update about paid Stars', () => {
  const HEADER = 'x-telegram-bot-api-secret-token'
  const to = (
    url: string,
    headers: Record<string, string | string[]>,
    payload: object,
  ): InjectOptions => ({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  })

  test.each<[string, () => Record<string, string | string[]>]>([
    ['no secret', () => ({})],
    ['an empty secret', () => ({ [HEADER]: '' })],
    ['a wrong secret', () => ({ [HEADER]: 'another-secret-of-enough-letters' })],
    ['the secret and one letter more', () => ({ [HEADER]: `${secret()}x` })],
    ['the secret without its last letter', () => ({ [HEADER]: secret().slice(0, -1) })],
    ['the secret in capitals', () => ({ [HEADER]: secret().toUpperCase() })],
    ['an overlong secret', () => ({ [HEADER]: 'x'.repeat(12_000) })],
    ['the secret twice', () => ({ [HEADER]: [secret(), secret()] })],
    ['a wrong secret and the right one', () => ({ [HEADER]: ['wrong', secret()] })],
    ['the word undefined', () => ({ [HEADER]: 'undefined' })],
    ['the secret as a bearer token', () => ({ authorization: `Bearer ${secret()}` })],
    ['the secret in a cookie', () => ({ cookie: `${HEADER}=${secret()}` })],
    ['the secret under another name', () => ({ 'x-telegram-secret-token': secret() })],
    ['the token of the administrator', () => ({ [HEADER]: shop.adminToken })],
  ])('is refused with %s', async (_what, headers) => {
    expect(await forge(to('/webhooks/telegram', headers(), paid()), 0)).toBe(401)
  })

  test.each<[string, string, number]>([
    ['the secret in the query', '/webhooks/telegram?secret_token=', 401],
    ['another path', '/webhooks/telegram-stars', 404],
    ['a path below', '/webhooks/telegram/stars', 404],
    ['a path with a slash', '/webhooks/telegram/', 404],
    ['a path that climbs', '/api/v1/../../webhooks/yookassa', 403],
    ['the other webhook', '/webhooks/yookassa', 403],
    ['the API', '/api/v1/webhooks/telegram', 404],
    ['the payments', '/api/v1/payments', 401],
  ])('is refused with %s', async (what, url, status) => {
    const isQuery = what.includes('query')
    const headers = isQuery ? {} : { [HEADER]: secret() }
    const request = to(isQuery ? `${url}${secret()}` : url, headers, paid())
    expect(await forge(request, 0)).toBe(status)
  })

  test.each(['GET', 'PUT', 'PATCH', 'DELETE'] as const)('is refused as %s', async (method) => {
    const request = { ...to('/webhooks/telegram', { [HEADER]: secret() }, paid()), method }
    expect(await forge(request, 0)).toBe(404)
  })

  describe('in the form that once gave a subscription away', () => {
    const free = () => ({
      payload: `payment_${starsId}`,
      successful_payment: paid().message.successful_payment,
    })

    test.each<[string, () => InjectOptions, number]>([
      ['without a secret', () => to('/webhooks/telegram', {}, free()), 401],
      ['with the secret', () => to('/webhooks/telegram', { [HEADER]: secret() }, free()), 422],
      [
        'with the secret and a number',
        () => to('/webhooks/telegram', { [HEADER]: secret() }, { ...free(), update_id: -1 }),
        422,
      ],
      [
        'as a form of a web page',
        () => ({
          method: 'POST',
          url: '/webhooks/telegram',
          headers: { 'content-type': 'application/x-www-form-urlencoded', [HEADER]: secret() },
          payload: `payload=payment_${starsId}&successful_payment=true`,
        }),
        415,
      ],
      [
        'as text',
        () => ({
          method: 'POST',
          url: '/webhooks/telegram',
          headers: { 'content-type': 'text/plain', [HEADER]: secret() },
          payload: JSON.stringify(paid()),
        }),
        422,
      ],
    ])('changes nothing %s', async (_how, request, status) => {
      expect(await forge(request(), 0)).toBe(status)
    })
  })

  test('is stored without effect when it carries a number and no message', async () => {
    const update = { update_id: 1, payload: starsId, successful_payment: { total_amount: 50 } }
    const request = to('/webhooks/telegram', { [HEADER]: secret() }, update)
    expect(await forge(request, 1)).toBe(200)
  })
})

describe('a notification of YooKassa', () => {
  const claim = (object: object = {}) => ({
    type: 'notification',
    event: 'payment.succeeded',
    object: {
      id: yookassaId,
      status: 'succeeded',
      paid: true,
      amount: { value: '199.00', currency: 'RUB' },
      ...object,
    },
  })
  const from = (
    remoteAddress: string,
    headers: Record<string, string | string[]> = {},
    payload: object = claim(),
  ): InjectOptions => ({
    method: 'POST',
    url: '/webhooks/yookassa',
    remoteAddress,
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  })

  test.each([
    [STRANGER],
    ['127.0.0.1'],
    ['::1'],
    ['0.0.0.0'],
    ['185.71.76.32'],
    ['185.71.75.255'],
    ['77.75.156.12'],
    ['2a02:5181::1'],
    [PROXY],
  ])('is refused from %s', async (address) => {
    expect(await forge(from(address), 0)).toBe(403)
  })

  test.each([YOOKASSA, '77.75.156.35', '2a02:5180::7', `::ffff:${YOOKASSA}`])(
    'is stored from %s, and not believed before YooKassa says so',
    async (address) => {
      const nonce = { description: address }
      expect(await forge(from(address, {}, claim(nonce)), 1)).toBe(200)
      const [latest] = await tables.deliveries()
      expect(latest).toMatchObject({ status: 'pending' })
      expect(latest?.lastError).toContain('not settled yet')
    },
  )

  const HEADERS = [
    'x-forwarded-for',
    'x-real-ip',
    'x-client-ip',
    'x-cluster-client-ip',
    'true-client-ip',
    'cf-connecting-ip',
    'fastly-client-ip',
    'x-original-forwarded-for',
  ]

  test.each(HEADERS)('from a stranger is refused whatever %s says', async (header) => {
    expect(await forge(from(STRANGER, { [header]: YOOKASSA }), 0)).toBe(403)
  })

  test.each([
    ...HEADERS.slice(1).map((header): [string, Record<string, string>] => [
      header,
      { [header]: YOOKASSA },
    ]),
    ['Forwarded', { forwarded: `for=${YOOKASSA}` }],
  ])('from our proxy is refused when only %s speaks for it', async (_header, headers) => {
    expect(await forge(from(PROXY, headers), 0)).toBe(403)
  })

  test.each<[string, string | string[]]>([
    ['a stranger behind a forged address', `${YOOKASSA}, ${STRANGER}`],
    ['a stranger behind a forged address and two proxies', `${YOOKASSA}, ${STRANGER}, 10.2.2.2`],
    ['a stranger in a second header', [YOOKASSA, STRANGER]],
    ['a stranger without spaces', `${YOOKASSA},${STRANGER}`],
    ['nobody', ''],
    ['blanks', '  ,  '],
    ['only proxies', '10.2.2.2, 10.3.3.3'],
    ['a name', `${YOOKASSA}, yookassa.ru`],
    ['an address with a port', `${YOOKASSA}:443`],
    ['an address in brackets', `[${YOOKASSA}]`],
    ['the form of another header', `for=${YOOKASSA}`],
    ['an address in quotes', `"${YOOKASSA}"`],
    ['an address in octal', '0271.0107.0114.05'],
    ['an address as one number', '3108457477'],
    ['a block', `${YOOKASSA}/27`],
    ['an address after a semicolon', `${STRANGER}; ${YOOKASSA}`],
    ['six hundred addresses', `${`${YOOKASSA}, `.repeat(600)}${STRANGER}`],
  ])('from our proxy is refused when it forwards %s', async (_what, forwarded) => {
    expect(await forge(from(PROXY, { 'x-forwarded-for': forwarded }), 0)).toBe(403)
  })

  test.each([
    ['YooKassa', YOOKASSA],
    ['YooKassa behind a forged address', `${STRANGER}, ${YOOKASSA}`],
    ['YooKassa through two proxies', `${YOOKASSA}, 10.2.2.2`],
    ['YooKassa by IPv6', '2a02:5180::8'],
  ])('from our proxy is stored when it forwards %s', async (name, forwarded) => {
    const request = from(PROXY, { 'x-forwarded-for': forwarded }, claim({ description: name }))
    expect(await forge(request, 1)).toBe(200)
  })

  test.each<[string, object]>([
    ['another amount', { amount: { value: '0.01', currency: 'RUB' } }],
    ['a payment of ours that is not paid', { metadata: { payment_id: 'x' } }],
    ['a payment that YooKassa does not know', { id: '2e8f0000-000f-5000-8000-000000000000' }],
    ['an id that climbs', { id: '../me' }],
    ['an id with a query', { id: '?status=succeeded' }],
  ])('from the right address with %s changes nothing', async (_what, object) => {
    expect(await forge(from(YOOKASSA, {}, claim(object)), 1)).toBe(200)
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['a text', '"paid"'],
    ['a number', '7'],
    ['an event alone', { event: 'payment.succeeded' }],
    ['an id that is a number', { event: 'payment.succeeded', object: { id: 7 } }],
    ['an event nobody knows', { event: 'payment.exploded', object: { id: 'x' } }],
    ['an update of Telegram', { update_id: 1, message: { successful_payment: {} } }],
  ])('from the right address that is %s is stored without effect', async (_what, payload) => {
    const request: InjectOptions = { ...from(YOOKASSA), payload: payload as never }
    expect(await forge(request, 1)).toBe(200)
  })
})

test('the real deliveries, for which these stood, still count once', async () => {
  const { app } = shop.served().server
  await shop.sandbox.control.faults.add({ target: 'yookassa', kind: 'hold' })
  await shop.sandbox.control.yookassa.succeed(yookassaId)
  const [held] = (await shop.sandbox.control.deliveries.list()).filter(
    ({ kind }) => kind === 'payment.succeeded',
  )
  const update = paid()
  for (let time = 0; time < 2; time++) {
    await app.inject({
      method: 'POST',
      url: '/webhooks/yookassa',
      remoteAddress: YOOKASSA,
      payload: Object(held?.body),
    })
    await app.inject({
      method: 'POST',
      url: '/webhooks/telegram',
      headers: { 'x-telegram-bot-api-secret-token': secret() },
      payload: update,
    })
  }
  const found = await core().repos.payments.findByProviderId('yookassa', yookassaId)
  expect(found).toMatchObject({ status: 'succeeded' })
  expect(await core().balance.get(found?.userId ?? '', 'credits')).toBe(500n)
  expect(await core().balance.get(customer.userId, 'credits')).toBe(100n)
})
