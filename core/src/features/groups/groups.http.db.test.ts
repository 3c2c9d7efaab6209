import { afterAll, beforeEach, expect, test } from 'vitest'
import { type LoggedIn, testApi } from '../../testing/api.ts'

const { aGuest, ask, close, services } = await testApi()
let ada: LoggedIn
let bob: LoggedIn

beforeEach(async () => {
  ada = await aGuest()
  bob = await aGuest()
})

afterAll(close)

test('keeps a group’s life to its members', async () => {
  const made = await ask(ada, 'POST', '/groups', { title: '  Chess  ', memberMax: 3 })
  expect(made).toMatchObject({
    status: 201,
    body: { title: 'Chess', role: 'owner', memberCount: 1, memberMax: 3 },
  })
  const group = `/groups/${made.body.id}`
  for (const [method, url, body] of [
    ['GET', group],
    ['PATCH', group, { title: 'Mine' }],
    ['DELETE', group],
    ['POST', `${group}/owner`, { userId: bob.id }],
    ['GET', `${group}/members`],
    ['PATCH', `${group}/members/${ada.id}`, { role: 'member' }],
    ['DELETE', `${group}/members/${ada.id}`],
    ['DELETE', `${group}/members/${bob.id}`],
  ] as const) {
    expect(await ask(bob, method, url, body)).toMatchObject({
      status: 404,
      body: { code: 'groups.not_found' },
    })
  }
  await services.members.join(made.body.id, bob.id)
  expect(await ask(bob, 'GET', '/groups')).toMatchObject({
    body: { items: [{ title: 'Chess', role: 'member', memberCount: 2 }] },
  })
  const members = await ask(bob, 'GET', `${group}/members`)
  expect(members.body.items.map((member: object) => Object.keys(member))).toEqual(
    Array(2).fill(['userId', 'firstName', 'username', 'role', 'joinedAt']),
  )
})

test('changes roles, hands a group over and lets people leave', async () => {
  const { body: made } = await ask(ada, 'POST', '/groups', { title: 'Chess' })
  const group = `/groups/${made.id}`
  const bobs = `${group}/members/${bob.id.toUpperCase()}`
  await services.members.join(made.id, bob.id)
  expect(await ask(ada, 'PATCH', bobs, { role: 'admin' })).toMatchObject({ status: 204 })
  expect(await ask(bob, 'PATCH', group, { title: 'Go' })).toMatchObject({ body: { title: 'Go' } })
  expect(await ask(ada, 'POST', `${group}/owner`, { userId: bob.id })).toMatchObject({
    status: 204,
  })
  expect(await ask(bob, 'DELETE', bobs)).toMatchObject({
    status: 409,
    body: { code: 'groups.owner_needed' },
  })
  expect(await ask(ada, 'DELETE', `${group}/members/${ada.id}`)).toMatchObject({ status: 204 })
  expect(await ask(bob, 'DELETE', group)).toMatchObject({ status: 204 })
  expect(await ask(bob, 'GET', '/groups')).toMatchObject({ body: { items: [] } })
})

test('refuses titles that nobody can read and limits that are none', async () => {
  for (const body of [
    { title: ' ' },
    { title: 'a\u0000b' },
    { title: 'x'.repeat(129) },
    { title: 'x', memberMax: 1 },
    { title: 'x', memberMax: 201 },
    { title: 'x', role: 'owner' },
  ]) {
    expect(await ask(ada, 'POST', '/groups', body)).toMatchObject({ status: 422 })
  }
})
