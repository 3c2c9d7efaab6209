import { testDatabase } from '@gramkit/services/testing'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { newId, VirtualClock } from '../../../kernel/index.ts'
import { openNodePostgres } from '../../../platform/database/index.ts'
import { usersScope } from '../../../testing/users-scope.ts'
import type { Login } from '../sessions/sessions.service.ts'
import { parseStartParameter } from '../start-parameter.ts'
import type { TelegramUser } from '../user.ts'
import { forgetLoginLinks } from '../users.jobs.ts'
import { userLoginLink } from './login-link.table.ts'

const testing = await testDatabase()
const database = openNodePostgres({ url: testing.appUrl })
const clock = new VirtualClock(new Date('2026-01-31T12:00:00.000Z'))
const scope = usersScope(database, { clock, identity: {} })
const { users, sessions, loginLinks } = scope
const gone = { code: 'users.login_link_gone', kind: 'gone' }
const asked = { browser: 'Firefox on Linux' }

let anna: TelegramUser
let lastTelegramId = 1_000n

beforeEach(() => {
  lastTelegramId += 1n
  const profile = { username: null, firstName: 'Anna', lastName: null, languageCode: 'en' }
  anna = { ...profile, id: lastTelegramId }
})
afterAll(async () => {
  await database.close()
  await testing.drop()
})

const start = async (login?: Login) => {
  const connect = login && { userId: login.user.id, sessionId: login.session.id }
  const started = await loginLinks.start({ ...asked, ...(connect ? { connect } : {}) })
  const token = parseStartParameter(started.startParameter).loginLink ?? ''
  return { ...started, token }
}
const poll = (pollSecret: string) => loginLinks.poll(pollSecret, asked)

describe('a login link', () => {
  test('logs the browser in after the person has pressed Log in, once', async () => {
    const { token, pollSecret } = await start()
    expect(await loginLinks.find(token)).toMatchObject({ browser: 'Firefox on Linux' })
    await loginLinks.confirm(token, anna)
    const answer = await poll(pollSecret)
    if (answer.status !== 'confirmed') throw new Error('nobody was logged in')
    expect(answer.login).toMatchObject({
      user: { telegramId: anna.id },
      session: { surface: 'web', label: 'Firefox on Linux' },
    })
    expect(await sessions.authenticate(answer.login.token)).toMatchObject({
      user: { telegramId: anna.id },
    })
    await expect(poll(pollSecret)).rejects.toMatchObject(gone)
  })

  test('gives whoever opened it no session until the person presses Log in', async () => {
    const { token, pollSecret } = await start()
    await loginLinks.find(token)
    expect(await poll(pollSecret)).toEqual({ status: 'pending' })
    expect(await scope.repos.users.findByTelegramId(anna.id)).toBeUndefined()
  })

  test('does not carry the secret that gives the login', async () => {
    const { token, startParameter, pollSecret } = await start()
    expect(startParameter).not.toContain(pollSecret)
    await loginLinks.confirm(token, anna)
    await expect(poll(token)).rejects.toMatchObject(gone)
    await expect(loginLinks.confirm(pollSecret, anna)).rejects.toMatchObject(gone)
    expect(await poll(pollSecret)).toMatchObject({ status: 'confirmed' })
  })

  test('stores neither of its secrets', async () => {
    const { token, pollSecret } = await start()
    const rows = JSON.stringify(await database.executor.select().from(userLoginLink))
    expect(rows).not.toContain(token)
    expect(rows).not.toContain(pollSecret)
  })

  test('gives one login to pages that ask at the same time', async () => {
    const { token, pollSecret } = await start()
    await loginLinks.confirm(token, anna)
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map(() => poll(pollSecret)))
    const given = answers.filter((one) => one.status === 'fulfilled')
    expect(given).toHaveLength(1)
    const user = await scope.repos.users.findByTelegramId(anna.id)
    expect(await sessions.list(user?.id ?? '')).toHaveLength(1)
  })

  test('belongs to the first who answers, and says so to nobody else', async () => {
    const { token, pollSecret } = await start()
    await loginLinks.confirm(token, anna)
    await loginLinks.confirm(token, anna)
    await expect(loginLinks.confirm(token, { ...anna, id: 7n })).rejects.toMatchObject(gone)
    await expect(loginLinks.decline(token)).rejects.toMatchObject(gone)
    expect(await poll(pollSecret)).toMatchObject({ login: { user: { telegramId: anna.id } } })
  })

  test('that was declined logs nobody in any more', async () => {
    const { token, pollSecret } = await start()
    await loginLinks.decline(token)
    await loginLinks.decline(token)
    expect(await loginLinks.find(token)).toBeUndefined()
    await expect(loginLinks.confirm(token, anna)).rejects.toMatchObject(gone)
    expect(await poll(pollSecret)).toEqual({ status: 'declined' })
  })

  test('ends ten minutes after it was started, whatever was answered', async () => {
    const [open, confirmed] = [await start(), await start()]
    await loginLinks.confirm(confirmed.token, anna)
    clock.advance(600_000 - 1)
    expect(await poll(open.pollSecret)).toEqual({ status: 'pending' })
    clock.advance(1)
    expect(await loginLinks.find(open.token)).toBeUndefined()
    await expect(loginLinks.confirm(open.token, anna)).rejects.toMatchObject(gone)
    await expect(poll(open.pollSecret)).rejects.toMatchObject(gone)
    await expect(poll(confirmed.pollSecret)).rejects.toMatchObject(gone)
    while ((await forgetLoginLinks.runDue(scope)) > 0);
    expect(await database.executor.select().from(userLoginLink)).toEqual([])
  })

  test('may be asked about as often as a page does, not more', async () => {
    const { pollSecret } = await start()
    for (let time = 0; time < 5; time++) await poll(pollSecret)
    await expect(poll(pollSecret)).rejects.toMatchObject({ code: 'limits.too_many_tries' })
  })
})

describe('connecting Telegram', () => {
  test('registers a guest, who keeps their account and their login', async () => {
    const guest = await users.loginAsGuest(newId())
    const { token, pollSecret } = await start(guest)
    await loginLinks.confirm(token, anna)
    expect(await poll(pollSecret)).toMatchObject({
      status: 'connected',
      user: { id: guest.user.id },
    })
    expect(await sessions.authenticate(guest.token)).toMatchObject({
      user: { id: guest.user.id, kind: 'registered', telegramId: anna.id, firstName: 'Anna' },
    })
    expect(await users.getOrCreateFromTelegram(anna)).toMatchObject({ id: guest.user.id })
  })

  test('takes nothing from a Telegram identity that has an account', async () => {
    const owner = await users.getOrCreateFromTelegram(anna)
    const guest = await users.loginAsGuest(newId())
    const { token, pollSecret } = await start(guest)
    await expect(loginLinks.confirm(token, anna)).rejects.toMatchObject({
      code: 'users.telegram_taken',
    })
    expect(await poll(pollSecret)).toEqual({ status: 'pending' })
    expect(await users.getOrCreateFromTelegram(anna)).toMatchObject({ id: owner.id })
    expect(await users.getById(guest.user.id)).toMatchObject({ kind: 'guest', telegramId: null })
  })

  test('ends with the login that asked for it', async () => {
    const guest = await users.loginAsGuest(newId())
    const { token, pollSecret } = await start(guest)
    await sessions.revokeAll(guest.user.id)
    expect(await loginLinks.find(token)).toBeUndefined()
    await expect(loginLinks.confirm(token, anna)).rejects.toMatchObject(gone)
    await expect(poll(pollSecret)).rejects.toMatchObject(gone)
    expect(await users.getById(guest.user.id)).toMatchObject({ kind: 'guest', telegramId: null })
    await expect(start(guest)).rejects.toMatchObject({ code: 'users.session_unknown' })
  })

  test('leaves of the logins that the device’s key opened only the one that registered', async () => {
    const deviceKey = newId()
    const others = await users.loginAsGuest(deviceKey)
    const mine = await users.loginAsGuest(deviceKey)
    const { token } = await start(mine)
    await loginLinks.confirm(token, anna)
    expect(await sessions.list(mine.user.id)).toMatchObject([{ id: mine.session.id }])
    expect(await sessions.find(others.token)).toBeUndefined()
  })

  test('makes an owner of whom the configuration names', async () => {
    const named = usersScope(database, { clock, identity: { ownerTelegramIds: [anna.id] } })
    const { token, pollSecret } = await start(await users.loginAsGuest(newId()))
    await named.loginLinks.confirm(token, anna)
    expect(await poll(pollSecret)).toMatchObject({ status: 'connected', user: { role: 'owner' } })
  })

  test('gives one identity to one of two accounts that ask at the same time', async () => {
    const guests = [await users.loginAsGuest(newId()), await users.loginAsGuest(newId())]
    const links = await Promise.all(guests.map((guest) => start(guest)))
    const answers = await Promise.allSettled(
      links.map(({ token }) => loginLinks.confirm(token, anna)),
    )
    const refused = answers.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(refused[0]?.reason).toMatchObject({ code: 'users.telegram_taken' })
  })
})
