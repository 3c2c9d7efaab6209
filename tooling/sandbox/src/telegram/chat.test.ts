import { createHmac, createPublicKey, verify } from 'node:crypto'
import { Bot, InlineKeyboard, InputFile } from 'grammy'
import { describe, expect, test } from 'vitest'
import { startSandbox } from '../index.ts'
import { until } from '../testing/listen.ts'
import { startShop, type TestShop, TOKEN } from '../testing/shop.ts'

describe('a chat with a bot', () => {
  test('reaches a bot that polls, which answers commands and buttons', async () => {
    await using sandbox = await startSandbox({
      bots: [{ token: TOKEN, username: 'shop_bot', name: 'Shop' }],
    })
    const bot = new Bot(TOKEN, { client: { apiRoot: `${sandbox.url}/sandbox/telegram` } })
    bot.command('start', (context) =>
      context.reply(`Hello ${context.match}`, {
        reply_markup: new InlineKeyboard().text('More', 'more'),
      }),
    )
    bot.callbackQuery('more', async (context) => {
      await context.answerCallbackQuery({ text: 'Here' })
      await context.editMessageText('More of it')
    })
    const running = bot.start()
    const alice = sandbox.control.user('alice')

    await alice.say('/start ref_1')
    await until(async () => (await alice.chat()).length === 2)
    const [, reply] = await alice.chat()
    expect(reply).toMatchObject({ text: 'Hello ref_1', by: 'bot' })
    await alice.press(reply?.message_id ?? 0, 'more')
    await until(async () => (await alice.chat())[1]?.text === 'More of it')

    await bot.stop()
    await running
  })

  test('quotes the message that somebody replies to', async () => {
    await using shop = await startShop()
    const alice = shop.sandbox.control.user('alice')
    const first = await alice.say('Hello')
    const second = await alice.say('I mean it', { replyTo: first.message_id })
    const third = await alice.say('/start again', { replyTo: second.message_id })

    expect(second.reply_to_message).toMatchObject({ message_id: first.message_id, text: 'Hello' })
    expect(third.reply_to_message).toMatchObject({ text: 'I mean it' })
    expect(third.reply_to_message).not.toHaveProperty('reply_to_message')
    await expect(alice.say('?', { replyTo: 999_999 })).rejects.toThrow('There is no message')
  })

  test('keeps the commands of each scope and language apart', async () => {
    await using shop = await startShop()
    const { api } = shop.bot
    const help = { command: 'help', description: 'Help' }
    const stats = { command: 'stats', description: 'Figures' }
    const chat_id = await shop.sandbox.control.user('alice').id()
    await api.setMyCommands([help])
    await api.setMyCommands([{ ...help, description: 'Помощь' }], { language_code: 'ru' })
    await api.setMyCommands([help, stats], { scope: { type: 'chat', chat_id } })

    expect(await api.getMyCommands()).toEqual([help])
    expect(await api.getMyCommands({ language_code: 'ru' })).toMatchObject([
      { description: 'Помощь' },
    ])
    expect(await api.getMyCommands({ scope: { type: 'chat', chat_id } })).toEqual([help, stats])
    expect(await api.getMyCommands({ scope: { type: 'all_group_chats' } })).toEqual([])
    const nobody = { scope: { type: 'chat', chat_id: 404 } } as const
    await expect(api.setMyCommands([help], nobody)).rejects.toThrow('chat not found')
    await expect(api.setMyCommands([{ ...help, command: 'Help!' }])).rejects.toThrow('invalid')
  })

  test('carries photos and documents', async () => {
    await using shop = await startShop()
    const alice = shop.sandbox.control.user('alice')
    const file = new InputFile(Buffer.from('%PDF'), 'invoice.pdf')

    const sent = await shop.bot.api.sendDocument(await alice.id(), file, { caption: 'Invoice' })

    expect(sent).toMatchObject({ caption: 'Invoice', document: { file_name: 'invoice.pdf' } })
    const photo = await shop.bot.api.sendPhoto(await alice.id(), 'https://example.org/a.jpg')
    expect(photo.photo).toHaveLength(1)
  })

  test("takes forms, and refuses in Telegram's words", async () => {
    await using shop = await startShop()
    const chat_id = String(await shop.sandbox.control.user('alice').id())
    const call = async (token: string, method: string, fields: Record<string, string>) => {
      const url = `${shop.sandbox.url}/sandbox/telegram/bot${token}/${method}`
      const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
      return response.json()
    }
    const reply_markup = JSON.stringify({
      inline_keyboard: [[{ text: 'A', url: 'https://a.org' }]],
    })

    expect(await call(TOKEN, 'sendMessage', { chat_id, text: '[x]', reply_markup })).toMatchObject({
      ok: true,
      result: { text: '[x]', reply_markup: JSON.parse(reply_markup) },
    })
    expect(await call(TOKEN, 'sendMessage', { chat_id, text: '' })).toEqual({
      ok: false,
      error_code: 400,
      description: 'Bad Request: message text is empty',
    })
    expect(await call(TOKEN, 'sendMessage', { chat_id: '1', text: 'x' })).toMatchObject({
      description: 'Bad Request: chat not found',
    })
    expect(await call('1:wrong', 'getMe', {})).toMatchObject({ error_code: 401 })
    expect(await call(TOKEN, 'sendGift', {})).toMatchObject({ error_code: 404 })
    const missing = await shop.sandbox.control.request('GET', '/missing')
    expect(missing).toEqual({ items: [{ method: 'sendGift', calls: 1 }] })
  })

  test('too many messages to one chat are refused with the time to wait', async () => {
    await using shop = await startShop({
      limits: { messageBurstPerChat: 2, messagesPerSecondPerChat: 0.01 },
    })
    const id = await shop.sandbox.control.user('alice').id()
    await shop.bot.api.sendMessage(id, '1')
    await shop.bot.api.sendMessage(id, '2')
    await expect(shop.bot.api.sendMessage(id, '3')).rejects.toMatchObject({
      error_code: 429,
      parameters: { retry_after: 100 },
    })
  })

  test('a kind of update that the bot did not ask for is not sent', async () => {
    await using shop = await startShop()
    await shop.bot.api.setWebhook(shop.webhook.url, { allowed_updates: ['callback_query'] })
    await shop.bot.api.setWebhook(shop.webhook.url)
    const alice = shop.sandbox.control.user('alice')
    await alice.say('hello')
    expect(await shop.bot.api.getWebhookInfo()).toMatchObject({
      pending_update_count: 0,
      allowed_updates: ['callback_query'],
    })
  })
})

describe('webhooks', () => {
  test('deliver a chat in order, trying its head again while other chats go on', async () => {
    let isDown = true
    await using shop = await startShop({}, async (_bot, { message }) =>
      isDown && message?.text?.startsWith('a') ? 500 : 200,
    )
    const { control } = shop.sandbox
    const [alice, bob] = [control.user('alice'), control.user('bob')]
    for (const text of ['a1', 'a2', 'a3']) await alice.say(text)
    await bob.say('b1')
    const texts = () => shop.updates('message').map(({ message }) => message?.text)
    await until(() => texts().includes('b1'))
    expect(texts()).not.toContain('a2')
    const failure = async () => (await shop.bot.api.getWebhookInfo()).last_error_message
    await until(async () => (await failure()) !== undefined)
    expect(await failure()).toBe('Wrong response: HTTP 500')

    isDown = false

    await until(() => texts().includes('a3'))
    const order = texts().filter((text) => text !== 'b1')
    expect(order.slice(order.lastIndexOf('a1'))).toEqual(['a1', 'a2', 'a3'])
  })

  test('wait as long as Retry-After asks', async () => {
    let calls = 0
    await using shop = await startShop({ limits: { retryScale: 0.1 } }, async () =>
      calls++ === 0 ? { status: 503, headers: { 'retry-after': '3' } } : 200,
    )
    const startedAt = performance.now()
    await shop.sandbox.control.user('alice').say('hello')
    await until(() => calls === 2)
    expect(performance.now() - startedAt).toBeGreaterThan(290)
  })

  test('give up what has expired on the clock', async () => {
    let isDown = true
    await using shop = await startShop({}, async () => (isDown ? 500 : 200))
    const { control } = shop.sandbox
    await control.user('alice').say('old')
    await control.clock.advance({ hours: 25 })
    isDown = false
    const before = shop.webhook.received.length
    await control.user('alice').say('new')
    await until(() => shop.webhook.received.length > before)
    const texts = shop.updates('message').map(({ message }) => message?.text)
    expect(texts.slice(before)).toEqual(['new'])
  })

  test('come again, several times and in any order, when a test asks', async () => {
    await using shop = await startShop()
    const alice = shop.sandbox.control.user('alice')
    for (const text of ['1', '2', '3']) await alice.say(text)
    await until(async () => (await deliveredBy(shop)) === 3)

    const result = await shop.sandbox.control.redeliver({
      provider: 'telegram',
      times: 10,
      shuffle: true,
    })

    expect(result).toEqual({ sent: 30, accepted: 30 })
    const ids = shop.updates('message').map(({ update_id }) => update_id)
    expect(new Set(ids).size).toBe(3)
    expect(ids).toHaveLength(33)
    const inOrder = Array.from({ length: 10 }, () => ids.slice(0, 3)).flat()
    expect(ids.slice(3)).not.toEqual(inOrder)
  })
})

/** How much the sandbox has written down as taken: it is a moment behind the webhook. */
async function deliveredBy({ sandbox }: TestShop): Promise<number> {
  const all = await sandbox.control.deliveries.list()
  return all.filter(({ status }) => status === 'delivered').length
}

describe('trouble at Telegram', () => {
  test('a flood limit, a blocked bot and a lost answer come as often as asked', async () => {
    await using shop = await startShop()
    const { control } = shop.sandbox
    const id = await control.user('alice').id()
    const send = () => shop.bot.api.sendMessage(id, 'hello')
    await control.faults.add({ target: 'telegram', kind: 'rate_limit', retry_after: 7 })
    await expect(send()).rejects.toMatchObject({ error_code: 429, parameters: { retry_after: 7 } })
    await control.faults.add({ target: 'telegram', kind: 'blocked', user_id: id, times: null })
    await expect(send()).rejects.toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    })
    await control.faults.clear()
    await control.faults.add({ target: 'telegram', kind: 'blocked' })
    await expect(send()).rejects.toMatchObject({ error_code: 403 })
    await control.faults.add({ target: 'telegram', kind: 'drop', method: 'sendMessage' })
    await expect(send()).rejects.toThrow(/Network request/)
    await control.faults.add({ target: 'telegram', kind: 'error', effect: 'not_done' })
    await expect(send()).rejects.toMatchObject({ error_code: 500 })
    expect(await control.user('alice').chat()).toHaveLength(1)
    await send()
  })
})

test('init data verifies by the token and by the published key', async () => {
  await using shop = await startShop()
  const { control } = shop.sandbox
  const text = await control.user('Ann & Co').initData({ startParam: 'ref-1' })
  const fields = new Map(new URLSearchParams(text))
  const check = (...without: string[]) =>
    [...fields]
      .filter(([name]) => !without.includes(name))
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join('\n')

  const secret = createHmac('sha256', 'WebAppData').update(TOKEN).digest()
  const hash = createHmac('sha256', secret).update(check('hash')).digest('hex')
  const raw = Buffer.from(await control.publicKey(), 'hex')
  const prefix = Buffer.from('302a300506032b6570032100', 'hex')
  const key = createPublicKey({
    key: Buffer.concat([prefix, raw]),
    format: 'der',
    type: 'spki',
  })
  const signed = Buffer.from(`700001:WebAppData\n${check('hash', 'signature')}`)

  expect(fields.get('hash')).toBe(hash)
  expect(verify(null, signed, key, Buffer.from(fields.get('signature') ?? '', 'base64url'))).toBe(
    true,
  )
  expect(JSON.parse(fields.get('user') ?? '')).toMatchObject({ first_name: 'Ann & Co' })
  expect(fields.get('start_param')).toBe('ref-1')
})
