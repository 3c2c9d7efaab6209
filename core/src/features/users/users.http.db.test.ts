import { afterAll, describe, expect, test } from 'vitest'
import { openPostgresLimiter } from '../../platform/limits/index.ts'
import { initDataOf } from '../../testing/init-data.ts'
import { bearer, usersApi } from '../../testing/users-api.ts'

const { app, botToken, clock, database, guest, close } = await usersApi()
afterAll(close)

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
