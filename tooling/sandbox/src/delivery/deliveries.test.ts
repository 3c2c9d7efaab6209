import { describe, expect, test } from 'vitest'
import { startSandbox } from '../index.ts'
import { listen, until } from '../testing/listen.ts'
import { startShop } from '../testing/shop.ts'

const SHOP = { shopId: '100500', secretKey: 'test_secret_key_0123456789' }

describe('deliveries that are held back', () => {
  test('wait while the switch is on, other kinds go on, and all go out in order afterwards', async () => {
    await using shop = await startShop()
    const { control } = shop.sandbox
    const fault = await control.faults.add({ target: 'telegram', kind: 'hold', method: 'message' })
    const alice = control.user('alice')
    for (const text of ['1', '2']) await alice.say(text)
    const link = await shop.bot.api.createInvoiceLink('Tea', 'A cup', 'tea', '', 'XTR', [
      { label: 'Tea', amount: 5 },
    ])
    expect(await alice.pay(link)).toMatchObject({ status: 'paid' })
    expect(shop.updates('message')).toEqual([])
    const listed = async () =>
      (await control.deliveries.list()).map(({ kind, status }) => [kind, status])
    // The sale may end before the bot's webhook has answered.
    await until(async () => (await listed()).some(([, status]) => status === 'delivered'))
    expect(await listed()).toEqual([
      ['message', 'pending'],
      ['message', 'pending'],
      ['pre_checkout_query', 'delivered'],
      ['message', 'pending'],
    ])
    await control.request('DELETE', `/faults/${fault.id}`)
    await until(() => shop.updates('message').length === 3)
    const [first, second, third] = shop.updates('message').map(({ message }) => message)
    expect([first?.text, second?.text]).toEqual(['1', '2'])
    expect(third?.successful_payment).toMatchObject({ total_amount: 5 })
  })

  test('go out one by one, in the order in which they are sent, and again', async () => {
    await using shop = await startShop()
    const { control } = shop.sandbox
    await control.faults.add({ target: 'telegram', kind: 'hold' })
    for (const text of ['1', '2']) await control.user('alice').say(text)
    const [one, two] = await control.deliveries.list()
    for (const delivery of [two, one, two]) {
      expect(await control.deliveries.send(delivery?.seq ?? 0)).toEqual({ accepted: true })
    }
    expect(shop.updates('message').map(({ message }) => message?.text)).toEqual(['2', '1', '2'])
    await control.faults.clear()
    await control.clock.advance({ hours: 1 })
    expect(shop.webhook.received).toHaveLength(3)
    await expect(control.deliveries.send(99)).rejects.toMatchObject({ status: 404 })
  })

  test.each([
    ['23 h 59 min', 23 * 60 + 59, 'delivered', 1],
    ['24 h', 24 * 60, 'expired', 0],
  ] as const)(
    'of Telegram and of YooKassa are kept for a day: after %s',
    async (_after, minutes, status, received) => {
      await using shop = await listen(() => 200)
      await using sandbox = await startSandbox({
        shops: [{ ...SHOP, webhookUrl: shop.url }],
        bots: [{ token: '700001:sandbox-test-token-abcdefghij', username: 'b', name: 'B' }],
      })
      const { control } = sandbox
      await setWebhook(sandbox.url, shop.url)
      await control.faults.add({ target: 'telegram', kind: 'hold' })
      await control.faults.add({ target: 'yookassa', kind: 'hold' })
      await control.user('alice').say('hello')
      await control.yookassa.succeed(await createPayment(sandbox.url))
      await control.clock.advance({ minutes })
      await control.faults.clear()
      await control.clock.advance({ seconds: 0 })
      await until(async () =>
        (await control.deliveries.list()).every((delivery) => delivery.status === status),
      )
      expect(shop.received.filter(({ body }) => 'update_id' in body)).toHaveLength(received)
      expect(shop.received.filter(({ body }) => 'event' in body)).toHaveLength(received)
    },
  )
})

describe('a provider that refuses', () => {
  test('says so in its own words and does nothing', async () => {
    await using shop = await startShop({ shops: [SHOP] })
    const { control, url } = shop.sandbox
    for (const status of [401, 403] as const) {
      await control.faults.add({ target: 'telegram', kind: 'refused', status })
      await expect(shop.bot.api.getMe()).rejects.toMatchObject({ error_code: status })
      await control.faults.add({ target: 'yookassa', kind: 'refused', status })
      const answer = await post(`${url}/sandbox/yookassa/v3/payments`, ORDER)
      expect([answer.status, await answer.json()]).toMatchObject([
        status,
        { type: 'error', code: status === 401 ? 'invalid_credentials' : 'forbidden' },
      ])
    }
    expect(await control.yookassa.payments()).toEqual([])
  })

  test('is slow for as many calls as asked, while others go on', async () => {
    await using shop = await startShop({ shops: [SHOP] })
    const { control, url } = shop.sandbox
    const calls = {
      telegram: () => shop.bot.api.getMe(),
      yookassa: () => post(`${url}/sandbox/yookassa/v3/payments`, ORDER),
    }
    const orderAt = async (target: keyof typeof calls): Promise<string[]> => {
      const order: string[] = []
      const callAs = async (name: string) => {
        await calls[target]()
        order.push(name)
      }
      await control.faults.add({ target, kind: 'latency', delay_ms: 2_000 })
      const slow = callAs('slow')
      await until(async () =>
        (await control.faults.list()).every((fault) => fault.target !== target),
      )
      await callAs('quick')
      await slow
      return order
    }
    const orders = await Promise.all([orderAt('telegram'), orderAt('yookassa')])
    expect(orders).toEqual(Array(2).fill(['quick', 'slow']))
  })

  test('loses an answer before or after it did what was asked', async () => {
    await using sandbox = await startSandbox({ shops: [SHOP] })
    const { control, url } = sandbox
    for (const effect of ['not_done', 'done'] as const) {
      await control.faults.add({ target: 'yookassa', kind: 'drop', effect })
      await expect(post(`${url}/sandbox/yookassa/v3/payments`, ORDER)).rejects.toThrow()
      expect(await control.yookassa.payments()).toHaveLength(effect === 'done' ? 1 : 0)
    }
    for (const effect of ['not_done', 'done'] as const) {
      await control.faults.add({ target: 'yookassa', kind: 'error', effect })
      const key = `key-${effect}`
      expect((await post(`${url}/sandbox/yookassa/v3/payments`, ORDER, key)).status).toBe(500)
      expect(await control.yookassa.payments()).toHaveLength(effect === 'done' ? 2 : 1)
    }
  })
})

const ORDER = {
  amount: { value: '100.00', currency: 'RUB' },
  capture: true,
  confirmation: { type: 'redirect', return_url: 'http://127.0.0.1/back' },
}

function post(url: string, body: object, key = 'key'): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${SHOP.shopId}:${SHOP.secretKey}`)}`,
      'idempotence-key': key,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
}

async function createPayment(url: string): Promise<string> {
  const answer = await post(`${url}/sandbox/yookassa/v3/payments`, ORDER)
  const { id } = (await answer.json()) as { id: string }
  return id
}

async function setWebhook(url: string, webhookUrl: string): Promise<void> {
  const token = '700001:sandbox-test-token-abcdefghij'
  await fetch(`${url}/sandbox/telegram/bot${token}/setWebhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: webhookUrl }),
  })
}
