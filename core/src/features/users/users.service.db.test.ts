import { createHash, createHmac, generateKeyPairSync } from 'node:crypto'
import { testDatabase } from '@gramkit/services/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { openNodePostgres } from '../../platform/database/index.ts'
import { outboxEvent } from '../../platform/outbox/index.ts'
import { initDataOf, signInitDataByKey } from '../../testing/init-data.ts'
import { usersScope } from '../../testing/users-scope.ts'
import { userSession } from './sessions/session.table.ts'
import { SESSIONS_PER_USER_MAX } from './sessions/session.ts'
import { userAccount } from './user.table.ts'
import type { TelegramUser } from './user.ts'
import { forgetOpenedInitData } from './users.jobs.ts'

const botToken = '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'
const start = new Date('2026-01-31T12:00:00.000Z')
const HOUR_MS = 60 * 60 * 1_000

const testing = await testDatabase()
const database = openNodePostgres({ url: testing.appUrl })
const db = database.executor
const clock = new VirtualClock(start)
const { users, sessions } = usersScope(database, { clock, identity: { botToken } })

let anna: TelegramUser
let lastTelegramId = 1_000n

beforeEach(() => {
  lastTelegramId += 1n
  anna = {
    id: lastTelegramId,
    username: 'anna',
    firstName: 'Anna',
    lastName: null,
    languageCode: 'ru',
  }
})

afterAll(async () => {
  await database.close()
  await testing.drop()
})

const parallel = <T>(times: number, call: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, call))
const rowsOf = (telegramId: bigint) =>
  db.select().from(userAccount).where(eq(userAccount.telegramId, telegramId))
const eventsOf = (userId: string) =>
  db.select().from(outboxEvent).where(eq(outboxEvent.subjectId, userId))

describe('getOrCreateFromTelegram', () => {
  test('writes a person down on first sight and says so once', async () => {
    const first = await users.getOrCreateFromTelegram(anna)
    const again = await users.getOrCreateFromTelegram(anna)
    expect(again).toEqual(first)
    expect(first).toMatchObject({ kind: 'registered', telegramId: anna.id, firstName: 'Anna' })
    expect(await eventsOf(first.id)).toMatchObject([
      { name: 'user.created', version: 1, userId: first.id, payload: { kind: 'registered' } },
    ])
  })

  test('writes the profile only when Telegram says something new', async () => {
    const first = await users.getOrCreateFromTelegram(anna)
    clock.advance(HOUR_MS)
    expect((await users.getOrCreateFromTelegram(anna)).updatedAt).toEqual(first.updatedAt)
    const renamed = await users.getOrCreateFromTelegram({ ...anna, username: null })
    expect(renamed).toMatchObject({ id: first.id, username: null, updatedAt: clock.now() })
  })

  test('makes one row and one event of 20 first updates at the same time', async () => {
    const found = await parallel(20, () => users.getOrCreateFromTelegram(anna))
    expect(new Set(found.map((user) => user.id)).size).toBe(1)
    const [row, ...more] = await rowsOf(anna.id)
    expect(more).toEqual([])
    expect(await eventsOf(row?.id ?? '')).toHaveLength(1)
  })

  test('keeps identities of the full 52 bits apart', async () => {
    const large = await users.getOrCreateFromTelegram({ ...anna, id: 4_503_599_627_370_495n })
    const next = await users.getOrCreateFromTelegram({ ...anna, id: 4_503_599_627_370_494n })
    expect(large.id).not.toBe(next.id)
    expect(large.telegramId).toBe(4_503_599_627_370_495n)
  })
})

const replayed = { code: 'users.init_data_invalid', details: { reason: 'replayed' } }
const stale = { code: 'users.init_data_invalid', details: { reason: 'stale' } }

describe('loginWithTelegram', () => {
  const initData = () =>
    initDataOf({ id: Number(anna.id), first_name: 'Anna' }, { botToken, at: clock.now() })

  test('opens a session of the surface telegram and stores no token', async () => {
    const { token, user, session } = await users.loginWithTelegram(initData())
    expect(session).toMatchObject({ userId: user.id, surface: 'telegram' })
    const [row] = await db.select().from(userSession).where(eq(userSession.id, session.id))
    expect(JSON.stringify(row)).not.toContain(token)
    expect(await sessions.authenticate(token)).toMatchObject({ user, session: { id: session.id } })
  })

  test('makes one person of 20 first logins at the same time, and 20 sessions', async () => {
    const logins = await parallel(20, () => users.loginWithTelegram(initData()))
    expect(await rowsOf(anna.id)).toHaveLength(1)
    expect(new Set(logins.map(({ token }) => token)).size).toBe(20)
  })

  test('opens one login with one init data, also when 20 send it at the same time', async () => {
    const data = initData()
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => users.loginWithTelegram(data)),
    )
    const refused = tries.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(19)
    expect(refused[0]?.reason).toMatchObject({
      code: 'users.init_data_invalid',
      details: { reason: 'replayed' },
    })
    const [row] = await rowsOf(anna.id)
    expect(await sessions.list(row?.id ?? '')).toHaveLength(1)
  })

  test('knows init data again in another order of its fields', async () => {
    const data = initData()
    await users.loginWithTelegram(data)
    const reordered = data.split('&').reverse().join('&')
    await expect(users.loginWithTelegram(reordered)).rejects.toMatchObject(replayed)
  })

  test('continues a live login of the same person with init data that was used', async () => {
    const data = initData()
    const { token, session } = await users.loginWithTelegram(data)
    const again = await users.loginWithTelegram(data, { sessionToken: token })
    expect(again).toMatchObject({ token, session: { id: session.id } })
    expect(await sessions.list(session.userId)).toHaveLength(1)
  })

  test('continues nobody else’s login, and none that has ended', async () => {
    const data = initData()
    const own = await users.loginWithTelegram(data)
    const guest = await users.loginAsGuest(newId())
    const other = await users.loginWithTelegram(
      initDataOf({ id: 7, first_name: 'Olga' }, { botToken, at: clock.now() }),
    )
    for (const sessionToken of [guest.token, other.token, 'a'.repeat(43), '']) {
      await expect(users.loginWithTelegram(data, { sessionToken })).rejects.toMatchObject(replayed)
    }
    await sessions.logout(own.token)
    await expect(users.loginWithTelegram(data, { sessionToken: own.token })).rejects.toMatchObject(
      replayed,
    )
  })

  test('lets the device that sent it send it again, and no other', async () => {
    const data = initData()
    const deviceKey = newId()
    await users.loginWithTelegram(data, { deviceKey })
    const again = await users.loginWithTelegram(data, { deviceKey })
    expect(await sessions.authenticate(again.token)).toMatchObject({ user: again.user })
    for (const client of [{}, { deviceKey: newId() }]) {
      await expect(users.loginWithTelegram(data, client)).rejects.toMatchObject(replayed)
    }
  })

  test('opens no login with old init data, and continues a live one for a month', async () => {
    const data = initData()
    const { token } = await users.loginWithTelegram(data)
    clock.advance(DAY_MS + 1_000)
    await expect(users.loginWithTelegram(data)).rejects.toMatchObject(stale)
    expect(await users.loginWithTelegram(data, { sessionToken: token })).toMatchObject({ token })
    clock.advance(29 * DAY_MS)
    await expect(users.loginWithTelegram(data, { sessionToken: token })).rejects.toMatchObject(
      stale,
    )
    expect(await sessions.authenticate(token)).toMatchObject({ user: { telegramId: anna.id } })
  })

  test('forgets init data an hour after it is too old to open a login, not before', async () => {
    const data = initData()
    await users.loginWithTelegram(data)
    clock.advance(DAY_MS - 1)
    const fork = usersScope(database, { clock, identity: { botToken } })
    while ((await forgetOpenedInitData.runDue(fork)) > 0);
    await expect(users.loginWithTelegram(data)).rejects.toMatchObject(replayed)
    clock.advance(1)
    await expect(users.loginWithTelegram(data)).rejects.toMatchObject(stale)
    clock.advance(HOUR_MS - 1)
    expect(await forgetOpenedInitData.runDue(fork)).toBe(0)
    clock.advance(1)
    expect(await forgetOpenedInitData.runDue(fork)).toBe(1)
  })

  test('ends the logins of the guest who becomes this person', async () => {
    const deviceKey = newId()
    const [mine, others] = [
      await users.loginAsGuest(deviceKey),
      await users.loginAsGuest(deviceKey),
    ]
    const login = await users.loginWithTelegram(initData(), { sessionToken: mine.token })
    expect(login.user.id).toBe(mine.user.id)
    expect(await sessions.list(mine.user.id)).toMatchObject([{ id: login.session.id }])
    expect(await sessions.find(others.token)).toBeUndefined()
  })

  test('takes Telegram’s signature where there is no bot token', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString(
      'hex',
    )
    const signer = { botId: '42', publicKey: hex }
    const signed = usersScope(database, { clock, identity: { initDataSigner: signer } })
    const data = signInitDataByKey(
      [
        ['user', JSON.stringify({ id: Number(anna.id), first_name: 'Anna' })],
        ['auth_date', String(Math.floor(clock.now().getTime() / 1_000))],
      ],
      { botId: '42', privateKey },
    )
    await expect(
      signed.users.loginWithTelegram(data.replace('Anna', 'Emma')),
    ).rejects.toMatchObject({ details: { reason: 'signature_mismatch' } })
    const { user } = await signed.users.loginWithTelegram(data)
    expect(user.telegramId).toBe(anna.id)
    await expect(signed.users.loginWithTelegram(data)).rejects.toMatchObject(replayed)
    await expect(users.loginWithTelegram(data)).rejects.toMatchObject({
      details: { reason: 'hash_missing' },
    })
  })

  test('refuses stale and forged init data and writes nobody down', async () => {
    const at = new Date(clock.now().getTime() - DAY_MS - 1_000)
    const person = { id: Number(anna.id), first_name: 'Anna' }
    const stale = initDataOf(person, { botToken, at })
    await expect(users.loginWithTelegram(stale)).rejects.toMatchObject({
      code: 'users.init_data_invalid',
      details: { reason: 'stale' },
    })
    const forged = initDataOf(person, { botToken: `${botToken}x`, at: clock.now() })
    await expect(users.loginWithTelegram(forged)).rejects.toMatchObject({
      details: { reason: 'hash_mismatch' },
    })
    expect(await rowsOf(anna.id)).toEqual([])
  })

  test('is unavailable without a bot token, also when it is empty', async () => {
    for (const identity of [{}, { botToken: '' }]) {
      const unconfigured = usersScope(database, { clock, identity })
      await expect(unconfigured.users.loginWithTelegram(initData())).rejects.toMatchObject({
        code: 'users.telegram_login_unavailable',
      })
    }
  })

  test('keeps the newest sessions of a person and lets the oldest go', async () => {
    const first = await users.loginWithTelegram(initData())
    for (let login = 0; login < SESSIONS_PER_USER_MAX; login++) {
      await users.loginWithTelegram(initData())
    }
    const rows = await db.select().from(userSession).where(eq(userSession.userId, first.user.id))
    expect(rows).toHaveLength(SESSIONS_PER_USER_MAX)
    await expect(sessions.authenticate(first.token)).rejects.toMatchObject({
      code: 'users.session_unknown',
    })
  })
})

describe('loginWithWidget', () => {
  const pressed = () => {
    const fields = {
      id: Number(anna.id),
      first_name: 'Anna',
      auth_date: Math.floor(clock.now().getTime() / 1_000),
    }
    const lines = Object.entries(fields).map(([key, value]) => `${key}=${value}`)
    const key = createHash('sha256').update(botToken).digest()
    const hash = createHmac('sha256', key).update(lines.sort().join('\n')).digest('hex')
    return { ...fields, hash }
  }

  test('opens one login of the surface web with one press of the button', async () => {
    const fields = pressed()
    const { user, session } = await users.loginWithWidget(fields)
    expect(session).toMatchObject({ surface: 'web' })
    expect(user.telegramId).toBe(anna.id)
    await expect(users.loginWithWidget(fields)).rejects.toMatchObject({
      code: 'users.login_widget_invalid',
      details: { reason: 'replayed' },
    })
    expect(await sessions.list(user.id)).toHaveLength(1)
  })

  test('keeps the language, of which the widget says nothing', async () => {
    await users.getOrCreateFromTelegram(anna)
    const { user } = await users.loginWithWidget(pressed())
    expect(user).toMatchObject({ languageCode: 'ru', firstName: 'Anna', username: null })
  })
})

describe('loginAsGuest', () => {
  test('gives one guest to one device key, however many logins come at the same time', async () => {
    const deviceKey = newId()
    const logins = await parallel(20, () => users.loginAsGuest(deviceKey))
    const ids = new Set(logins.map(({ user }) => user.id))
    expect(ids.size).toBe(1)
    expect(logins[0]).toMatchObject({
      user: { kind: 'guest', telegramId: null },
      session: { surface: 'web' },
    })
    expect(await eventsOf(logins[0]?.user.id ?? '')).toHaveLength(1)
    expect(JSON.stringify(await db.select().from(userAccount), bigintAsText)).not.toContain(
      deviceKey,
    )
  })

  test('never gives one guest to two device keys', async () => {
    const one = await users.loginAsGuest(newId())
    const other = await users.loginAsGuest(newId())
    expect(one.user.id).not.toBe(other.user.id)
  })

  test('refuses a key that could be guessed', async () => {
    await expect(users.loginAsGuest('1111111111111111')).rejects.toMatchObject({
      code: 'users.device_key_invalid',
    })
  })
})

describe('updateProfile', () => {
  test('changes what a guest says about themselves', async () => {
    const { user } = await users.loginAsGuest(newId())
    const changes = { firstName: 'Guest', languageCode: 'en', timeZone: 'Asia/Yekaterinburg' }
    await users.updateProfile(user.id, changes)
    expect(await users.getById(user.id)).toMatchObject(changes)
    await users.updateProfile(user.id, { firstName: null })
    expect(await users.getById(user.id)).toMatchObject({ ...changes, firstName: null })
  })

  test('leaves the name to Telegram and the time zone to the person', async () => {
    const user = await users.getOrCreateFromTelegram(anna)
    await expect(users.updateProfile(user.id, { firstName: 'Ann' })).rejects.toMatchObject({
      code: 'users.profile_kept_by_telegram',
      details: { field: 'firstName' },
    })
    const changes = { firstName: 'Anna', timeZone: 'Europe/Berlin' }
    expect(await users.updateProfile(user.id, changes)).toMatchObject(changes)
  })

  test('refuses a time zone nobody lives in', async () => {
    const { user } = await users.loginAsGuest(newId())
    await expect(users.updateProfile(user.id, { timeZone: 'Mars/Base' })).rejects.toMatchObject({
      code: 'kernel.invalid_value',
    })
  })
})

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
