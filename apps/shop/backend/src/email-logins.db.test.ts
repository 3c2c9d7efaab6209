import { newId } from '@gramkit/core/kernel'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aClient, type Client, digitsIn, newestMail, wrongDigits } from './testing/letters.ts'
import {
  aCustomer,
  aGuest,
  eventually,
  type RunningShop,
  startRunningShop,
} from './testing/running-shop.ts'

let shop: RunningShop
let admin: pg.Pool
let names = 0

beforeAll(async () => {
  shop = await startRunningShop({ GRAMKIT_TRUSTED_PROXIES: '127.0.0.1/32' })
  admin = new pg.Pool({ connectionString: shop.database.adminUrl, max: 2 })
})
afterAll(async () => {
  await admin.end()
  await shop[Symbol.asyncDispose]()
})

const anAddress = () => `person-${++names}@example.org`

/** Asks for a code and reads it in the mailbox. */
async function askFor(email: string, client: Client = aClient(shop), mails = 1) {
  const started = await client.post('/auth/email/start', { email })
  expect(started.status).toBe(202)
  const id = String(started.body.id)
  return { id, code: digitsIn(await newestMail(shop.sandbox, email, mails)) }
}

async function login(email: string, client: Client = aClient(shop), mails = 1) {
  const typed = await askFor(email, client, mails)
  const { status, body } = await client.post('/auth/email/complete', typed)
  expect(status).toBe(200)
  return { token: String(body.token), user: body.user, client }
}

/** Connects an address to somebody who is logged in. */
async function connect(email: string, token: string, client: Client = aClient(shop)) {
  const started = await client.post('/me/email/start', { email }, token)
  expect(started.status).toBe(202)
  const code = digitsIn(await newestMail(shop.sandbox, email))
  return client.post('/me/email/complete', { id: started.body.id, code }, token)
}

const rowsOf = async (statement: string, values: unknown[] = []) =>
  (await admin.query(statement, values)).rows

describe('a code', () => {
  test('signs up whom nobody knows, and logs them in again', async () => {
    const email = anAddress()
    const first = await login(email)
    expect(first.user).toMatchObject({ kind: 'registered', telegramId: null, role: 'user' })
    const again = await login(email.toUpperCase(), aClient(shop), 2)
    expect(again.user.id).toBe(first.user.id)
    expect(again.token).not.toBe(first.token)
    const created = `select payload from gramkit.outbox_event
      where name = 'user.created' and user_id = $1`
    expect(await rowsOf(created, [first.user.id])).toEqual([
      { payload: { userId: first.user.id, kind: 'registered' } },
    ])
  })

  test('comes in the language that was asked for', async () => {
    const [ada, boris] = [anAddress(), anAddress()]
    await askFor(ada)
    await aClient(shop).post('/auth/email/start', { email: boris, language: 'ru' })
    expect(await newestMail(shop.sandbox, ada)).toMatchObject({ subject: 'Your code to log in' })
    const mail = await newestMail(shop.sandbox, boris)
    expect(mail).toMatchObject({ subject: 'Код для входа', from: 'shop@example.org' })
    expect(digitsIn(mail)).toMatch(/^\d{6}$/)
  })

  test('is over after five tries, right ones too, and so is no other code', async () => {
    const email = anAddress()
    const client = aClient(shop)
    const { id, code } = await askFor(email, client)
    for (let attempt = 1; attempt <= 5; attempt++) {
      const wrong = await client.post('/auth/email/complete', { id, code: wrongDigits(code) })
      expect(wrong).toMatchObject({ status: 400, body: { code: 'email.code_wrong', details: {} } })
    }
    const late = await client.post('/auth/email/complete', { id, code })
    expect(late).toMatchObject({ status: 410, body: { code: 'email.code_gone' } })
    await login(email, client, 2)
  })

  test('logs in once, however many type it at the same time', async () => {
    const client = aClient(shop)
    const typed = await askFor(anAddress(), client)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => client.post('/auth/email/complete', typed)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(9)
  })

  test('ends after ten minutes, to the instant', async () => {
    const email = anAddress()
    const client = aClient(shop)
    const typed = await askFor(email, client)
    const [{ expires_at: expiresAt }] = await rowsOf(
      'select expires_at from gramkit.user_email_code where id = $1',
      [typed.id],
    )
    const { now } = await shop.sandbox.control.clock.state()
    const seconds = (expiresAt.getTime() - new Date(now).getTime()) / 1_000
    await shop.sandbox.control.clock.advance({ seconds })
    const late = await client.post('/auth/email/complete', typed)
    expect(late.body.code).toBe('email.code_gone')
  })

  test('is of the id that it was asked under, and of nothing that anybody makes up', async () => {
    const client = aClient(shop)
    const mine = await askFor(anAddress(), client)
    let other = await askFor(anAddress(), client)
    while (other.code === mine.code) other = await askFor(anAddress(), client)
    const swapped = await client.post('/auth/email/complete', { id: other.id, code: mine.code })
    expect(swapped.body.code).toBe('email.code_wrong')
    const unknown = await client.post('/auth/email/complete', { ...mine, id: newId() })
    expect(unknown.body.code).toBe('email.code_gone')
  })

  test('makes one person of many first logins with one address', async () => {
    const email = anAddress()
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => aClient(shop).post('/auth/email/start', { email })),
    )
    const mails = await eventually(
      () => shop.sandbox.control.mailbox(email),
      ({ length }) => length >= 8,
    )
    const codes = new Map(
      mails.map((mail) => [mail.headers['message-id']?.slice(1, 37), digitsIn(mail)]),
    )
    const logins = await Promise.all(
      asked.map(({ body: { id } }) =>
        aClient(shop).post('/auth/email/complete', { id, code: codes.get(id) ?? '' }),
      ),
    )
    expect(logins.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(new Set(logins.map(({ body }) => body.user.id)).size).toBe(1)
  })

  test('arrives although the mail server was away for a moment', async () => {
    await shop.sandbox.control.faults.add({ target: 'mail', kind: 'error', times: 2 })
    const email = anAddress()
    await aClient(shop).post('/auth/email/start', { email })
    await eventually(
      async () => (await shop.sandbox.control.faults.list()).length,
      (left) => left === 0,
    )
    await shop.sandbox.control.clock.advance({ minutes: 1 })
    expect(await newestMail(shop.sandbox, email)).toMatchObject({ to: email })
  })

  test('is written down nowhere, and its address only in its own row', async () => {
    const email = anAddress()
    const { code } = await askFor(email)
    const tables = await rowsOf(
      `select table_name from information_schema.tables where table_schema = 'gramkit'`,
    )
    for (const { table_name: name } of tables) {
      const found = await rowsOf(
        `select 1 from gramkit.${name} t where to_jsonb(t)::text like any ($1)`,
        [[`%${email}%`, `%"${code}"%`]],
      )
      expect([name, found.length]).toEqual([name, name === 'user_email_code' ? 1 : 0])
    }
  })

  test('can be asked for five times an hour from one network, whoever has the address', async () => {
    const client = aClient(shop)
    const known = anAddress()
    await login(known)
    for (const email of [known, anAddress()]) {
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => client.post('/auth/email/start', { email })),
      )
      expect(answers.filter(({ status }) => status === 202)).toHaveLength(5)
      const [refused] = answers.filter(({ status }) => status === 429)
      expect(refused?.body).toMatchObject({
        code: 'limits.too_many_tries',
        details: { limit: 'email.start_by_address_here' },
      })
    }
    expect((await aClient(shop).post('/auth/email/start', { email: known })).status).toBe(202)
  })
})

test('a code for an address that others ask for to the limit goes to where its owner logs in', async () => {
  const email = anAddress()
  const { client } = await login(email)
  const { limiter } = shop.served().app.platform.core
  await limiter.pause('email.start_by_address', email, 3_600_000)
  await limiter.pause('email.start_by_network', client.network, 3_600_000)
  const elsewhere = await aClient(shop).post('/auth/email/start', { email })
  expect(elsewhere.body.details.limit).toBe('email.start_by_address')
  const stranger = await client.post('/auth/email/start', { email: anAddress() })
  expect(stranger.body.details.limit).toBe('email.start_by_network')
  expect((await login(email, client, 2)).token).toMatch(/./)
})

describe('one’s address', () => {
  test('makes a guest registered, who keeps their account and comes back from elsewhere', async () => {
    const guest = await aGuest(shop)
    const { id } = (await guest.get('/api/v1/me')).body
    const email = anAddress()
    expect(await connect(email, guest.token)).toMatchObject({
      status: 200,
      body: { email, hasPassword: false },
    })
    expect((await guest.get('/api/v1/me')).body).toMatchObject({ id, kind: 'registered' })
    const events = `select payload from gramkit.outbox_event
      where name = 'user.registered' and user_id = $1`
    expect(await rowsOf(events, [id])).toEqual([{ payload: { userId: id } }])
    expect((await login(email, aClient(shop), 2)).user.id).toBe(id)
  })

  test('ends the other logins of the guest whom it registers', async () => {
    const deviceKey = newId()
    const asGuest = async () =>
      String((await aClient(shop).post('/auth/guest', { deviceKey })).body.token)
    const [mine, others] = [await asGuest(), await asGuest()]
    expect((await connect(anAddress(), mine)).status).toBe(200)
    expect((await aClient(shop).call('GET', '/me', mine)).status).toBe(200)
    expect((await aClient(shop).call('GET', '/me', others)).status).toBe(401)
  })

  test('is added to somebody who came by Telegram, replaced, and taken away again', async () => {
    const ada = await aCustomer(shop)
    const [first, second] = [anAddress(), anAddress()]
    await connect(first, ada.token)
    expect((await login(first, aClient(shop), 2)).user.id).toBe(ada.userId)
    await connect(second, ada.token)
    expect((await ada.get('/api/v1/me/email')).body).toEqual({ email: second, hasPassword: false })
    expect((await login(first, aClient(shop), 3)).user.id).not.toBe(ada.userId)
    expect((await aClient(shop).call('DELETE', '/me/email', ada.token)).status).toBe(204)
    expect((await ada.get('/api/v1/me/email')).body).toEqual({ email: null, hasPassword: false })
  })

  test('is not taken away from somebody who could not come back without it', async () => {
    const { token, client } = await login(anAddress())
    const refused = await client.call('DELETE', '/me/email', token)
    expect(refused).toMatchObject({ status: 409, body: { code: 'email.only_login' } })
  })

  test('of somebody else stays theirs, which is told only to who proved it too', async () => {
    const email = anAddress()
    const owner = await login(email)
    const guest = await aGuest(shop)
    const client = aClient(shop)
    const free = await client.post('/me/email/start', { email: anAddress() }, guest.token)
    const taken = await client.post('/me/email/start', { email }, guest.token)
    expect([taken.status, Object.keys(taken.body)]).toEqual([free.status, Object.keys(free.body)])
    const code = digitsIn(await newestMail(shop.sandbox, email, 2))
    const typed = { id: taken.body.id, code }
    const wrong = { ...typed, code: wrongDigits(code) }
    const guessed = await client.post('/me/email/complete', wrong, guest.token)
    expect(guessed.body.code).toBe('email.code_wrong')
    const refused = await client.post('/me/email/complete', typed, guest.token)
    expect(refused).toMatchObject({ status: 409, body: { code: 'email.taken' } })
    expect((await guest.get('/api/v1/me')).body.kind).toBe('guest')
    expect((await login(email, aClient(shop), 3)).user.id).toBe(owner.user.id)
  })

  test('is connected by who asked for the code and nobody else, and does not log in', async () => {
    const [ada, eve] = [await aGuest(shop), await aGuest(shop)]
    const email = anAddress()
    const client = aClient(shop)
    const { body } = await client.post('/me/email/start', { email }, ada.token)
    const typed = { id: body.id, code: digitsIn(await newestMail(shop.sandbox, email)) }
    const others = [
      await client.post('/me/email/complete', typed, eve.token),
      await client.post('/auth/email/complete', typed),
    ]
    for (const answer of others) expect(answer.body.code).toBe('email.code_gone')
    const asked = await askFor(anAddress(), client)
    const login = await client.post('/me/email/complete', asked, ada.token)
    expect(login.body.code).toBe('email.code_gone')
    expect((await client.post('/me/email/complete', typed, ada.token)).status).toBe(200)
  })

  test('belongs to one account, whoever writes it', async () => {
    const email = anAddress()
    const { user } = await login(email)
    const other = await aCustomer(shop)
    const insert = (text: string) =>
      admin.query(`insert into gramkit.user_email values ($1, $2, now())`, [other.userId, text])
    await expect(insert(email)).rejects.toMatchObject({ constraint: 'user_email_email_key' })
    await expect(insert('Capital@example.org')).rejects.toMatchObject({
      constraint: 'user_email_email_check',
    })
    const owners = 'select user_id from gramkit.user_email where email = $1'
    expect(await rowsOf(owners, [email])).toEqual([{ user_id: user.id }])
  })
})
