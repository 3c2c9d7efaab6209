import { afterAll, describe, expect, test } from 'vitest'
import { newId } from '../../../kernel/index.ts'
import { initDataOf } from '../../../testing/init-data.ts'
import { bearer, usersApi } from '../../../testing/users-api.ts'

const { app, botToken, clock, guest, close } = await usersApi()
afterAll(close)
let lastId = 1_000

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
