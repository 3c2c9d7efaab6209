import { startSandbox } from '@gramkit/sandbox'
import { testDatabase } from '@gramkit/services/testing'
import { Api } from 'grammy'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addMs, DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { createPlatform } from '../../platform.ts'
import { telegramChannel } from './channels/telegram.ts'
import { anyTemplate, defineTemplate } from './template.ts'

const TOKEN = '700000002:AAtest-token-of-a-bot-that-notifies'
const HOUR_MS = 3_600_000

const tip = defineTemplate({
  id: 'tip.daily',
  topic: 'tips',
  schema: z.object({ count: z.int() }),
  texts: {
    en: ({ count }) => ({ title: 'Tip', text: `Tip ${count}` }),
    ru: ({ count }) => ({ title: 'Совет', text: `Совет ${count}` }),
  },
})
const receipt = defineTemplate({
  id: 'order.paid',
  topic: null,
  priority: 'high',
  validMs: 30 * DAY_MS,
  schema: z.object({ title: z.string() }),
  texts: {
    en: ({ title }) => ({ title: 'Paid', text: `Paid: ${title}` }),
    ru: ({ title }) => ({ title: 'Оплачено', text: `Оплачено: ${title}` }),
  },
})
const charge = defineTemplate({
  id: 'order.charged',
  topic: null,
  schema: z.object({ at: z.number() }),
  texts: {
    en: ({ at }, { timeZone }) => ({ title: '', text: dayIn(timeZone, at) }),
    ru: ({ at }, { timeZone }) => ({ title: '', text: dayIn(timeZone, at) }),
  },
})
const dayIn = (timeZone: string, at: number): string =>
  new Intl.DateTimeFormat('en', { dateStyle: 'short', timeZone }).format(at)
const forRussians = defineTemplate({
  ...tip,
  id: 'tip.russian',
  isFor: ({ language }) => language === 'ru',
})

const sandbox = await startSandbox({
  bots: [{ token: TOKEN, username: 'notifying_bot', name: 'Bot' }],
  limits: { messagesPerSecond: 1_000, messageBurstPerChat: 1_000 },
})
const database = await testDatabase()
const clock = new VirtualClock(new Date('2030-01-07T12:00:00Z'))
const platform = await createPlatform({
  databaseUrl: database.appUrl,
  clock,
  notifications: {
    templates: [
      anyTemplate(tip),
      anyTemplate(forRussians),
      anyTemplate(receipt),
      anyTemplate(charge),
    ],
    topics: [{ id: 'tips', title: { en: 'Tips', ru: 'Советы' } }],
    dailyMax: 2,
  },
})
const { services } = platform
const { notifications } = services
const channels = {
  telegram: telegramChannel(new Api(TOKEN, { apiRoot: `${sandbox.url}/sandbox/telegram` })),
}

/** Sends everything that is due. */
async function sendAll(): Promise<number> {
  let sent = 0
  for (;;) {
    const count = await notifications.sendDue(channels)
    sent += count
    if (count === 0) return sent
  }
}

/** Somebody in the sandbox who is known here. */
async function aPersonInTelegram(languageCode = 'en', timeZone = 'UTC') {
  const person = sandbox.control.user(newId(), { language_code: languageCode })
  const telegramId = await person.id()
  const user = await services.users.getOrCreateFromTelegram({
    id: BigInt(telegramId),
    username: null,
    firstName: 'Ada',
    lastName: null,
    languageCode,
  })
  await services.users.updateProfile(user.id, { timeZone })
  const texts = async (): Promise<(string | undefined)[]> =>
    (await person.chat()).map(({ text }) => text)
  const rows = () =>
    services.repos.notifications
      .listWhere(undefined, { limit: 100 })
      .then(({ items }) =>
        items
          .filter(({ userId }) => userId === user.id)
          .map(({ status, reason }) => (reason === null ? status : `${status}: ${reason}`)),
      )
  return { person, telegramId: BigInt(telegramId), userId: user.id, texts, rows }
}

beforeAll(async () => {
  clock.set(new Date('2030-01-07T12:00:00Z'))
})

beforeEach(async () => {
  // Each test begins at noon of a day of its own.
  clock.set(addMs(clock.now(), 40 * DAY_MS - (clock.now().getTime() % DAY_MS) + DAY_MS / 2))
})

afterAll(async () => {
  await platform.close()
  await sandbox.close()
  await database.drop()
})

describe('a notification', () => {
  test('is sent once for an occasion, however often it is asked for', async () => {
    const { userId, texts, rows } = await aPersonInTelegram()
    const occasion = newId()
    const ask = () => notifications.send(receipt, { title: 'a mug' }, { userId, occasion })
    const asked = await Promise.all(Array.from({ length: 10 }, ask))
    expect(asked.filter(Boolean)).toHaveLength(1)
    await Promise.all([sendAll(), sendAll(), sendAll()])
    expect(await ask()).toBe(false)
    await sendAll()
    expect(await texts()).toEqual(['Paid: a mug'])
    expect(await rows()).toEqual(['sent'])
  })

  test('is not sent when the transaction that asked for it fails', async () => {
    const { userId, texts } = await aPersonInTelegram()
    const work = services.transaction(async (tx) => {
      await tx.notifications.send(receipt, { title: 'a mug' }, { userId, occasion: 'rolled back' })
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    await sendAll()
    expect(await texts()).toEqual([])
  })

  test('is not sent to somebody who was erased', async () => {
    const { userId, texts } = await aPersonInTelegram()
    await services.accounts.erase(userId)
    await notifications.send(receipt, { title: 'a mug' }, { userId, occasion: newId() })
    await sendAll()
    expect(await texts()).toEqual([])
    const { items } = await services.repos.notifications.listWhere(undefined, { limit: 100 })
    expect(items.filter((one) => one.userId === userId)).toMatchObject([
      { status: 'skipped', reason: 'departed' },
    ])
  })

  test('is never sent inside a transaction', async () => {
    await expect(
      services.transaction(async (tx) => tx.notifications.sendDue(channels)),
    ).rejects.toThrow('inside a database transaction')
  })

  test('counts what was sent', async () => {
    const people = await Promise.all([aPersonInTelegram(), aPersonInTelegram()])
    const told = await notifications.sendMany(
      tip,
      people.map(({ userId }) => ({ userId, occasion: 'counted', facts: { count: 1 } })),
    )
    expect(told).toBe(2)
    expect(await sendAll()).toBe(2)
  })

  test('two people of two languages at once each read their own', async () => {
    const people = await Promise.all(
      ['en', 'ru', 'en', 'ru', 'pt-br'].map((language) => aPersonInTelegram(language)),
    )
    for (const { userId } of people) {
      await notifications.send(tip, { count: 1 }, { userId, occasion: 'both' })
    }
    await sendAll()
    const texts = await Promise.all(people.map((person) => person.texts()))
    expect(texts.flat()).toEqual(['Tip 1', 'Совет 1', 'Tip 1', 'Совет 1', 'Tip 1'])
  })

  test('a day in it is that of each reader’s own calendar', async () => {
    const people = await Promise.all(
      ['UTC', 'Europe/Moscow'].map((timeZone) => aPersonInTelegram('en', timeZone)),
    )
    const at = Date.parse('2030-01-31T22:30:00Z')
    for (const { userId } of people) {
      await notifications.send(charge, { at }, { userId, occasion: newId() })
    }
    await sendAll()
    expect(await Promise.all(people.map(({ texts }) => texts()))).toEqual([['1/31/30'], ['2/1/30']])
  })

  test('goes out at its instant, not before', async () => {
    const { userId, texts } = await aPersonInTelegram()
    const at = addMs(clock.now(), HOUR_MS)
    await notifications.send(tip, { count: 1 }, { userId, occasion: 'later', at })
    await sendAll()
    expect(await texts()).toEqual([])
    expect(await notifications.findNextDueAt()).toEqual(at)
    clock.set(at)
    await sendAll()
    expect(await texts()).toEqual(['Tip 1'])
  })

  test('that is late is left out', async () => {
    const { userId, rows } = await aPersonInTelegram()
    await notifications.send(tip, { count: 1 }, { userId, occasion: 'late' })
    clock.advance(DAY_MS)
    await sendAll()
    expect(await rows()).toEqual(['skipped: late'])
  })

  test('goes only to whom it is meant for', async () => {
    const [one, other] = [await aPersonInTelegram('en'), await aPersonInTelegram('ru')]
    for (const { userId } of [one, other]) {
      await notifications.send(forRussians, { count: 1 }, { userId, occasion: 'meant' })
    }
    await sendAll()
    expect([await one.rows(), await other.rows()]).toEqual([['skipped: audience'], ['sent']])
  })

  test('of high priority goes before others that were due sooner', async () => {
    const { userId, texts } = await aPersonInTelegram()
    await notifications.send(tip, { count: 1 }, { userId, occasion: 'first' })
    clock.advance(1_000)
    await notifications.send(receipt, { title: 'a mug' }, { userId, occasion: 'second' })
    const [first] = await services.repos.notifications.claimDue({
      now: clock.now(),
      limit: 1,
      leaseMs: 0,
    })
    expect(first?.template).toBe('order.paid')
    await sendAll()
    expect(await texts()).toEqual(['Tip 1'])
  })
})

describe('somebody’s wishes', () => {
  test('a topic that they turned off is left out, what is transactional is not', async () => {
    const { userId, texts, rows } = await aPersonInTelegram()
    await services.notificationSettings.update(userId, { topics: { tips: false } })
    await notifications.send(tip, { count: 1 }, { userId, occasion: 'off' })
    await notifications.send(receipt, { title: 'a mug' }, { userId, occasion: 'off' })
    await sendAll()
    expect(await texts()).toEqual(['Paid: a mug'])
    expect(await rows()).toEqual(['skipped: turned off', 'sent'])
  })

  test('quiet hours put it off to their end, by the clock on their wall', async () => {
    const { userId, texts, rows } = await aPersonInTelegram('en', 'Asia/Tokyo')
    await services.notificationSettings.update(userId, {
      quietHours: { from: '20:00', until: '07:00' },
    })
    // Noon in London is 21:00 in Tokyo; the night ends there at 22:00 UTC.
    await notifications.send(tip, { count: 1 }, { userId, occasion: 'quiet' })
    await notifications.send(receipt, { title: 'a mug' }, { userId, occasion: 'quiet' })
    await sendAll()
    expect(await texts()).toEqual(['Paid: a mug'])
    expect(await rows()).toEqual(['due', 'sent'])
    clock.advance(10 * HOUR_MS - 1)
    await sendAll()
    expect(await texts()).toHaveLength(1)
    clock.advance(1)
    await sendAll()
    expect(await texts()).toEqual(['Paid: a mug', 'Tip 1'])
  })

  test('they hear no more than so much in one of their days, by any number of processes', async () => {
    const { userId, texts, rows } = await aPersonInTelegram()
    const ask = (count: number) =>
      notifications.send(tip, { count }, { userId, occasion: `share ${count}` })
    for (let count = 1; count <= 5; count++) await ask(count)
    await Promise.all([sendAll(), sendAll(), sendAll()])
    expect(await texts()).toHaveLength(2)
    expect((await rows()).filter((row) => row === 'skipped: daily maximum')).toHaveLength(3)
    await notifications.send(receipt, { title: 'a mug' }, { userId, occasion: 'beyond' })
    clock.advance(DAY_MS)
    await ask(6)
    await sendAll()
    expect((await texts()).slice(2).sort()).toEqual(['Paid: a mug', 'Tip 6'])
  })
})

describe('the share of a day', () => {
  const tell = async (userId: string, ...counts: number[]) => {
    for (const count of counts) {
      await notifications.send(tip, { count }, { userId, occasion: `shared ${count}` })
    }
    await sendAll()
  }

  test('counts what was put off over a night on the day it is heard', async () => {
    const { userId, texts } = await aPersonInTelegram()
    const quietHours = { from: '22:00', until: '08:00' }
    await services.notificationSettings.update(userId, { quietHours })
    clock.advance(10 * HOUR_MS - 60_000)
    await sandbox.control.faults.add({ target: 'telegram', kind: 'rate_limit', times: 2 })
    await tell(userId, 1, 2)
    clock.advance(120_000)
    await sendAll()
    expect(await texts()).toEqual([])
    clock.advance(12 * HOUR_MS)
    await sendAll()
    expect((await texts()).sort()).toEqual(['Tip 1', 'Tip 2'])
    await tell(userId, 3, 4)
    expect(await texts()).toHaveLength(2)
  })

  test('does not count what reached nobody', async () => {
    const { person, telegramId, userId, texts, rows } = await aPersonInTelegram()
    await person.blockBot()
    await tell(userId, 1)
    await tell(userId, 2)
    expect(await rows()).toEqual([
      'skipped: Forbidden: bot was blocked by the user',
      'skipped: blocked',
    ])
    await person.unblockBot()
    await services.reach.heardFrom(telegramId)
    await tell(userId, 3, 4, 5)
    expect(await texts()).toHaveLength(2)
  })
})

describe('what goes wrong', () => {
  test('who blocked the bot is marked and not called again, until they write', async () => {
    const { person, telegramId, userId, texts, rows } = await aPersonInTelegram()
    await person.blockBot()
    const tell = async (occasion: string) => {
      await notifications.send(receipt, { title: 'a mug' }, { userId, occasion })
      await sendAll()
    }
    await tell('first')
    expect(await services.reach.isReachable(userId)).toBe(false)
    const calls = (await sandbox.control.log()).length
    await tell('second')
    expect((await sandbox.control.log()).length).toBe(calls)
    expect(await rows()).toEqual([
      'skipped: Forbidden: bot was blocked by the user',
      'skipped: blocked',
    ])
    await person.unblockBot()
    await services.reach.heardFrom(telegramId)
    await tell('third')
    expect(await texts()).toEqual(['Paid: a mug'])
  })

  test('what Telegram puts off is sent after the time it asks for, out of the same share', async () => {
    const { userId, texts, rows } = await aPersonInTelegram()
    await sandbox.control.faults.add({ target: 'telegram', kind: 'rate_limit', retry_after: 30 })
    await notifications.send(tip, { count: 1 }, { userId, occasion: 'slow' })
    await sendAll()
    expect(await rows()).toEqual(['due'])
    clock.advance(29_999)
    await sendAll()
    expect(await texts()).toEqual([])
    clock.advance(1)
    await sendAll()
    await notifications.send(tip, { count: 2 }, { userId, occasion: 'second' })
    await sendAll()
    expect(await texts()).toEqual(['Tip 1', 'Tip 2'])
  })

  test.each([
    ['an answer that is lost', { kind: 'drop', effect: 'done' }, ['Paid: a mug']],
    ['a failure of Telegram', { kind: 'error', effect: 'not_done' }, []],
  ] as const)('%s leaves it unknown, and it is not sent again', async (_what, fault, arrived) => {
    const { userId, texts, rows } = await aPersonInTelegram()
    await sandbox.control.faults.add({ target: 'telegram', method: 'sendMessage', ...fault })
    await notifications.send(receipt, { title: 'a mug' }, { userId, occasion: 'unclear' })
    await sendAll()
    clock.advance(DAY_MS)
    await sendAll()
    expect(await texts()).toEqual(arrived)
    expect(await rows()).toEqual([expect.stringMatching(/^unknown: /)])
  })

  test('what a killed process held is unknown once its time is over, and is not sent again', async () => {
    const { userId, texts, rows } = await aPersonInTelegram()
    await notifications.send(receipt, { title: 'a mug' }, { userId, occasion: 'killed' })
    const { repos } = services
    await repos.notifications.claimDue({ now: clock.now(), limit: 10, leaseMs: 0 })
    expect(await rows()).toEqual(['sending'])
    await sendAll()
    expect(await rows()).toEqual(['unknown: interrupted'])
    expect(await texts()).toEqual([])
  })

  test('a template that is gone, or filled with something else, fails and says so', async () => {
    const { userId, rows } = await aPersonInTelegram()
    const row = {
      userId,
      status: 'due' as const,
      rank: 1,
      dueAt: clock.now(),
      expiresAt: addMs(clock.now(), DAY_MS),
      createdAt: clock.now(),
      facts: {},
    }
    await services.repos.notifications.insertNew([
      { ...row, id: newId(), template: 'gone', occasion: '1' },
      { ...row, id: newId(), template: 'tip.daily', occasion: '2' },
    ])
    await sendAll()
    expect(await rows()).toEqual([
      'failed: no such template',
      'failed: the template could not be filled',
    ])
  })
})
