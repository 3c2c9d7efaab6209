import { afterAll, beforeEach, expect, test } from 'vitest'
import { type LoggedIn, testApi } from '../../testing/api.ts'

const { aGuest, ask, close } = await testApi()
let ada: LoggedIn
let bob: LoggedIn

beforeEach(async () => {
  ada = await aGuest()
  bob = await aGuest()
})

afterAll(close)

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
