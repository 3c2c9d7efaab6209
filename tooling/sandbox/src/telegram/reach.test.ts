import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startSandbox } from '../index.ts'
import { until } from '../testing/listen.ts'
import { startShop, TOKEN } from '../testing/shop.ts'

describe('somebody who blocks the bot', () => {
  test('is reached no more, and the bot hears of it', async () => {
    await using shop = await startShop()
    const alice = shop.sandbox.control.user('alice')
    const id = await alice.id()
    const { message_id } = await shop.bot.api.sendMessage(id, 'Hello')

    await alice.blockBot()
    await alice.blockBot()

    const refusal = {
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    }
    await expect(shop.bot.api.sendMessage(id, 'Hello?')).rejects.toMatchObject(refusal)
    await expect(shop.bot.api.editMessageText(id, message_id, 'Hi')).rejects.toMatchObject(refusal)
    await expect(alice.say('hm')).rejects.toMatchObject({ status: 409 })
    await until(() => shop.updates('my_chat_member').length === 1)
    expect(shop.updates('my_chat_member')[0]?.my_chat_member).toMatchObject({
      chat: { id, type: 'private' },
      old_chat_member: { status: 'member', user: { is_bot: true } },
      new_chat_member: { status: 'kicked' },
    })
  })

  test('is reached again after unblocking it', async () => {
    await using shop = await startShop()
    const alice = shop.sandbox.control.user('alice')
    await alice.blockBot()
    await alice.unblockBot()
    await alice.say('hello again')
    await shop.bot.api.sendMessage(await alice.id(), 'Welcome back')
    await until(() => shop.updates('my_chat_member').length === 2)
    expect(shop.updates('my_chat_member')[1]?.my_chat_member).toMatchObject({
      old_chat_member: { status: 'kicked' },
      new_chat_member: { status: 'member' },
    })
  })
})

describe('many customers', () => {
  test('are added at once, and each is a customer like any other', async () => {
    await using shop = await startShop({ limits: { messagesPerSecond: 1_000, messagesKept: 10 } })
    const { control } = shop.sandbox
    const { first, last } = await control.telegram.addUsers(50, { language_code: 'ru' })
    expect(last - first).toBe(49)
    expect(await control.userById(last).wallet()).toMatchObject({
      first_name: 'User 50',
      language_code: 'ru',
    })
    for (let id = first; id <= last; id++) await shop.bot.api.sendMessage(id, 'Hello')
    await shop.bot.api.sendMessage(last, 'Hello again')

    const counts = await control.telegram.sentCounts()
    expect(counts).toHaveLength(50)
    expect(counts.filter(({ sent }) => sent === 1)).toHaveLength(49)
    expect(counts.at(-1)).toEqual({ userId: last, sent: 2, paid: 0 })
    // Only the newest messages are kept; what they were is forgotten, not that they were sent.
    expect(await control.userById(last).chat()).toHaveLength(2)
    expect(await control.userById(first).chat()).toEqual([])
  })
})

test('a message beyond the free rate goes out when the bot pays for it', async () => {
  // The second stands still, however long the calls take.
  const watch = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
  onTestFinished(() => watch.mockRestore())
  await using sandbox = await startSandbox({
    bots: [{ token: TOKEN, username: 'shop_bot', name: 'Shop' }],
    limits: { messagesPerSecond: 2, messagesPerSecondPerChat: 100 },
  })
  const { first } = await sandbox.control.telegram.addUsers(1)
  const send = async (paid: boolean): Promise<number> => {
    const response = await fetch(`${sandbox.url}/sandbox/telegram/bot${TOKEN}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: first, text: 'x', allow_paid_broadcast: paid }),
    })
    return response.status
  }
  const free = await Promise.all([send(true), send(true)])
  const beyond = await Promise.all([send(true), send(true), send(false)])
  expect(free).toEqual([200, 200])
  expect(beyond).toEqual([200, 200, 429])
  expect(await sandbox.control.telegram.sentCounts()).toEqual([{ userId: first, sent: 4, paid: 2 }])
})
