import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actorOf, requireAdmin } from '../../../platform/http/index.ts'
import { initDataOf } from '../../../testing/init-data.ts'
import { bearer, usersApi } from '../../../testing/users-api.ts'

const { app, adminToken, botToken, clock, guest, services, close } = await usersApi()
let lastId = 1_000

beforeAll(() => {
  app.get('/admin', { onRequest: requireAdmin }, async (request) => actorOf(request))
})

afterAll(close)

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
