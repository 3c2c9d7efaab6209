import { startSandbox } from '@gramkit/sandbox'
import { testDatabase } from '@gramkit/services/testing'
import { sql } from 'drizzle-orm'
import { Api } from 'grammy'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { addMs, newId, VirtualClock } from '../../../kernel/index.ts'
import { databaseError, rows } from '../../../platform/database/index.ts'
import { LimitsUnavailable } from '../../../platform/limits/limits.errors.ts'
import { SendPace } from '../../../platform/telegram/index.ts'
import { createPlatform } from '../../../platform.ts'
import { telegramChannel } from '../channels/telegram.ts'
import type { BroadcastSender } from './sending.service.ts'

const TOKEN = '700000005:AAtest-token-of-a-bot-that-broadcasts'
const HOUR_MS = 3_600_000

const sandbox = await startSandbox({
  bots: [{ token: TOKEN, username: 'news_bot', name: 'Bot' }],
  limits: { messagesPerSecond: 100_000, paidMessagesPerSecond: 100_000 },
})
const database = await testDatabase()
const clock = new VirtualClock(new Date('2030-01-07T12:00:00Z'))
const platform = await createPlatform({
  databaseUrl: database.appUrl,
  poolSize: 16,
  clock,
  notifications: { paidBroadcastStarsMax: 5 },
})
const { services } = platform
const { broadcasts, repos } = services
const actor = 'admin'

/** A process that sends; each has a pace of its own bot, so that tests do not wait for each other. */
function aSender(botId: string = newId()) {
  const rates = { messagesPerSecond: 10_000, paidMessagesPerSecond: 10_000 }
  const pace = new SendPace({ limiter: services.limiter, botId, ...rates })
  const api = new Api(TOKEN, { apiRoot: `${sandbox.url}/sandbox/telegram` })
  return { channel: telegramChannel(api), pace }
}

/** A process whose pace is interfered with. */
function aSenderWith(pace: Partial<BroadcastSender['pace']>): BroadcastSender {
  const sender = aSender()
  return {
    channel: sender.channel,
    pace: {
      sliceOf: (isPaid) => sender.pace.sliceOf(isPaid),
      waitForAll: (count, options) => sender.pace.waitForAll(count, options),
      takeEach: (telegramIds) => sender.pace.takeEach(telegramIds),
      hold: (durationMs) => sender.pace.hold(durationMs),
      ...pace,
    },
  }
}

/** Sends until nobody is due. */
async function sendAll(sender: BroadcastSender = aSender()): Promise<void> {
  while ((await services.broadcastSending.sendDue(sender)) > 0);
}

const found = z.object({ id: z.uuid(), telegramId: z.coerce.number() })

/** People in the sandbox who are known here; only they belong to the broadcasts of a test. */
async function somePeople(count: number, languageCode = 'en') {
  await services.repos.db.execute(sql`update gramkit.user_account set telegram_id = null`)
  return morePeople(count, languageCode)
}

async function morePeople(count: number, languageCode = 'en') {
  const { first, last } = await sandbox.control.telegram.addUsers(count, {
    language_code: languageCode,
  })
  return rows(
    repos.db,
    sql`insert into gramkit.user_account
        (id, kind, telegram_id, first_name, language_code, time_zone, created_at, updated_at)
      select gen_random_uuid(), 'registered', n, 'Ada', ${languageCode}, 'UTC', now(), now()
      from generate_series(${first}::bigint, ${last}::bigint) n
      returning id, telegram_id as "telegramId"`,
    found,
  )
}

/** How many messages each of some people got. */
async function countsOf(people: readonly { telegramId: number }[]): Promise<number[]> {
  const counts = new Map(
    (await sandbox.control.telegram.sentCounts()).map(({ userId, sent }) => [userId, sent]),
  )
  return people.map(({ telegramId }) => counts.get(telegramId) ?? 0)
}

const aDraft = (options: Partial<Parameters<typeof broadcasts.draft>[0]> = {}) =>
  broadcasts.draft({ id: newId(), texts: { en: 'Hello', ru: 'Привет' }, actor, ...options })

async function aRunning(options: Parameters<typeof aDraft>[0] = {}) {
  const draft = await aDraft(options)
  return broadcasts.start(draft.id, actor)
}

afterAll(async () => {
  await platform.close()
  await sandbox.close()
  await database.drop()
})

describe('a broadcast', () => {
  test('is counted before it starts, and says nothing until then', async () => {
    const people = await somePeople(4)
    const [blocked, deaf] = people
    await services.reach.markBlocked([{ userId: blocked?.id ?? '', reason: 'blocked' }])
    await services.notificationSettings.update(deaf?.id ?? '', { topics: { news: false } })
    const draft = await aDraft()
    expect(await broadcasts.preview(draft.id)).toEqual({ recipients: 2, unreachable: 2 })
    await sendAll()
    expect(await countsOf(people)).toEqual([0, 0, 0, 0])
    expect(await broadcasts.get(draft.id)).toMatchObject({ status: 'draft' })
  })

  test('reaches everybody once in their language, whoever comes later not at all', async () => {
    const english = await somePeople(30)
    const russian = await morePeople(30, 'ru')
    const running = await aRunning()
    const late = await morePeople(1)
    // Three processes at once.
    await Promise.all([sendAll(), sendAll(), sendAll()])
    await sendAll()
    expect(new Set(await countsOf([...english, ...russian]))).toEqual(new Set([1]))
    expect(await countsOf(late)).toEqual([0])
    const textOf = async (person: { telegramId: number } | undefined) =>
      (await sandbox.control.userById(person?.telegramId ?? 0).chat()).map(({ text }) => text)
    expect(await textOf(english[7])).toEqual(['Hello'])
    expect(await textOf(russian[7])).toEqual(['Привет'])
    expect(await broadcasts.get(running.id)).toMatchObject({ status: 'finished' })
    expect(await broadcasts.progress(running.id)).toMatchObject({ sent: 60, pending: 0 })
  })

  test('is started once, however often it is asked for', async () => {
    const people = await somePeople(5)
    const draft = await aDraft()
    await Promise.all(Array.from({ length: 5 }, () => broadcasts.start(draft.id, actor)))
    await sendAll()
    await broadcasts.start(draft.id, actor)
    await sendAll()
    expect(await countsOf(people)).toEqual([1, 1, 1, 1, 1])
    const started = await rows(
      repos.db,
      sql`select count(*)::int as count from gramkit.outbox_event
        where subject_id = ${draft.id} and name = 'broadcast.started'`,
      z.object({ count: z.number() }),
    )
    expect(started).toEqual([{ count: 1 }])
  })

  test('goes to an audience, with buttons, and in the one language it has', async () => {
    const english = await somePeople(3)
    const russian = await morePeople(3, 'ru')
    const [shown] = english
    await repos.users.update(shown?.id ?? '', { language: 'ru' })
    await aRunning({
      texts: { en: 'Only English' },
      audience: { languages: ['ru'] },
      buttons: [{ text: 'Open', url: 'https://example.org/' }],
    })
    await sendAll()
    expect(await countsOf([...english, ...russian])).toEqual([1, 0, 0, 1, 1, 1])
    const [message] = await sandbox.control.userById(shown?.telegramId ?? 0).chat()
    expect(message).toMatchObject({
      text: 'Only English',
      reply_markup: { inline_keyboard: [[{ text: 'Open', url: 'https://example.org/' }]] },
    })
  })

  test('goes to those who came lately', async () => {
    const people = await somePeople(3)
    const [lately, long] = people
    await repos.users.update(lately?.id ?? '', {
      lastSeenAt: addMs(clock.now(), -6 * 24 * HOUR_MS),
    })
    await repos.users.update(long?.id ?? '', { lastSeenAt: addMs(clock.now(), -8 * 24 * HOUR_MS) })
    await aRunning({ audience: { seenWithinDays: 7 } })
    await sendAll()
    expect(await countsOf(people)).toEqual([1, 0, 0])
  })

  test('waits for the end of somebody’s quiet hours', async () => {
    const people = await somePeople(2)
    const quietHours = { from: '11:00', until: '14:00' }
    await services.notificationSettings.update(people[0]?.id ?? '', { quietHours })
    const { id } = await aRunning()
    await sendAll()
    expect(await countsOf(people)).toEqual([0, 1])
    expect(await broadcasts.get(id)).toMatchObject({ status: 'running' })
    expect(await services.broadcastSending.findNextDueAt()).toEqual(addMs(clock.now(), 2 * HOUR_MS))
    clock.advance(2 * HOUR_MS)
    await sendAll()
    expect(await countsOf(people)).toEqual([1, 1])
    expect(await broadcasts.get(id)).toMatchObject({ status: 'finished' })
    clock.advance(22 * HOUR_MS)
  })

  test('skips who turns news off while it runs', async () => {
    const people = await somePeople(3)
    const { id } = await aRunning()
    await services.notificationSettings.update(people[0]?.id ?? '', { topics: { news: false } })
    await sendAll()
    expect(await countsOf(people)).toEqual([0, 1, 1])
    const { reasons } = await broadcasts.progress(id)
    expect(reasons).toEqual([{ reason: 'turned off', count: 1 }])
  })

  test('that started first is sent first and listed behind a newer one, whoever drafted it', async () => {
    await somePeople(3)
    const first = await aRunning({ id: 'ffffffff-ffff-4fff-bfff-ffffffffffff' })
    clock.advance(1_000)
    const second = await aRunning({ id: '00000000-0000-4000-8000-000000000000' })
    await services.broadcastSending.sendDue(aSender())
    expect(await broadcasts.progress(first.id)).toMatchObject({ sent: 3 })
    expect(await broadcasts.progress(second.id)).toMatchObject({ pending: 3 })
    const newest = await broadcasts.list({ limit: 1 })
    const next = await broadcasts.list({ limit: 1, cursor: newest.nextCursor ?? '' })
    expect([...newest.items, ...next.items].map(({ id }) => id)).toEqual([second.id, first.id])
    await sendAll()
  })
})

describe('who cannot be reached', () => {
  test('is marked with the reason, left alone next time, and reached again after a word', async () => {
    const people = await somePeople(3)
    const [gone] = people
    const person = sandbox.control.userById(gone?.telegramId ?? 0)
    await person.blockBot()
    const first = await aRunning()
    await sendAll()
    const progress = await broadcasts.progress(first.id)
    expect(progress).toMatchObject({ sent: 2, skipped: 1 })
    expect(progress.reasons).toEqual([
      { reason: 'Forbidden: bot was blocked by the user', count: 1 },
    ])
    const second = await aRunning()
    await sendAll()
    expect((await broadcasts.progress(second.id)).reasons).toEqual([
      { reason: 'blocked', count: 1 },
    ])
    await person.unblockBot()
    await services.reach.heardFrom(BigInt(gone?.telegramId ?? 0))
    await aRunning()
    await sendAll()
    expect(await countsOf(people)).toEqual([1, 3, 3])
  })
})

describe('a canceled broadcast', () => {
  test('sends nothing to anybody who was not in hand already', async () => {
    const people = await somePeople(300)
    const { id } = await aRunning()
    const sending = Promise.all([sendAll(), sendAll()])
    const until = performance.now() + 10_000
    while ((await broadcasts.progress(id)).sent < 25 && performance.now() < until);
    await broadcasts.cancel(id, actor)
    // Whoever was marked before the word counts as in hand; nobody is marked after it.
    const { sent, sending: inHand, pending } = await broadcasts.progress(id)
    expect(pending).toBe(0)
    await sending
    await sendAll()
    const after = await broadcasts.progress(id)
    expect(after.sent).toBeLessThanOrEqual(sent + inHand)
    expect(after.sent).toBeLessThan(300)
    expect(after.sent + after.skipped).toBe(300)
    expect(after.reasons).toEqual([{ reason: 'canceled', count: after.skipped }])
    expect((await countsOf(people)).reduce((sum, count) => sum + count)).toBe(after.sent)
  })

  test('calls nobody of a slice that was only marked', async () => {
    const people = await somePeople(20)
    const { id } = await aRunning()
    const { pace } = aSender()
    const stopped = aSenderWith({
      takeEach: async (telegramIds) => {
        const leaves = await pace.takeEach(telegramIds)
        await broadcasts.cancel(id, actor)
        return leaves
      },
    })
    await sendAll(stopped)
    expect(new Set(await countsOf(people))).toEqual(new Set([0]))
    expect(await broadcasts.progress(id)).toMatchObject({
      ...{ pending: 0, sending: 0, skipped: 20, reasons: [{ reason: 'canceled', count: 20 }] },
    })
  })

  test('skips who is put back after the word', async () => {
    await somePeople(1)
    const { id } = await aRunning()
    const claim = { now: clock.now(), limit: 1, isPaid: false, leaseMs: 600_000 }
    const [held] = await repos.recipients.claim(id, claim)
    await broadcasts.cancel(id, actor)
    const put = { userId: held ?? '', status: 'pending' as const, reason: null, dueAt: clock.now() }
    await repos.recipients.record(id, [put], clock.now())
    expect(await broadcasts.progress(id)).toMatchObject({
      ...{ pending: 0, skipped: 1, reasons: [{ reason: 'canceled', count: 1 }] },
    })
  })

  test('leaves unknown what a killed process held', async () => {
    await somePeople(3)
    const { id } = await aRunning()
    await repos.recipients.claim(id, { now: clock.now(), limit: 1, isPaid: false, leaseMs: 0 })
    await broadcasts.cancel(id, actor)
    expect(await services.broadcastSending.findNextDueAt()).toEqual(clock.now())
    await sendAll()
    expect(await services.broadcastSending.findNextDueAt()).toBeNull()
    expect(await broadcasts.progress(id)).toMatchObject({ sending: 0, unknown: 1, skipped: 2 })
  })

  test('does not start again, and canceling it twice is harmless', async () => {
    await somePeople(1)
    const draft = await aDraft()
    await broadcasts.cancel(draft.id, actor)
    await broadcasts.cancel(draft.id, actor)
    await expect(broadcasts.start(draft.id, actor)).rejects.toMatchObject({
      code: 'broadcasts.ended',
    })
  })

  test('that is finished stays finished', async () => {
    await somePeople(1)
    const { id } = await aRunning()
    await sendAll()
    expect(await broadcasts.cancel(id, actor)).toMatchObject({ status: 'finished' })
  })
})

describe('what goes wrong', () => {
  test('what Telegram puts off is sent later, and all processes wait for it', async () => {
    const people = await somePeople(1)
    const botId = newId()
    const { id } = await aRunning()
    await sandbox.control.faults.add({ target: 'telegram', kind: 'rate_limit', retry_after: 600 })
    await sendAll(aSender(botId))
    expect(await broadcasts.progress(id)).toMatchObject({ pending: 1 })
    clock.advance(600_000)
    // Another process of the bot: its leave is counted in the machine's time.
    const calls = async () =>
      (await sandbox.control.log()).filter(({ name }) => name === 'sendMessage').length
    const before = await calls()
    await sendAll(aSender(botId))
    expect(await calls()).toBe(before)
    await sendAll(aSender())
    expect(await countsOf(people)).toEqual([1])
    expect(await broadcasts.get(id)).toMatchObject({ status: 'finished' })
  })

  test('an answer that is lost leaves it unknown, and it is not sent again', async () => {
    const people = await somePeople(2)
    const { id } = await aRunning()
    await sandbox.control.faults.add({ target: 'telegram', kind: 'drop', effect: 'done' })
    await sendAll()
    expect(await countsOf(people)).toEqual([1, 1])
    expect(await broadcasts.progress(id)).toMatchObject({ sent: 1, unknown: 1 })
  })

  test('a limiter that fails in a slice leaves those written to as sent, and the others waiting', async () => {
    const people = await somePeople(3)
    const { id } = await aRunning({ paidStars: 5 })
    const away = () => Promise.reject(new LimitsUnavailable({}))
    const unavailable = { code: 'limits.unavailable' }
    const sendWith = (pace: Parameters<typeof aSenderWith>[0]) =>
      services.broadcastSending.sendDue(aSenderWith(pace))
    await expect(sendWith({ takeEach: away })).rejects.toMatchObject(unavailable)
    expect(await broadcasts.progress(id)).toMatchObject({ pending: 3, sending: 0 })
    expect(await broadcasts.get(id)).toMatchObject({ paidTaken: 0 })
    clock.advance(60_000)
    await sandbox.control.faults.add({ target: 'telegram', kind: 'rate_limit' })
    await expect(sendWith({ hold: away })).rejects.toMatchObject(unavailable)
    expect(await broadcasts.progress(id)).toMatchObject({ sent: 2, pending: 1 })
    clock.advance(60_000)
    await sendAll()
    expect(await countsOf(people)).toEqual([1, 1, 1])
    expect(await broadcasts.get(id)).toMatchObject({ paidTaken: 3 })
  })

  test('a slice that fails leaves no other at work', async () => {
    const people = await somePeople(3)
    await aRunning()
    const other = Promise.withResolvers<number>()
    let asked = 0
    let isOver = false
    const waitForAll = () =>
      asked++ === 0 ? Promise.reject(new LimitsUnavailable({})) : other.promise
    const sending = Promise.allSettled([
      services.broadcastSending.sendDue(aSenderWith({ waitForAll })),
    ]).finally(() => {
      isOver = true
    })
    await vi.waitFor(() => expect(asked).toBe(2), { timeout: 10_000 })
    await new Promise(setImmediate)
    expect(isOver).toBe(false)
    other.resolve(0)
    expect(await sending).toMatchObject([{ reason: { code: 'limits.unavailable' } }])
    expect(await countsOf(people)).toEqual([1, 1, 1])
  })

  test('what a killed process held becomes unknown, and is never sent', async () => {
    const people = await somePeople(3)
    const { id } = await aRunning()
    const claim = { now: clock.now(), limit: 1, isPaid: false }
    const [held] = await repos.recipients.claim(id, { ...claim, leaseMs: 0 })
    await sendAll()
    expect(await broadcasts.progress(id)).toMatchObject({ sent: 2, unknown: 1 })
    const counts = await countsOf(people.filter((person) => person.id === held))
    expect(counts).toEqual([0])
    expect(await broadcasts.get(id)).toMatchObject({ status: 'finished' })
  })

  test('one that is in somebody’s hands is not given to another, nor given up too soon', async () => {
    await somePeople(1)
    const { id } = await aRunning()
    const claim = { now: clock.now(), limit: 5, isPaid: false, leaseMs: 600_000 }
    const [held] = await repos.recipients.claim(id, claim)
    expect(await repos.recipients.claim(id, claim)).toEqual([])
    await sendAll()
    expect(await broadcasts.progress(id)).toMatchObject({ sending: 1 })
    expect(await broadcasts.get(id)).toMatchObject({ status: 'running' })
    const result = { userId: held ?? '', status: 'sent' as const, reason: null, dueAt: clock.now() }
    await repos.recipients.record(id, [result], clock.now())
    await sendAll()
    expect(await broadcasts.get(id)).toMatchObject({ status: 'finished' })
  })

  test('is never sent inside a transaction', async () => {
    await expect(
      services.transaction(async (tx) => tx.broadcastSending.sendDue(aSender())),
    ).rejects.toThrow('inside a database transaction')
  })
})

describe('a broadcast that may cost money', () => {
  const paidIn = async (id: string): Promise<number> => (await broadcasts.get(id)).paidTaken

  test.each([1, 3])('pays for no more messages than it may, by %i processes', async (processes) => {
    await somePeople(40)
    const { id } = await aRunning({ paidStars: 1 })
    await Promise.all(Array.from({ length: processes }, () => sendAll()))
    const [paid] = await rows(
      repos.db,
      sql`select count(*)::int as count from gramkit.broadcast_recipient
        where broadcast_id = ${id} and is_paid and status = 'sent'`,
      z.object({ count: z.number() }),
    )
    expect(await broadcasts.progress(id)).toMatchObject({ sent: 40 })
    expect(await paidIn(id)).toBe(paid?.count)
    // Of several, those who may not pay can be first with everybody.
    if (processes === 1) expect(paid?.count).toBe(10)
    else expect(paid?.count).toBeLessThanOrEqual(10)
  })

  test('does not pay for what was not sent', async () => {
    const people = await somePeople(5)
    for (const { telegramId } of people.slice(0, 3)) {
      await sandbox.control.userById(telegramId).blockBot()
    }
    const { id } = await aRunning({ paidStars: 5 })
    await sendAll()
    expect(await broadcasts.progress(id)).toMatchObject({ sent: 2, skipped: 3 })
    expect(await paidIn(id)).toBe(2)
  })

  test('is refused when it may cost more than the app allows', async () => {
    await expect(aDraft({ paidStars: 6 })).rejects.toMatchObject({
      code: 'broadcasts.paid_too_much',
    })
  })

  test('cannot be written beyond its budget, whatever the program does', async () => {
    await somePeople(1)
    const { id } = await aRunning({ paidStars: 1 })
    const beyond = repos.broadcasts.update(id, { paidTaken: 11 })
    const error = await beyond.then(
      () => undefined,
      (thrown: unknown) => databaseError(thrown),
    )
    expect(error?.code).toBe('23514')
    await broadcasts.cancel(id, actor)
  })
})
