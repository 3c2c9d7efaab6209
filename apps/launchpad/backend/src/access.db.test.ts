import {
  callOperation,
  HOSTILE_IDS,
  hostileBodies,
  isFault,
  listedOperations,
  type Operation,
  readOperations,
} from '@gramkit/sandbox/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminOf, aPersonOf, type Person } from './testing/clients.ts'
import {
  ADMIN_TOKEN,
  type RunningLaunchpad,
  startRunningLaunchpad,
} from './testing/running-launchpad.ts'

// Made from the routes as they are served: one that is added later is asked the same questions. Those
// of the kit, below /join/api/v1, are the shop's too and asked there.

/** What anybody may reach. Whoever adds a line here says why in the commit. */
const OPEN_TO_ALL = [
  'GET /api/invites/{code}/status',
  'GET /api/quality/trust-score',
  'GET /api/referrals/leaderboard',
  'GET /api/waitlist/stats',
  'GET /status',
  'POST /api/invites/redeem',
  'POST /api/waitlist/confirm',
  'POST /api/waitlist/join',
]

let launchpad: RunningLaunchpad
let operations: Operation[]
let ada: Person
let positionToken: string

beforeAll(async () => {
  launchpad = await startRunningLaunchpad()
  const all = await readOperations(launchpad.url)
  operations = all.filter(({ path }) => !path.startsWith('/join/api/v1'))
  ada = await aPersonOf(launchpad)
  const joined = await ada.post('/api/waitlist/join', { use_case: 'Test', persona: 'other' })
  positionToken = joined.body.position_token
})
afterAll(() => launchpad[Symbol.asyncDispose]())

const of = (...access: readonly Operation['access'][]) =>
  operations.filter((operation) => access.includes(operation.access))

/** What each of some routes answers to a token. */
async function answers(some: readonly Operation[], token?: string) {
  const found: Record<string, number> = {}
  for (const operation of some) {
    const asked = token === undefined ? {} : { token }
    found[operation.name] = (await callOperation(launchpad.url, operation, asked)).status
  }
  return found
}

const all = (some: readonly Operation[], status: number) =>
  Object.fromEntries(some.map(({ name }) => [name, status]))

test('the reference of HTTP lists these routes and no others', async () => {
  expect((await listedOperations(/^\/(api\/(?!v1\/)|status$)/)).sort()).toEqual(
    operations.map(({ name }) => name).sort(),
  )
})

describe('access', () => {
  test('only these routes are open to all', () => {
    expect(
      of('all')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(OPEN_TO_ALL)
    expect(of('admin').length).toBeGreaterThan(20)
  })

  test('every other route turns strangers away', async () => {
    const closed = of('admin', 'session')
    expect(await answers(closed)).toEqual(all(closed, 401))
    expect(await answers(closed, 'made-up')).toEqual(all(closed, 401))
  })

  test('an administrator’s routes turn people away, and who only holds a place', async () => {
    const admin = of('admin')
    expect(await answers(admin, ada.token)).toEqual(all(admin, 403))
    expect(await answers(admin, positionToken)).toEqual(all(admin, 401))
  })

  test('a role that was taken away a moment ago opens nothing', async () => {
    const reading = of('admin').filter(
      ({ method, path }) => method === 'GET' && !path.includes('{'),
    )
    const bob = await aPersonOf(launchpad, 'Bob')
    const become = (role: string) =>
      adminOf(launchpad).put(`/join/api/v1/admin/users/${bob.userId}/role`, { role })
    expect((await become('admin')).status).toBe(200)
    const open = await answers(reading, bob.token)
    expect(Object.values(open).filter((status) => status === 401 || status === 403)).toEqual([])
    expect((await become('user')).status).toBe(200)
    expect(await answers(of('admin'), bob.token)).toEqual(all(of('admin'), 403))
  })

  test('a place shows nobody else’s entry', async () => {
    const bob = await aPersonOf(launchpad, 'Bob')
    const mine = of('session').filter(({ path }) => path.startsWith('/api/waitlist'))
    expect(mine.length).toBeGreaterThan(2)
    for (const [name, status] of Object.entries(await answers(mine, bob.token))) {
      // Who is not on the waitlist has no place; nobody names another's.
      expect([name, status]).toEqual([name, 404])
    }
  })
})

describe('hostile bodies', () => {
  test('none of them is an error of ours, or one that shows our code', async () => {
    const bad: string[] = []
    for (const operation of operations.filter(
      ({ name }) => name !== 'DELETE /api/waitlist/entry',
    )) {
      const token = operation.access === 'admin' ? ADMIN_TOKEN : ada.token
      const ask = (asked: { body?: unknown; id?: string }) =>
        callOperation(launchpad.url, operation, { token, ...asked })
      for (const [name, body] of operation.method === 'GET' ? [] : hostileBodies(operation)) {
        const answer = await ask({ body })
        if (isFault(answer)) bad.push(`${operation.name}, ${name}: ${answer.text.slice(0, 200)}`)
      }
      for (const id of operation.path.includes('{') ? HOSTILE_IDS : []) {
        const answer = await ask({ id })
        if (isFault(answer)) bad.push(`${operation.name}, ${id.slice(0, 20)}: ${answer.text}`)
      }
    }
    expect(bad).toEqual([])
  })
})
