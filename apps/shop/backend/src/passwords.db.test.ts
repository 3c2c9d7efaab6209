import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aClient, type Client, digitsIn, newestMail } from './testing/letters.ts'
import {
  aCustomer,
  eventually,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'

let shop: RunningShop
let names = 0

beforeAll(async () => {
  shop = await startRunningShop({ GRAMKIT_TRUSTED_PROXIES: '127.0.0.1/32' })
})
afterAll(() => shop[Symbol.asyncDispose]())

const PASSWORD = 'correct horse battery'
const wrong = { status: 401, body: { code: 'password.credentials_wrong' } }

async function loginByCode(email: string, client: Client = aClient(shop), mails = 1) {
  const { body } = await client.post('/auth/email/start', { email })
  const code = digitsIn(await newestMail(shop.sandbox, email, mails))
  const login = await client.post('/auth/email/complete', { id: body.id, code })
  return String(login.body.token)
}

async function aPersonWithPassword() {
  const email = `person-${++names}@example.org`
  const token = await loginByCode(email)
  const set = (password: string, by = token) =>
    aClient(shop).call('PUT', '/me/password', by, { password })
  expect((await set(PASSWORD)).status).toBe(204)
  return { email, token, set }
}

const tryPassword = (email: string, password: string, client: Client = aClient(shop)) =>
  client.post('/auth/email/password', { email, password })
const statusOf = async (token: string) => (await aClient(shop).call('GET', '/me', token)).status

test('logs in whoever set it, and says the same to everybody else', async () => {
  const { email } = await aPersonWithPassword()
  const login = await tryPassword(email.toUpperCase(), PASSWORD)
  expect(login).toMatchObject({ status: 200, body: { user: { kind: 'registered' } } })
  const without = `person-${++names}@example.org`
  await loginByCode(without)
  const refused = [
    await tryPassword(email, `${PASSWORD}!`),
    await tryPassword(without, PASSWORD),
    await tryPassword('nobody@example.org', PASSWORD),
    await tryPassword('nobody@example.org', ''.padEnd(512, 'x')),
  ]
  for (const { status, body } of refused) {
    expect({ status, body }).toMatchObject(wrong)
    expect({ ...body, requestId: '' }).toEqual({ ...refused[0]?.body, requestId: '' })
  }
})

test('ends all other logins when it is set, and the old one logs nobody in', async () => {
  const { email, token, set } = await aPersonWithPassword()
  const other = await tryPassword(email, PASSWORD)
  expect(await statusOf(other.body.token)).toBe(200)
  expect((await set('another horse battery')).status).toBe(204)
  expect(await statusOf(other.body.token)).toBe(401)
  expect(await statusOf(token)).toBe(200)
  expect(await tryPassword(email, PASSWORD)).toMatchObject(wrong)
  expect((await tryPassword(email, 'another horse battery')).status).toBe(200)
})

test('a login under way with the old password does not outlive the new one', async () => {
  const { email } = await aPersonWithPassword()
  const changing = new pg.Client({ connectionString: shop.database.adminUrl })
  await changing.connect()
  try {
    // The new password is written and not committed yet, so the old one is still found.
    await changing.query('begin')
    await changing.query(
      `update gramkit.user_password set hash = 'of another password' where user_id =
       (select user_id from gramkit.user_email where email = $1)`,
      [email],
    )
    const login = tryPassword(email, PASSWORD)
    const isWaiting = `select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    await Promise.race([
      login,
      eventually(
        async () => (await changing.query(isWaiting)).rows[0].waiting,
        (waiting) => waiting > 0,
      ),
    ])
    await changing.query('commit')
    expect(await login).toMatchObject(wrong)
  } finally {
    await changing.end()
  }
})

test('is set only soon after a login', async () => {
  const { token, set } = await aPersonWithPassword()
  await shop.sandbox.control.clock.advance({ minutes: 11 })
  const refused = await set('another horse battery', token)
  expect(refused).toMatchObject({ status: 403, body: { code: 'http.login_too_old' } })
  const remove = await aClient(shop).call('DELETE', '/me/email', token)
  expect(remove.body.code).toBe('http.login_too_old')
  const start = await aClient(shop).post('/me/email/start', { email: 'e@example.org' }, token)
  expect(start.body.code).toBe('http.login_too_old')
  expect(await statusOf(token)).toBe(200)
})

test('is refused where it is weak, or goes with no address', async () => {
  const { set } = await aPersonWithPassword()
  expect(await set('aaaaaaaaaaaa')).toMatchObject({
    status: 400,
    body: { code: 'password.weak', details: { reason: 'repetition' } },
  })
  const ada = await aCustomer(shop)
  expect(await set(PASSWORD, ada.token)).toMatchObject({
    status: 409,
    body: { code: 'password.needs_email' },
  })
})

test('a person whose address is being guessed stays logged in and logs in by code', async () => {
  const { email, token } = await aPersonWithPassword()
  const guesser = aClient(shop)
  const guesses = []
  for (let guess = 0; guess < 12; guess++) {
    guesses.push(await tryPassword(email, `wrong horse ${guess}`, guesser))
  }
  const refused = guesses.slice(10)
  expect(guesses.slice(0, 10).map(({ status }) => status)).toEqual(Array(10).fill(401))
  expect(refused.map(({ status }) => status)).toEqual([429, 429])
  expect(refused[0]?.body.details.retryAfterSeconds).toBeGreaterThan(0)
  // The right one is refused there too: whoever guesses learns nothing by it.
  expect((await tryPassword(email, PASSWORD, guesser)).status).toBe(429)
  expect(await statusOf(token)).toBe(200)
  expect((await tryPassword(email, PASSWORD)).status).toBe(200)
  expect(await statusOf(await loginByCode(email, aClient(shop), 2))).toBe(200)
})

test('is out of reach for everybody after a hundred tries a day, and the code is not', async () => {
  const { email, token } = await aPersonWithPassword()
  const { limiter } = shop.served().app.platform.core
  const day = { limit: 100, perMs: 24 * 3_600_000 }
  await limiter.take('password.login', email, { ...day, cost: 100 })
  expect((await tryPassword(email, PASSWORD)).status).toBe(429)
  expect(await statusOf(token)).toBe(200)
  expect(await statusOf(await loginByCode(email, aClient(shop), 2))).toBe(200)
})

test('waits in a network that has guessed wrong a hundred times in an hour, at whatever addresses', async () => {
  const { email, token } = await aPersonWithPassword()
  const guesser = aClient(shop)
  const { limiter } = shop.served().app.platform.core
  const hour = { limit: 100, perMs: 3_600_000 }
  await limiter.take('password.wrong', guesser.network, { ...hour, cost: 100 })
  expect(await tryPassword('nobody@example.org', PASSWORD, guesser)).toMatchObject(wrong)
  const refused = await tryPassword('somebody@example.org', PASSWORD, guesser)
  expect(refused).toMatchObject({
    status: 429,
    body: { details: { limit: 'password.login_network' } },
  })
  expect((await tryPassword(email, PASSWORD)).status).toBe(200)
  expect(await statusOf(token)).toBe(200)
})
