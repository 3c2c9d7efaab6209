import { newId } from '@gramkit/core/kernel'
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
import { MoneyTables } from './testing/money-tables.ts'
import { ADMIN_TOKEN, aCustomer, type Customer, startRunningShop } from './testing/running-shop.ts'

// Made from the routes as they are served: one that is added later is asked the same questions.

/** What anybody may reach. Whoever adds a line here says why in the commit. */
const OPEN_TO_ALL = [
  'GET /api/v1/bot',
  'GET /api/v1/exports/{token}',
  'GET /api/v1/products',
  'POST /api/v1/auth/email/complete',
  'POST /api/v1/auth/email/password',
  'POST /api/v1/auth/email/start',
  'POST /api/v1/auth/guest',
  'POST /api/v1/auth/link',
  'POST /api/v1/auth/link/poll',
  'POST /api/v1/auth/telegram',
  'POST /api/v1/auth/telegram-widget',
]

let shop: Awaited<ReturnType<typeof startRunningShop>>
let tables: MoneyTables
let operations: Operation[]
let ada: Customer

beforeAll(async () => {
  shop = await startRunningShop()
  tables = await new MoneyTables(shop).open()
  operations = await readOperations(shop.url)
  ada = await aCustomer(shop)
})

afterAll(async () => {
  await tables[Symbol.asyncDispose]()
  await shop[Symbol.asyncDispose]()
})

/** Calls a route of the shop. */
const call = (operation: Operation, asked: Parameters<typeof callOperation>[2]) =>
  callOperation(shop.url, operation, asked)

/** What background work and a request's own login write; asking must change nothing else. */
const WRITTEN_ANYWAY = [
  'gramkit.audit_seal',
  'gramkit.balance_snapshot',
  'gramkit.balance_verification',
  'gramkit.job_leader',
  'gramkit.notification_slot',
  'gramkit.payment_reconciliation',
  'gramkit.rate_limit',
  'gramkit.user_session',
]

/** What background work goes on with; asking must add none. */
const GOES_ON = ['gramkit.job', 'gramkit.outbox_event']

/** All rows once background work has done what is due, an hour later, when it looks at them seldom. */
async function settledRows(): Promise<string[]> {
  await shop.sandbox.control.clock.advance({ hours: 1 })
  return allRows()
}

/** All rows of core and of the shop; only which there are of those that go on by themselves. */
async function allRows(): Promise<string[]> {
  const rows = await tables.everything()
  return rows
    .filter(({ table }) => /^(gramkit|shop)\./.test(table) && !WRITTEN_ANYWAY.includes(table))
    .map(({ table, row }) => `${table} ${GOES_ON.includes(table) ? row.split(',')[0] : row}`)
    .sort()
}

/** Calls each of some operations and gives what each answered. */
async function answers(
  some: readonly Operation[],
  options: (operation: Operation) => { token?: string; body?: unknown },
): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const operation of some) {
    found[operation.name] = (await call(operation, options(operation))).status
  }
  return found
}

const all = (some: readonly Operation[], status: number): Record<string, number> =>
  Object.fromEntries(some.map(({ name }) => [name, status]))

test('the reference of HTTP lists these routes and no others', async () => {
  expect((await listedOperations(/^\/api\/v1\//)).sort()).toEqual(
    operations.map(({ name }) => name).sort(),
  )
})

describe('access', () => {
  test('only these routes are open to all', () => {
    const open = operations.filter(({ access }) => access === 'all').map(({ name }) => name)
    expect(open.sort()).toEqual(OPEN_TO_ALL)
    expect(operations.length).toBeGreaterThan(60)
  })

  test('every other route turns strangers away, and nothing changes', async () => {
    const closed = operations.filter(({ access }) => access !== 'all')
    const before = await settledRows()
    expect(await answers(closed, () => ({}))).toEqual(all(closed, 401))
    expect(await answers(closed, () => ({ token: 'made-up' }))).toEqual(all(closed, 401))
    expect(await allRows()).toEqual(before)
  })

  test('an administrator’s routes turn people away, and nothing changes', async () => {
    const admin = operations.filter(({ access }) => access === 'admin')
    const before = await settledRows()
    expect(await answers(admin, () => ({ token: ada.token }))).toEqual(all(admin, 403))
    expect(await allRows()).toEqual(before)
  })

  test('a role that was taken away a moment ago opens nothing', async () => {
    const admin = operations.filter(({ access }) => access === 'admin')
    const bob = await aCustomer(shop, 'Bob')
    const role = (to: string) =>
      fetch(`${shop.url}/api/v1/admin/users/${bob.userId}/role`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ role: to }),
      })
    expect((await role('admin')).status).toBe(200)
    const jobs = admin.filter(({ name }) => name === 'GET /api/v1/admin/jobs')
    expect(await answers(jobs, () => ({ token: bob.token }))).toEqual(all(jobs, 200))
    expect((await role('user')).status).toBe(200)
    expect(await answers(admin, () => ({ token: bob.token }))).toEqual(all(admin, 403))
  })

  test('the administrator’s token is nobody’s session', async () => {
    const personal = operations.filter(({ access }) => access === 'session')
    expect(await answers(personal, () => ({ token: ADMIN_TOKEN }))).toEqual(all(personal, 401))
  })
})

describe('what belongs to others', () => {
  test('answers like an id of nothing, on every route that takes one', async () => {
    const bob = await aCustomer(shop, 'Bob')
    const made = [
      await ada.post('/api/v1/groups', { title: 'Ours' }),
      await ada.post('/api/v1/invitations', {}),
      await ada.buy('credits-100'),
      await ada.get('/api/v1/me'),
    ]
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 200])
    const ids = made.map(({ body }) => String(body.id ?? body.payment.id))
    const before = await settledRows()
    const personal = operations.filter(
      ({ access, path }) => access === 'session' && path.includes('{'),
    )
    const differing: string[] = []
    for (const operation of personal) {
      const asBob = (id: string) =>
        call(operation, { token: bob.token, id, body: { title: 'Mine' } })
      const unknown = await asBob(newId())
      const seen: { status: number }[] = []
      for (const id of ids) {
        const theirs = await asBob(id)
        if (theirs.status !== unknown.status) seen.push(theirs)
      }
      if (seen.length > 0)
        differing.push(`${operation.name}: ${JSON.stringify([unknown, ...seen])}`)
    }
    expect(differing).toEqual([])
    expect(await allRows()).toEqual(before)
  })
})

/** Fields that nobody may set for themselves. */
const NOT_THEIRS = {
  role: 'owner',
  isAdmin: true,
  userId: newId(),
  id: newId(),
  balance: 1_000_000,
  credits: 1_000_000,
  status: 'succeeded',
  createdAt: '2000-01-01T00:00:00.000Z',
}

const ENDS_SESSIONS = /^DELETE \/api\/v1\/(auth\/session|me)\b/

describe('hostile bodies', () => {
  test('none of them is an error of ours, or one that shows our code', async () => {
    const bad: string[] = []
    for (const operation of operations.filter(({ name }) => !ENDS_SESSIONS.test(name))) {
      const token = operation.access === 'admin' ? ADMIN_TOKEN : ada.token
      for (const [name, body] of operation.method === 'GET' ? [] : hostileBodies(operation)) {
        const answer = await call(operation, { token, body })
        if (isFault(answer)) bad.push(`${operation.name}, ${name}: ${answer.text.slice(0, 200)}`)
      }
      for (const id of operation.path.includes('{') ? HOSTILE_IDS : []) {
        const { status, text } = await call(operation, { token, id })
        if (status >= 500) bad.push(`${operation.name}, id ${id.slice(0, 20)}: ${status} ${text}`)
      }
    }
    expect(bad).toEqual([])
  })

  test('no body gives a person what is not theirs to set', async () => {
    const personal = operations.filter(
      ({ access, method, name }) =>
        access === 'session' && method !== 'GET' && !ENDS_SESSIONS.test(name),
    )
    const mallory = await aCustomer(shop, 'Mallory')
    const before = await tables.state()
    for (const operation of personal) {
      const body = Object.fromEntries(operation.fields.map((field) => [field, 'x']))
      await call(operation, { token: mallory.token, body: { ...body, ...NOT_THEIRS } })
      await call(operation, { token: mallory.token, body: NOT_THEIRS })
    }
    expect(await tables.state()).toEqual(before)
    const { body: me } = await mallory.get('/api/v1/me')
    expect(me).toMatchObject({ id: mallory.userId })
    const users = shop.served().app.platform.core.users
    expect(await users.getById(mallory.userId)).toMatchObject({ role: 'user' })
  })
})
