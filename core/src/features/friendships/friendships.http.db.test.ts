import { testDatabase } from '@gramkit/services/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { coreRoutes, createHttpServer } from '../../http.ts'
import { newId } from '../../kernel/index.ts'
import { createLogger } from '../../platform/log/index.ts'
import { createMetrics } from '../../platform/metrics/index.ts'
import { createPlatform } from '../../platform.ts'

const database = await testDatabase()
const platform = await createPlatform({ databaseUrl: database.appUrl })
const { app, ...server } = await createHttpServer({
  logger: createLogger({ level: 'silent' }),
  clock: platform.clock,
  metrics: createMetrics(),
  ready: async () => ({}),
  api: { title: 'People', version: '1.0.0' },
})

interface Person {
  readonly id: string
  readonly token: string
}

let ada: Person
let bob: Person

beforeAll(async () => {
  await app.register(coreRoutes(platform, { adminToken: 'the-admin-token-of-this-test' }))
  await app.ready()
})

beforeEach(async () => {
  ada = await aGuest()
  bob = await aGuest()
})

afterAll(async () => {
  await server.close()
  await platform.close()
  await database.drop()
})

async function aGuest(): Promise<Person> {
  const { token, user } = await platform.services.users.loginAsGuest(newId())
  return { id: user.id, token }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

async function ask(person: Person, method: Method, url: string, body?: object) {
  const answer = await app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${person.token}` },
    ...(body ? { payload: body } : {}),
  })
  return { status: answer.statusCode, body: answer.body ? answer.json() : undefined }
}

test('makes friends by a request that is accepted, and shows names only', async () => {
  await ask(ada, 'PATCH', '/me', { firstName: 'Ada', lastName: 'Lovelace' })
  expect(await ask(ada, 'POST', '/friendships', { userId: bob.id })).toEqual({
    status: 200,
    body: { outcome: 'requested' },
  })
  const person = { userId: ada.id, firstName: 'Ada', username: null, since: expect.any(String) }
  const page = { status: 200, body: { items: [person], nextCursor: null } }
  expect(await ask(bob, 'GET', '/friendships/requests')).toEqual(page)
  expect(await ask(bob, 'POST', `/friendships/${ada.id}/accept`)).toMatchObject({ status: 204 })
  expect(await ask(bob, 'GET', '/friendships')).toEqual(page)
})

test('takes an id however it is written', async () => {
  const shouted = ada.id.toUpperCase()
  expect(await ask(ada, 'POST', '/friendships', { userId: shouted })).toMatchObject({
    status: 400,
    body: { code: 'friendships.with_self' },
  })
  expect(await ask(bob, 'POST', '/friendships', { userId: shouted })).toMatchObject({ status: 200 })
  expect(await ask(bob, 'DELETE', `/friendships/${shouted}`)).toMatchObject({ status: 204 })
})

test('blocks and unblocks, declines, and lists who is blocked', async () => {
  await ask(ada, 'POST', '/friendships', { userId: bob.id })
  expect(await ask(bob, 'POST', `/friendships/${ada.id}/decline`)).toMatchObject({ status: 204 })
  expect(await ask(bob, 'PUT', `/friendships/${ada.id}/block`)).toMatchObject({ status: 204 })
  expect(await ask(bob, 'GET', '/friendships/blocks')).toMatchObject({
    body: { items: [{ userId: ada.id }] },
  })
  expect(await ask(bob, 'DELETE', `/friendships/${ada.id}/block`)).toMatchObject({ status: 204 })
})
