import { testDatabase } from '@gramkit/services/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newId, VirtualClock } from '../../kernel/index.ts'
import { openNodePostgres } from '../../platform/database/index.ts'
import {
  actorOf,
  createHttpServer,
  HttpIdempotency,
  httpEdge,
  idempotently,
  LiveUpdates,
  principalOf,
  requireAdmin,
  requireUser,
} from '../../platform/http/index.ts'
import { openPostgresLimiter } from '../../platform/limits/index.ts'
import { createLogger } from '../../platform/log/index.ts'
import { createMetrics } from '../../platform/metrics/index.ts'
import { OutboxRepository } from '../../platform/outbox/index.ts'
import { initDataOf } from '../../testing/init-data.ts'
import { usersScope } from '../../testing/users-scope.ts'
import { loginLinksHttp } from './login-links/login-links.http.ts'
import { rolesHttp } from './roles/roles.http.ts'
import { sessionsHttp } from './sessions/sessions.http.ts'
import { ProfileKeptByTelegram } from './users.errors.ts'
import { usersHttp } from './users.http.ts'

const botToken = '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'
const adminToken = 'the-admin-token-of-this-test'
const testing = await testDatabase()
const database = openNodePostgres({ url: testing.appUrl })
const clock = new VirtualClock(new Date('2026-01-31T12:00:00.000Z'))
const services = usersScope(database, { clock, identity: { botToken } })
const server = await createHttpServer({
  logger: createLogger({ level: 'silent' }),
  clock,
  metrics: createMetrics(),
  ready: async () => ({}),
  api: { title: 'Users', version: '1.0.0' },
})
const { app } = server
let runs = 0
let lastId = 1_000
let address = ''

beforeAll(async () => {
  await app.register(httpEdge, {
    authenticate: (token) => services.sessions.authenticate(token),
    adminToken,
    clock,
    loginsPerMinute: 500,
    origins: ['https://shop.example'],
    limiter: openPostgresLimiter(database),
    idempotency: new HttpIdempotency(database.executor),
    liveUpdates: new LiveUpdates(database, { streamsPerUserMax: 2, heartbeatMs: 50 }),
  })
  const host = {
    services,
    clock,
    transaction: <T>(work: (tx: typeof services) => Promise<T>) =>
      services.transaction(() => work(services)),
  }
  for (const routes of [
    usersHttp(host),
    sessionsHttp(host),
    loginLinksHttp(host),
    rolesHttp(host),
  ]) {
    await app.register(routes, { prefix: '/api/v1' })
  }
  app.get('/admin', { onRequest: requireAdmin }, async (request) => actorOf(request))
  app.post('/order', { onRequest: requireUser }, (request, reply) =>
    idempotently(request, reply, async (operationId) => {
      runs += 1
      if (JSON.stringify(request.body).includes('declined')) {
        throw new ProfileKeptByTelegram({ field: 'declined' })
      }
      if (JSON.stringify(request.body).includes('broken')) throw new Error('broken')
      return { status: 201, body: { operationId, by: principalOf(request).user.id } }
    }),
  )
  address = await server.listen({ port: 0, host: '127.0.0.1' })
})

afterAll(async () => {
  await server.close()
  await database.close()
  await testing.drop()
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const guest = async (deviceKey = newId()) => {
  const payload = { deviceKey }
  const answer = await app.inject({ method: 'POST', url: '/api/v1/auth/guest', payload })
  expect(answer.statusCode).toBe(200)
  const { token, user } = answer.json()
  return { token: String(token), id: String(user.id) }
}
const order = (token: string, key: string | undefined, payload: object) =>
  app.inject({
    method: 'POST',
    url: '/order',
    payload,
    headers: { ...bearer(token), ...(key === undefined ? {} : { 'idempotency-key': key }) },
  })

describe('login', () => {
  test('answers init data with a token that opens /me', async () => {
    const initData = initDataOf({ id: 77, first_name: 'Anna' }, { botToken, at: clock.now() })
    const url = '/api/v1/auth/telegram'
    const login = await app.inject({ method: 'POST', url, payload: { initData } })
    expect(login.statusCode).toBe(200)
    const { token, user } = login.json()
    expect(user).toEqual({
      id: expect.any(String),
      kind: 'registered',
      telegramId: '77',
      username: null,
      firstName: 'Anna',
      lastName: null,
      languageCode: null,
      language: null,
      timeZone: 'UTC',
      role: 'user',
      createdAt: '2026-01-31T12:00:00.000Z',
    })
    const me = await app.inject({ url: '/api/v1/me', headers: bearer(token) })
    const streak = { current: 0, best: 0, total: 0, isCountedToday: false }
    expect(me.json()).toEqual({ ...user, streak })
  })

  test('continues with init data that was used only together with the login it opened', async () => {
    const initData = initDataOf({ id: 79, first_name: 'Anna' }, { botToken, at: clock.now() })
    const send = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/v1/auth/telegram', payload: { initData }, headers })
    const { token } = (await send({})).json()
    expect((await send({})).json()).toMatchObject({ status: 401, details: { reason: 'replayed' } })
    expect((await send(bearer(token))).json()).toMatchObject({ token, user: { telegramId: '79' } })
  })

  test.each([
    ['/api/v1/auth/telegram', { initData: 'hash=1' }, 401, 'users.init_data_invalid'],
    ['/api/v1/auth/telegram', { initData: 7 }, 422, 'http.request_invalid'],
    ['/api/v1/auth/telegram-widget', { id: 1, hash: 'x' }, 401, 'users.login_widget_invalid'],
    ['/api/v1/auth/telegram-widget', { id: {} }, 422, 'http.request_invalid'],
    ['/api/v1/auth/link/poll', { pollSecret: 'x' }, 410, 'users.login_link_gone'],
    ['/api/v1/auth/telegram', {}, 422, 'http.request_invalid'],
    ['/api/v1/auth/guest', { deviceKey: 'short' }, 422, 'http.request_invalid'],
    ['/api/v1/auth/guest', { deviceKey: '1'.repeat(16) }, 400, 'users.device_key_invalid'],
  ])('at %s refuses %j', async (url, payload, status, code) => {
    const answer = await app.inject({ method: 'POST', url, payload })
    expect(answer.json()).toMatchObject({ status, code })
  })

  test('ends with DELETE /auth/session', async () => {
    const { token } = await guest()
    const request = {
      method: 'DELETE',
      url: '/api/v1/auth/session',
      headers: bearer(token),
    } as const
    const answer = await app.inject(request)
    expect(answer.statusCode).toBe(204)
    expect(answer.body).toBe('')
    expect((await app.inject(request)).json()).toMatchObject({
      status: 401,
      code: 'users.session_unknown',
    })
  })
})

describe('a route for logged-in people', () => {
  test.each([
    ['nothing', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('refuses a request with %s before it reads the body', async (_name, headers) => {
    const answer = await app.inject({
      method: 'PATCH',
      url: '/api/v1/me',
      payload: '{',
      headers: { 'content-type': 'application/json', ...headers },
    })
    expect(answer.json()).toMatchObject({ status: 401, code: 'http.credentials_missing' })
  })
})

describe('PATCH /me', () => {
  test('changes the profile and refuses fields that are nobody’s to change', async () => {
    const { token } = await guest()
    const patch = (payload: object) =>
      app.inject({ method: 'PATCH', url: '/api/v1/me', payload, headers: bearer(token) })
    const changed = await patch({ timeZone: 'Europe/Berlin', firstName: 'Gast' })
    expect(changed.json()).toMatchObject({ timeZone: 'Europe/Berlin', firstName: 'Gast' })
    expect((await patch({ role: 'owner' })).statusCode).toBe(422)
    expect((await patch({ timeZone: 'Mars/Base' })).json().details.fields).toMatchObject([
      { path: 'timeZone' },
    ])
  })
})

describe('the language', () => {
  test('is chosen by people known by Telegram too, and given back to it', async () => {
    const url = '/api/v1/auth/telegram'
    const opened = () => ({
      initData: initDataOf({ id: 78, first_name: 'Anna' }, { botToken, at: clock.now() }),
    })
    const { token } = (await app.inject({ method: 'POST', url, payload: opened() })).json()
    const patch = (payload: object) =>
      app.inject({ method: 'PATCH', url: '/api/v1/me', payload, headers: bearer(token) })
    expect((await patch({ language: 'ru' })).json()).toMatchObject({ language: 'ru' })
    expect((await patch({ timeZone: 'Asia/Tokyo' })).json()).toMatchObject({ language: 'ru' })
    const again = await app.inject({ method: 'POST', url, payload: opened() })
    expect(again.json()).toMatchObject({ user: { language: 'ru' } })
    expect((await patch({ language: null })).json()).toMatchObject({ language: null })
    expect((await patch({ language: 'de' })).statusCode).toBe(422)
    expect((await patch({ languageCode: 'ru' })).statusCode).toBe(409)
  })
})

describe('me/sessions', () => {
  const request = (method: 'GET' | 'DELETE', path: string, token: string) =>
    app.inject({ method, url: `/api/v1/me/sessions${path}`, headers: bearer(token) })

  test('lists where one is logged in and says which one asks', async () => {
    const deviceKey = newId()
    const [one, other] = [await guest(deviceKey), await guest(deviceKey)]
    const { items } = (await request('GET', '', one.token)).json()
    expect(items).toHaveLength(2)
    expect(items.filter(({ isCurrent }: { isCurrent: boolean }) => isCurrent)).toHaveLength(1)
    expect(JSON.stringify(items)).not.toContain(other.token)
  })

  test('ends one login, then all others, then all', async () => {
    const deviceKey = newId()
    const [one, other, third] = [
      await guest(deviceKey),
      await guest(deviceKey),
      await guest(deviceKey),
    ]
    const { items } = (await request('GET', '', other.token)).json()
    const own = items.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent)
    expect((await request('DELETE', `/${own.id}`, one.token)).statusCode).toBe(204)
    expect((await request('GET', '', other.token)).statusCode).toBe(401)
    expect((await request('DELETE', `/${own.id}`, one.token)).json()).toMatchObject({
      status: 404,
      code: 'users.session_not_found',
    })
    expect((await request('DELETE', '', one.token)).json()).toEqual({ ended: 1 })
    expect((await request('GET', '', third.token)).statusCode).toBe(401)
    expect((await request('DELETE', '?all=true', one.token)).json()).toEqual({ ended: 1 })
    expect((await request('GET', '', one.token)).statusCode).toBe(401)
  })
})

describe('a session in a cookie', () => {
  const OURS = 'https://shop.example'
  const logIn = async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/auth/guest',
      payload: { deviceKey: newId() },
      headers: { 'x-session': 'cookie' },
    })
    return { answer, cookie: String(answer.headers['set-cookie']).split(';', 1).join() }
  }
  const patch = (headers: Record<string, string>) =>
    app.inject({ method: 'PATCH', url: '/api/v1/me', payload: { firstName: 'Eve' }, headers })

  test('is out of reach of scripts, of plain connections and of other sites’ frames', async () => {
    const { answer } = await logIn()
    const attributes = String(answer.headers['set-cookie']).split('; ').slice(1)
    expect(attributes).toEqual(
      expect.arrayContaining(['HttpOnly', 'Secure', 'SameSite=None', 'Partitioned', 'Path=/']),
    )
    expect(answer.json()).toMatchObject({ token: '', user: { kind: 'guest' } })
  })

  test('reads, and changes something from a page of ours only', async () => {
    const { cookie } = await logIn()
    const me = await app.inject({ url: '/api/v1/me', headers: { cookie: `a=b; ${cookie}; c=d` } })
    expect(me.statusCode).toBe(200)
    for (const origin of [undefined, 'null', 'https://evil.example', `${OURS}.evil.example`]) {
      const refused = await patch({ cookie, ...(origin === undefined ? {} : { origin }) })
      expect(refused.json()).toMatchObject({ status: 403, code: 'http.origin_refused' })
    }
    expect((await app.inject({ url: '/api/v1/me', headers: { cookie } })).json().firstName).toBe(
      null,
    )
    expect((await patch({ cookie, origin: OURS })).json()).toMatchObject({ firstName: 'Eve' })
  })

  test('does not stand in for a token that is sent and wrong', async () => {
    const { cookie } = await logIn()
    const headers = { cookie, ...bearer('a'.repeat(43)) }
    expect((await app.inject({ url: '/api/v1/me', headers })).json()).toMatchObject({
      code: 'users.session_unknown',
    })
    expect(
      (
        await app.inject({ url: '/api/v1/me', headers: { cookie, authorization: 'Basic YTpi' } })
      ).json(),
    ).toMatchObject({ code: 'http.credentials_missing' })
  })

  test('continues with init data that comes again, and stays in the cookie', async () => {
    const initData = initDataOf({ id: lastId++, first_name: 'Anna' }, { botToken, at: clock.now() })
    const send = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/v1/auth/telegram', payload: { initData }, headers })
    const first = await send({ 'x-session': 'cookie' })
    const cookie = String(first.headers['set-cookie']).split(';', 1).join()
    const again = await send({ cookie, origin: OURS })
    expect(again.json()).toEqual({ token: '', user: first.json().user })
    expect(again.headers['set-cookie']).toContain(cookie)
    expect((await send({ cookie, origin: 'https://evil.example' })).json()).toMatchObject({
      code: 'http.origin_refused',
    })
  })

  test('of a guest makes the guest the person who logs in', async () => {
    const { answer, cookie } = await logIn()
    const initData = initDataOf({ id: lastId++, first_name: 'Anna' }, { botToken, at: clock.now() })
    const headers = { cookie, origin: OURS, 'x-session': 'cookie' }
    const login = await app.inject({
      ...{ method: 'POST', url: '/api/v1/auth/telegram' },
      ...{ payload: { initData }, headers },
    })
    expect(login.json().user).toMatchObject({ id: answer.json().user.id, kind: 'registered' })
  })

  test('is taken from the browser when the person logs out', async () => {
    const { cookie } = await logIn()
    const url = '/api/v1/auth/session'
    const left = await app.inject({ method: 'DELETE', url, headers: { cookie, origin: OURS } })
    expect(left.statusCode).toBe(204)
    expect(left.headers['set-cookie']).toContain('Max-Age=0')
    expect((await app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(401)
  })

  test('is given to nobody who did not ask for it', async () => {
    const payload = { deviceKey: newId() }
    const answer = await app.inject({ method: 'POST', url: '/api/v1/auth/guest', payload })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.json().token).toMatch(/^[\w-]{43}$/)
  })
})

describe('POST /me/telegram', () => {
  test('asks for a login of the last ten minutes', async () => {
    const { token } = await guest()
    const connect = () =>
      app.inject({ method: 'POST', url: '/api/v1/me/telegram', headers: bearer(token) })
    clock.advance(600_000)
    expect((await connect()).statusCode).toBe(201)
    clock.advance(1)
    expect((await connect()).json()).toMatchObject({ status: 403, code: 'http.login_too_old' })
  })
})

describe('a login route', () => {
  test.each([
    ['telegram', '/auth/telegram'],
    ['widget', '/auth/telegram-widget'],
    ['guest', '/auth/guest'],
    ['link', '/auth/link'],
    ['connect', '/me/telegram'],
  ])('refuses a network that tries %s too often', async (way, path) => {
    // A pause, as tries that were used up come back while a slow machine goes on.
    await openPostgresLimiter(database).pause(`login.${way}`, '198.51.100.0/24', 600_000)
    const ask = (remoteAddress: string) =>
      app.inject({ method: 'POST', url: `/api/v1${path}`, payload: {}, remoteAddress })
    const refused = await ask('198.51.100.7')
    expect(refused.json()).toMatchObject({ status: 429, code: 'limits.too_many_tries' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask('198.51.101.7')).statusCode).not.toBe(429)
  })
})

describe('requireAdmin', () => {
  const admin = async (role: 'admin' | 'owner' = 'admin') => {
    const initData = initDataOf({ id: lastId++, first_name: 'Anna' }, { botToken, at: clock.now() })
    const { token, user } = await services.users.loginWithTelegram(initData)
    await services.repos.users.update(user.id, { role })
    return { token, id: user.id }
  }
  const setRole = (token: string, id: string, role: string) =>
    app.inject({
      method: 'PUT',
      url: `/api/v1/admin/users/${id}/role`,
      payload: { role },
      headers: bearer(token),
    })

  test('lets a person pass who is admin or owner, until the role is taken', async () => {
    const { token, id } = await admin()
    const ask = () => app.inject({ url: '/admin', headers: bearer(token) })
    expect((await ask()).body).toBe(id)
    await services.repos.users.update(id, { role: 'owner' })
    expect((await ask()).statusCode).toBe(200)
    await services.repos.users.update(id, { role: 'user' })
    expect((await ask()).json()).toMatchObject({ code: 'http.role_required' })
  })

  test('asks an admin to log in again after twelve hours', async () => {
    const { token } = await admin()
    clock.advance(12 * 3_600_000)
    const ask = () => app.inject({ url: '/admin', headers: bearer(token) })
    expect((await ask()).statusCode).toBe(200)
    clock.advance(1)
    expect((await ask()).json()).toMatchObject({ status: 403, code: 'http.login_too_old' })
  })

  test('lets owners appoint admins, and admins nobody', async () => {
    const [owner, one, other] = [await admin('owner'), await admin(), await admin()]
    expect((await setRole(one.token, other.id, 'user')).json()).toMatchObject({
      code: 'http.role_required',
    })
    expect((await setRole(owner.token, other.id, 'user')).json()).toEqual({
      id: other.id,
      role: 'user',
    })
    expect((await setRole(owner.token, other.id, 'owner')).statusCode).toBe(422)
    expect((await setRole(adminToken, other.id, 'admin')).json()).toMatchObject({ role: 'admin' })
  })

  test('lets the admin token pass and nobody else’s', async () => {
    const { token } = await guest()
    const ask = (given: string) => app.inject({ url: '/admin', headers: bearer(given) })
    expect((await ask(adminToken)).body).toBe('admin')
    for (const wrong of [`${adminToken}x`, adminToken.slice(1), 'a'.repeat(43)]) {
      expect((await ask(wrong)).json()).toMatchObject({ code: 'http.admin_token_invalid' })
    }
    expect((await ask(token)).json()).toMatchObject({ status: 403, code: 'http.role_required' })
  })
})

describe('idempotently', () => {
  test('has one effect for 200 parallel requests, and the same answer for all', async () => {
    const { token, id } = await guest()
    const key = newId()
    runs = 0
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => order(token, key, { mug: 1, colour: 'red' })),
    )
    expect(runs).toBe(1)
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
    expect(answers[0]?.json()).toMatchObject({ by: id })
    const sorted = await order(token, key, { colour: 'red', mug: 1 })
    expect(sorted.headers['idempotency-replayed']).toBe('true')
    expect(sorted.headers['content-type']).toContain('application/json')
  })

  test('answers 409 to another body and lets another user use the same key', async () => {
    const [one, other] = [await guest(), await guest()]
    const key = newId()
    await order(one.token, key, { mug: 1 })
    expect((await order(one.token, key, { mug: 2 })).json()).toMatchObject({
      status: 409,
      code: 'http.idempotency_conflict',
    })
    expect((await order(other.token, key, { mug: 2 })).json()).toMatchObject({ by: other.id })
  })

  test('gives a refusal again, to the letter, and runs a failure again', async () => {
    const { token } = await guest()
    runs = 0
    const declined = [newId(), newId()]
    const first = await order(token, declined[0], { declined: true })
    const again = await order(token, declined[0], { declined: true })
    expect(first.json()).toMatchObject({ status: 409, code: 'users.profile_kept_by_telegram' })
    expect(again.body).toBe(first.body)
    expect(again.headers['content-type']).toContain('application/problem+json')
    expect(runs).toBe(1)
    await order(token, declined[1], { broken: true })
    const failed = await order(token, declined[1], { broken: true })
    expect(failed.json()).toMatchObject({ status: 500, code: 'http.internal' })
    expect(runs).toBe(3)
  })

  test.each([
    [undefined, 'http.idempotency_key_required'],
    ['', 'http.idempotency_key_required'],
    ['with space', 'http.idempotency_key_invalid'],
    ['k'.repeat(256), 'http.idempotency_key_invalid'],
  ])('refuses the key %j', async (key, code) => {
    const { token } = await guest()
    expect((await order(token, key, {})).json()).toMatchObject({ status: 400, code })
  })
})

describe('GET /me/stream', () => {
  const open = async (token: string) => {
    const ending = new AbortController()
    const answer = await fetch(`${address}/api/v1/me/stream`, {
      headers: bearer(token),
      signal: ending.signal,
    })
    let text = ''
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of answer.body ?? []) text += decoder.decode(chunk)
    })().catch(() => {})
    return {
      answer,
      text: () => text,
      changes: () => text.split('event: changed\n').length - 1,
      end: () => {
        ending.abort()
        return reading
      },
    }
  }
  const notify = (userId: string) =>
    database.executor.execute(sql`select pg_notify('gramkit_user', ${userId})`)

  test('tells the person whose things changed, and nobody else', async () => {
    const [one, other] = [await guest(), await guest()]
    const mine = await open(one.token)
    const theirs = await open(other.token)
    expect(mine.answer.headers.get('content-type')).toBe('text/event-stream')
    expect(mine.answer.headers.get('content-security-policy')).toContain('frame-ancestors')
    await notify(one.id)
    await vi.waitUntil(() => mine.changes() === 1)
    await notify(other.id)
    await vi.waitUntil(() => theirs.changes() === 1)
    expect(mine.changes()).toBe(1)
    await vi.waitUntil(() => mine.text().includes(': still here'))
    await mine.end()
    await theirs.end()
  })

  test('tells of an event that is committed, once it is', async () => {
    const { token, id } = await guest()
    const stream = await open(token)
    const event = {
      id: newId(),
      name: 'test.done',
      version: 1,
      occurredAt: new Date(),
      payload: {},
    }
    await database.transaction((tx) =>
      new OutboxRepository(tx).add({ ...event, subjectId: id, userId: id }),
    )
    await vi.waitUntil(() => stream.changes() === 1)
    await stream.end()
  })

  test('lets one person have only so many, and counts those that ended no more', async () => {
    const { token } = await guest()
    const streams = [await open(token), await open(token)]
    const refused = await app.inject({ url: '/api/v1/me/stream', headers: bearer(token) })
    expect(refused.json()).toMatchObject({ status: 429, code: 'http.too_many_streams' })
    await Promise.all(streams.map((stream) => stream.end()))
    const next = await vi.waitUntil(async () => {
      const stream = await open(token)
      return stream.answer.status === 200 ? stream : stream.end()
    })
    await next?.end()
  })

  test('refuses strangers', async () => {
    expect((await app.inject('/api/v1/me/stream')).statusCode).toBe(401)
  })

  test('ends when the server closes', async () => {
    const { token } = await guest()
    const stream = await open(token)
    const startedAt = performance.now()
    await server.close()
    await stream.end()
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })
})
