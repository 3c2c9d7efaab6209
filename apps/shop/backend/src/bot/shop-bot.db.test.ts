import {
  createBot,
  findWebhookProblems,
  paymentReference,
  telegramWebhook,
} from '@gramkit/core/bot'
import { yookassaWebhook } from '@gramkit/core/payments/yookassa-webhook'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aCustomer,
  apiClient,
  eventually,
  type RunningShop,
  startRunningShop,
} from '../testing/running-shop.ts'

let shop: RunningShop

beforeAll(async () => {
  shop = await startRunningShop({ GRAMKIT_SUPPORT_CONTACT: '@shop_support' })
})

afterAll(() => shop[Symbol.asyncDispose]())

const sentTo = async (chatId: number): Promise<string[]> =>
  (await shop.sandbox.control.log())
    .filter(({ name, request }) => name === 'sendMessage' && chatOf(request) === chatId)
    .map(({ request }) => String(Object(request).text))
const chatOf = (request: unknown): number => Number(Object(request).chat_id)

async function answerTo(chatId: number): Promise<string> {
  const sent = await eventually(
    () => sentTo(chatId),
    (texts) => texts.length > 0,
  )
  return sent.at(-1) ?? ''
}

describe('/paysupport', () => {
  test('says who answers, and lists the latest payments by their references', async () => {
    const customer = await aCustomer(shop)
    const references: string[] = []
    for (let count = 0; count < 6; count++) {
      const { body } = await customer.buy('credits-100')
      references.push(paymentReference(body.payment))
    }
    await customer.person.say('/paysupport')
    const answer = await answerTo(customer.telegramId)
    expect(answer).toContain('Telegram cannot help with such purchases')
    expect(answer).toContain('write to @shop_support')
    const [first, ...latest] = references
    expect(answer).not.toContain(first)
    for (const reference of latest) expect(answer).toContain(reference)
    expect(answer).toMatch(/· \d{4}-\d\d-\d\d · 100 credits · 50 ⭐ · waits for payment/)
  })

  test('lists references by which the administrator finds payments, and nobody else', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    const other = await customer.buy('credits-100')
    const reference = paymentReference(body.payment)
    const find = (by: string, client = apiClient(shop, shop.adminToken)) =>
      client.get(`/api/v1/admin/payments?reference=${encodeURIComponent(by)}`)

    const { id } = body.payment
    const found = { id, userId: customer.userId, providerPaymentId: null, status: 'pending' }
    for (const quoted of [reference, ` ${reference.toLowerCase()} `]) {
      expect(await find(quoted)).toMatchObject({
        status: 200,
        body: { items: [found], nextCursor: null },
      })
    }
    expect((await find(paymentReference(other.body.payment))).body.items).toHaveLength(1)
    expect((await find('00000000')).body.items).toEqual([])
    for (const bad of ['', id, 'ABCDEFG1', '%_%_%_%_']) {
      expect(await find(bad)).toMatchObject({
        status: 422,
        body: { code: 'http.request_invalid' },
      })
    }
    expect((await find(reference, customer)).status).toBe(403)
  })

  test('answers in Russian, also somebody who never bought', async () => {
    const person = shop.sandbox.control.user('Борис', { language_code: 'ru' })
    await person.say('/paysupport')
    const answer = await answerTo(await person.id())
    expect(answer).toContain('Платежей здесь пока нет.')
    expect(answer).toContain('напишите: @shop_support')
  })

  test('shows nobody’s payments in a group', async () => {
    const customer = await aCustomer(shop)
    const { body } = await customer.buy('credits-100')
    const from = { id: customer.telegramId, is_bot: false, first_name: 'Ada' }
    const chat = { id: -100_500, type: 'group', title: 'Friends' }
    const entities = [{ type: 'bot_command', offset: 0, length: 11 }]
    await fetch(`${shop.url}/webhooks/telegram`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-telegram-bot-api-secret-token': shop.config.telegram.webhookSecret,
      },
      body: JSON.stringify({
        update_id: 1,
        message: { message_id: 1, date: 0, from, chat, text: '/paysupport', entities },
      }),
    })
    const answer = await answerTo(chat.id)
    expect(answer).toContain('Write /paysupport to me in private')
    expect(answer).not.toContain(paymentReference(body.payment))
  })

  test('stands in the list of commands', async () => {
    const { items } = await shop.sandbox.control.request<{
      items: { commands: { command: string }[] }[]
    }>('GET', '/bots')
    expect(items[0]?.commands.map(({ command }) => command)).toContain('paysupport')
  })
})

test('a bot finds out that Telegram does not reach it as it should', async () => {
  const { botToken: token, apiRoot } = shop.config.telegram
  const bot = createBot({ token, apiRoot })
  const webhookUrl = `${shop.url}/webhooks/telegram`
  expect(await findWebhookProblems(bot, { webhookUrl })).toEqual([])
  await bot.api.setWebhook('http://127.0.0.1:1/elsewhere', {
    allowed_updates: ['message', 'inline_query'],
  })
  expect(await findWebhookProblems(bot, { webhookUrl })).toEqual([
    'updates go to http://127.0.0.1:1/elsewhere',
    expect.stringMatching(/^not sent: .*pre_checkout_query/),
    'sent without a handler: inline_query',
  ])
  await shop.restart()
  expect(await findWebhookProblems(bot, { webhookUrl })).toEqual([])
})

describe('a webhook', () => {
  const nothing = { answerNow: async () => false, receive: async () => {} }

  test.each(['', 'short', 'x'.repeat(257), 'with spaces in the middle', 'секрет'.repeat(4)])(
    'of Telegram is not opened with the secret "%s"',
    (secret) => {
      expect(() => telegramWebhook({ secret, ...nothing })).toThrow('is missing or weak')
    },
  )

  test.each(['0.0.0.0/0', '::/0', 'yookassa.ru', '185.71.76.0/33', ''])(
    'of YooKassa does not believe "%s"',
    (source) => {
      expect(() => yookassaWebhook({ sources: [source], receive: async () => {} })).toThrow(
        'no address or CIDR block',
      )
    },
  )
})
