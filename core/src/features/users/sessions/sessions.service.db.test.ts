import { testDatabase } from '@gramkit/services/testing'
import { eq } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { newId, VirtualClock } from '../../../kernel/index.ts'
import { openNodePostgres } from '../../../platform/database/index.ts'
import { usersScope } from '../../../testing/users-scope.ts'
import { userSession } from './session.table.ts'
import { SESSION_TTL_MS } from './session.ts'

const HOUR_MS = 60 * 60 * 1_000

const testing = await testDatabase()
const database = openNodePostgres({ url: testing.appUrl })
const db = database.executor
const clock = new VirtualClock(new Date('2026-01-31T12:00:00.000Z'))
const { users, sessions } = usersScope(database, { clock, identity: {} })
const elsewhere = openNodePostgres({ url: testing.appUrl })
const otherProcess = usersScope(elsewhere, { clock, identity: {} })

afterAll(async () => {
  await database.close()
  await elsewhere.close()
  await testing.drop()
})

const parallel = <T>(times: number, call: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, call))
const unknown = { code: 'users.session_unknown' }

describe('authenticate', () => {
  test('slides the expiry, writing at most once an hour', async () => {
    const { token, session } = await users.loginAsGuest(newId())
    const stored = async () =>
      (await db.select().from(userSession).where(eq(userSession.id, session.id)))[0]
    clock.advance(HOUR_MS - 1)
    await sessions.authenticate(token)
    expect(await stored()).toMatchObject({ lastSeenAt: session.lastSeenAt })
    clock.advance(1)
    await parallel(5, () => sessions.authenticate(token))
    expect(await stored()).toMatchObject({
      lastSeenAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + SESSION_TTL_MS),
    })
  })

  test('lasts as long as it is used, and ends when it was not', async () => {
    const { token } = await users.loginAsGuest(newId())
    for (let use = 0; use < 3; use++) {
      clock.advance(SESSION_TTL_MS - 1)
      await sessions.authenticate(token)
    }
    clock.advance(SESSION_TTL_MS)
    await expect(sessions.authenticate(token)).rejects.toMatchObject({
      code: 'users.session_expired',
    })
  })

  test.each(['', 'a'.repeat(43), `${'a'.repeat(42)}\n`, 'x'.repeat(10_000), "' or true --"])(
    'knows nobody behind "%s"',
    async (token) => {
      await expect(sessions.authenticate(token)).rejects.toMatchObject({
        code: 'users.session_unknown',
      })
    },
  )
})

describe('logout', () => {
  test('ends this login, not the others, and may be repeated', async () => {
    const deviceKey = newId()
    const ended = await users.loginAsGuest(deviceKey)
    const other = await users.loginAsGuest(deviceKey)
    await sessions.logout(ended.token)
    await sessions.logout(ended.token)
    await expect(sessions.authenticate(ended.token)).rejects.toMatchObject({
      code: 'users.session_unknown',
    })
    expect(await sessions.authenticate(other.token)).toMatchObject({ user: { id: ended.user.id } })
  })
})

describe('list', () => {
  test('shows the live logins of one person, the last used first, and no token', async () => {
    const deviceKey = newId()
    const first = await users.loginAsGuest(deviceKey, { userAgent: 'Firefox/142 (Windows)' })
    clock.advance(HOUR_MS)
    const second = await users.loginAsGuest(deviceKey)
    await users.loginAsGuest(newId())
    clock.advance(HOUR_MS)
    await sessions.authenticate(first.token)
    const listed = await sessions.list(first.user.id)
    expect(listed.map(({ id }) => id)).toEqual([first.session.id, second.session.id])
    expect(listed[0]).toMatchObject({ label: 'Firefox on Windows', lastSeenAt: clock.now() })
    expect(JSON.stringify(listed)).not.toContain(first.token)
    clock.advance(SESSION_TTL_MS)
    expect(await sessions.list(first.user.id)).toEqual([])
  })
})

describe('revoke', () => {
  test('ends one login at its next request, in every process, and no other', async () => {
    const deviceKey = newId()
    const ended = await users.loginAsGuest(deviceKey)
    const kept = await users.loginAsGuest(deviceKey)
    await otherProcess.sessions.authenticate(ended.token)
    await sessions.revoke(ended.user.id, ended.session.id)
    await expect(otherProcess.sessions.authenticate(ended.token)).rejects.toMatchObject(unknown)
    expect(await sessions.authenticate(kept.token)).toMatchObject({ user: { id: ended.user.id } })
  })

  test('does not know the login of somebody else, nor one that has ended', async () => {
    const mine = await users.loginAsGuest(newId())
    const theirs = await users.loginAsGuest(newId())
    const notFound = { code: 'users.session_not_found', kind: 'not_found' }
    await expect(sessions.revoke(mine.user.id, theirs.session.id)).rejects.toMatchObject(notFound)
    expect(await sessions.authenticate(theirs.token)).toMatchObject({ user: theirs.user })
    await sessions.logout(mine.token)
    await expect(sessions.revoke(mine.user.id, mine.session.id)).rejects.toMatchObject(notFound)
  })
})

describe('revokeAll', () => {
  test('ends all logins of a person but the one that is kept, and nobody else’s', async () => {
    const deviceKey = newId()
    const [kept, one, other] = [
      await users.loginAsGuest(deviceKey),
      await users.loginAsGuest(deviceKey),
      await users.loginAsGuest(deviceKey),
    ]
    const stranger = await users.loginAsGuest(newId())
    expect(await sessions.revokeAll(kept.user.id, { except: kept.session.id })).toBe(2)
    for (const { token } of [one, other]) {
      await expect(sessions.authenticate(token)).rejects.toMatchObject(unknown)
    }
    expect(await sessions.list(kept.user.id)).toMatchObject([{ id: kept.session.id }])
    expect(await sessions.revokeAll(kept.user.id)).toBe(1)
    await expect(sessions.authenticate(kept.token)).rejects.toMatchObject(unknown)
    expect(await sessions.authenticate(stranger.token)).toMatchObject({ user: stranger.user })
  })
})
