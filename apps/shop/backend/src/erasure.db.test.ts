import { deriveId, newId } from '@gramkit/core/kernel'
import { overtake } from '@gramkit/services/overtake'
import { strFromU8, unzipSync } from 'fflate'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digitsIn, newestMail } from './testing/letters.ts'
import { MoneyTables } from './testing/money-tables.ts'
import {
  type ApiClient,
  aCustomer,
  aGuest,
  apiClient,
  type Customer,
  eventually,
} from './testing/running-shop.ts'
import { shopForAllTests } from './testing/shop-for-tests.ts'
import { subscribedWithCard, subscribedWithStars, subscriptionOf } from './testing/subscribers.ts'

let tables: MoneyTables
let client: pg.Client
const logLines: string[] = []
const shop = shopForAllTests(
  { GRAMKIT_YOOKASSA_RECEIPTS: 'email', GRAMKIT_LOG_LEVEL: 'info' },
  { onLogLine: (line) => void logLines.push(line) },
)

beforeAll(async () => {
  tables = await new MoneyTables(shop).open()
  client = new pg.Client(shop.database.adminUrl)
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await tables[Symbol.asyncDispose]()
})

const contact = { email: 'payer@example.org' }
const core = () => shop.served().app.platform.core
const later = (time: { minutes?: number; hours?: number; days?: number }) =>
  shop.sandbox.control.clock.advance(time)

async function erases(of: Pick<ApiClient, 'token'>) {
  const response = await fetch(`${shop.url}/api/v1/me`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${of.token}` },
  })
  const text = await response.text()
  return { status: response.status, body: text ? JSON.parse(text) : undefined }
}

async function exportOf(of: ApiClient): Promise<Record<string, string>> {
  const { body } = await of.post('/api/v1/me/export')
  const response = await fetch(`${shop.url}${body.path}`)
  expect(response.headers.get('content-type')).toBe('application/zip')
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()))
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, strFromU8(file)]))
}

const hasPaid = (id: string) =>
  eventually(
    () => core().payments.getById(id),
    ({ status }) => status === 'succeeded',
  )

/** Somebody who has left something recognisable wherever a person can leave something. */
async function somebodyKnown() {
  const mark = newId().slice(-12)
  const personal = {
    firstName: `Zerah${mark}`,
    lastName: `Oduya${mark}`,
    username: `zerah_${mark}`,
    email: `zerah.${mark}@example.org`,
    message: `I live in ${mark} Street`,
    reason: `too dear for ${mark}`,
    feedback: `call me at ${mark}`,
    note: `for the birthday of ${mark}`,
    page: `/shop/?from=${mark}`,
    source: `from-${mark}`,
    title: `Friends of ${mark}`,
    loginEmail: `login.${mark}@example.org`,
    newEmail: `new.${mark}@example.org`,
    code: `flat-of-${mark}`,
    metadata: `third floor of ${mark}`,
    recipient: `aunt.${mark}@example.org`,
    revocation: `moved from ${mark}`,
  }
  const person = shop.sandbox.control.user(newId(), {
    first_name: personal.firstName,
    last_name: personal.lastName,
    username: personal.username,
    language_code: 'ru',
    stars: 10_000,
  })
  const initData = await person.initData()
  const login = await apiClient(shop, 'none').post('/api/v1/auth/telegram', { initData })
  const me = apiClient(shop, login.body.token)
  const userId: string = login.body.user.id
  const deviceKey = `device-${mark}-key`
  const device = await apiClient(shop, 'none').post('/api/v1/auth/guest', { deviceKey })
  await core().visits.record(userId, { via: 'start', startParam: `s-${personal.source}` })
  await me.post('/api/v1/me/merge', { guestToken: device.body.token })
  await person.say(personal.message)
  await core().groups.create(userId, { title: personal.title })
  // This one goes on without them: its name belongs to all who are in it.
  const { id: groupId } = await core().groups.create(userId, { title: 'Tea' })
  const { code } = await core().invites.create({ createdBy: userId, groupId })
  await core().invites.use({ code, usedBy: (await aCustomer(shop)).userId })

  const started = await me.post('/api/v1/me/email/start', { email: personal.loginEmail })
  const mailed = digitsIn(await newestMail(shop.sandbox, personal.loginEmail))
  await me.post('/api/v1/me/email/complete', { id: started.body.id, code: mailed })
  // Two codes that nobody types: for their own address, and for one that they do not have yet.
  await me.post('/api/v1/auth/email/start', { email: personal.loginEmail })
  await me.post('/api/v1/me/email/start', { email: personal.newEmail })
  await setPassword(me, `correct horse ${mark} battery`)
  await leavesInvitations(me, userId, personal)

  const stars = await me.post('/api/v1/payments', {
    ...{ productId: 'pro-monthly', gateway: 'telegram-stars', currency: 'XTR' },
    returnUrl: `${shop.url}${personal.page}`,
  })
  await person.pay(stars.body.confirmationUrl)
  await hasPaid(stars.body.payment.id)
  const { id } = await subscriptionOf(me)
  const { reason, feedback } = personal
  await me.post(`/api/v1/subscriptions/${id}/cancel`, { reason, feedback })
  await core().subscriptions.gift({
    ...{ id: newId(), userId, productId: 'pro-monthly', actor: 'admin', note: personal.note },
  })
  const mug = await me.post('/api/v1/payments', {
    ...{ productId: 'mug', gateway: 'yookassa', currency: 'RUB' },
    contact: { email: personal.email },
  })
  const bought = await core().payments.getById(mug.body.payment.id)
  await shop.sandbox.control.yookassa.succeed(bought.providerPaymentId ?? '')
  await hasPaid(bought.id)
  const telegramId = await person.id()
  const { rows } = await client.query(
    'select hash as "passwordHash" from gramkit.user_password where user_id = $1',
    [userId],
  )
  const secrets: { passwordHash: string } = rows[0]
  // A message that is being answered still would hold the erasure up.
  await later({ minutes: 0 })
  return { me, person, userId, mugId: bought.id, personal: { ...personal, telegramId }, secrets }
}

async function setPassword({ token }: ApiClient, password: string): Promise<void> {
  const { status } = await fetch(`${shop.url}/api/v1/me/password`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ password }),
  })
  expect(status).toBe(204)
}

/** One by which somebody comes, and one that is taken back. */
async function leavesInvitations(
  me: ApiClient,
  userId: string,
  words: { code: string; metadata: string; recipient: string; revocation: string },
): Promise<void> {
  const { code, metadata, recipient, revocation: reason } = words
  const terms = { usageLimit: 5, metadata: { note: metadata } }
  const made = await me.post('/api/v1/invitations', { ...terms, code })
  expect(made.status).toBe(201)
  const { userId: newcomer } = await aCustomer(shop)
  // Without a source: nothing but the code tells where they came from.
  await core().visits.record(newcomer, { via: 'start', startParam: `i-${code}` })
  await core().invites.use({ code, usedBy: newcomer })
  const { body } = await me.post('/api/v1/invitations', { recipient })
  await core().invites.revoke({ id: body.id, by: userId, reason })
}

/** Where a value stands in the database, as `schema.table`; a number only as a whole number. */
async function placesOf(value: string | number): Promise<string[]> {
  const escaped = String(value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = typeof value === 'number' ? `(?<!\\d)${escaped}(?!\\d)` : escaped
  const found = (await tables.everything()).filter(({ row }) => new RegExp(pattern, 'i').test(row))
  return [...new Set(found.map(({ table }) => table))]
}

describe('somebody who wants to be forgotten', () => {
  test('leaves nothing in any column that tells who they were, and the ledger adds up', async () => {
    const { me, userId, mugId, personal, secrets } = await somebodyKnown()
    const everything = Object.entries({ ...personal, ...secrets })
    for (const [name, value] of everything) {
      expect(await placesOf(value), `${name} is to be found before`).not.toEqual([])
    }
    // The receipt of what was prepaid has yet to be sent to the buyer.
    expect(await erases(me)).toMatchObject({
      status: 409,
      body: { code: 'accounts.erasure_blocked', details: { reasons: 'settlement_due' } },
    })
    await core().receipts.settle(mugId)
    expect(await erases(me)).toEqual({ status: 204, body: undefined })

    for (const [name, value] of everything) {
      // A note that the shop wrote to itself is the shop's text, sealed in its audit.
      const left = name === 'note' ? ['gramkit.audit_entry'] : []
      expect(await placesOf(value), `${name} is forgotten`).toEqual(left)
    }
    // Answers to requests repeat what they said.
    expect(await placesOf(userId)).not.toContain('gramkit.http_idempotency')
    expect((await me.get('/api/v1/me')).status).toBe(401)
    const payments = await core().repos.payments.listByUser(userId, {})
    expect(payments.items).toHaveLength(2)
    expect(await core().balance.verify()).toMatchObject({ ok: true })
    expect(await core().audit.verify()).toMatchObject({ ok: true })
    for (const { differences } of await core().reconciliation.reconcile()) {
      expect(differences).toEqual([])
    }
  })

  test('is forgotten once, and comes back as somebody new', async () => {
    const customer = await aCustomer(shop)
    expect((await erases(customer)).status).toBe(204)
    await core().accounts.erase(customer.userId)
    const { rows } = await client.query(
      `select count(*)::int as count from gramkit.outbox_event
       where name = 'user.erased' and subject_id = $1`,
      [customer.userId],
    )
    expect(rows).toEqual([{ count: 1 }])
    const initData = await customer.person.initData()
    const again = await apiClient(shop, 'none').post('/api/v1/auth/telegram', { initData })
    expect(again.status).toBe(200)
    expect(again.body.user.id).not.toBe(customer.userId)
  })

  test('has logged in a moment ago', async () => {
    const guest = await aGuest(shop)
    await later({ minutes: 11 })
    expect(await erases(guest)).toMatchObject({
      status: 403,
      body: { code: 'http.login_too_old' },
    })
  })

  test('is not charged again by Telegram', async () => {
    const customer = await subscribedWithStars(shop)
    expect((await erases(customer)).status).toBe(204)
    const wallet = JSON.stringify(await customer.person.wallet())
    expect(wallet).toContain('"canceled"')
    expect(wallet).not.toContain('"active"')
  })

  test('stays while Telegram cannot be told to stop', async () => {
    const customer = await subscribedWithStars(shop)
    const { faults } = shop.sandbox.control
    await faults.add({ target: 'telegram', kind: 'drop', effect: 'not_done', times: null })
    expect((await erases(customer)).status).toBe(503)
    await faults.clear()
    expect((await customer.get('/api/v1/me')).body).toMatchObject({ id: customer.userId })
    expect((await erases(customer)).status).toBe(204)
  })

  test('waits when a plan begins to be renewed at that moment, and leaves nothing to charge', async () => {
    const guest = await subscribedWithCard(shop, { contact })
    const { body: me } = await guest.get('/api/v1/me')
    const { id } = await subscriptionOf(guest)
    const { firstPaymentId, savedMethodId } = await core().repos.subscriptions.getById(id)
    // As it was given for nothing, until its purchase lands between the two steps of the erasure.
    const given = { firstPaymentId: null, nextChargeAt: null, savedMethodId: null }
    await core().repos.subscriptions.update(id, given)
    // Whoever only names the person, such as a notice that is written meanwhile, does not wait.
    const bought = `with person as
        (select id from gramkit.user_account where id = $1 for no key update)
      update gramkit.subscription set first_payment_id = $2, saved_method_id = $3,
        next_charge_at = current_period_end where user_id = (select id from person)`
    const erasure = await overtake(
      ...[shop, bought, [me.id, firstPaymentId, savedMethodId]],
      async () => (await Promise.allSettled([core().accounts.erase(me.id)]))[0],
    )
    expect(erasure).toMatchObject({ reason: { details: { reasons: 'renewal_running' } } })
    expect((await erases(guest)).status).toBe(204)
    expect(await core().repos.subscriptions.getById(id)).toMatchObject({
      ...{ nextChargeAt: null, noticeAt: null, savedMethodId: null },
    })
  })

  test('leaves no card: of what the provider notified only which object it is about is kept', async () => {
    const guest = await subscribedWithCard(shop, { contact })
    expect((await erases(guest)).status).toBe(204)
    const { rows } = await client.query(
      `select distinct name from gramkit.inbox_delivery, jsonb_object_keys(body::jsonb -> 'object') name
       where provider = 'yookassa' order by name`,
    )
    expect(rows).toEqual([{ name: 'id' }, { name: 'status' }])
    expect(await placesOf('payment_method')).toEqual([])
  })

  test('has no renewal that could fail and hold up everybody else’s', async () => {
    const guest = await subscribedWithCard(shop, { contact })
    const { id } = await subscriptionOf(guest)
    const { body: me } = await guest.get('/api/v1/me')
    expect((await erases(guest)).status).toBe(204)
    const { currentPeriodEnd } = await core().repos.subscriptions.getById(id)
    // A settlement that came late has the kit charge for it again, until the next round.
    await core().repos.subscriptions.update(id, {
      ...{ status: 'active', nextChargeAt: currentPeriodEnd, noticeAt: currentPeriodEnd },
    })
    await later({ minutes: 2 })
    expect(await core().repos.subscriptions.listLive(me.id)).toMatchObject([
      { nextChargeAt: null, noticeAt: null },
    ])
  })

  test.each([
    ['payment_open', `update gramkit.payment set status = 'pending' where id = $1`],
    [
      'refund_open',
      `insert into gramkit.payment_refund (id, payment_id, amount, status, actor, created_at, updated_at)
       values (gen_random_uuid(), $1, 1, 'pending', 'test', now(), now())`,
    ],
    [
      'dispute_open',
      `insert into gramkit.payment_dispute (id, payment_id, reference, amount, status, created_at, updated_at)
       values (gen_random_uuid(), $1, 'test', 1, 'open', now(), now())`,
    ],
    [
      'delivery_open',
      `update gramkit.inbox_delivery set status = 'parked' where sender = (select 'telegram:' || u.telegram_id
         from gramkit.user_account u join gramkit.payment p on p.user_id = u.id where p.id = $1)`,
    ],
  ])('waits while money is under way: %s', async (reason, begin) => {
    const customer = await aCustomer(shop)
    const id = await buysCredits(customer)
    const { rows } = await client.query('select status from gramkit.payment where id = $1', [id])
    await client.query(begin, [id])
    expect(await erases(customer)).toMatchObject({ body: { details: { reasons: reason } } })
    await client.query(`update gramkit.payment set status = $2 where id = $1`, [id, rows[0].status])
    await client.query(
      `update gramkit.payment_refund set status = 'failed' where payment_id = $1`,
      [id],
    )
    await client.query(`update gramkit.payment_dispute set status = 'won' where payment_id = $1`, [
      id,
    ])
    await client.query(`update gramkit.inbox_delivery set status = 'done' where status = 'parked'`)
    expect((await erases(customer)).status).toBe(204)
  })

  test('gets no name back from a request that was under way', async () => {
    const customer = await aCustomer(shop)
    await erases(customer)
    const rename = core().repos.users.update(customer.userId, { firstName: 'Ada' })
    await expect(rename).rejects.toThrow()
  })

  test('is looked for again, as a request that was under way may leave a contact', async () => {
    const customer = await aCustomer(shop)
    const id = await buysCredits(customer)
    await erases(customer)
    await client.query(
      `insert into gramkit.payment_contact (payment_id, user_id, email, created_at)
       values ($1, $2, 'late@example.org', now())`,
      [id, customer.userId],
    )
    await later({ minutes: 2 })
    expect(await placesOf('late@example.org')).toEqual([])
  })
})

async function buysCredits(customer: Customer): Promise<string> {
  const { body } = await customer.buy('credits-100')
  await customer.person.pay(body.confirmationUrl)
  await hasPaid(body.payment.id)
  return body.payment.id
}

describe('an export', () => {
  test('holds all that somebody left, readable, and no secret', async () => {
    const { me, userId, personal, secrets } = await somebodyKnown()
    const files = await exportOf(me)
    const everything = Object.values(files).join('\n')
    for (const [name, value] of Object.entries(personal))
      expect(everything, name).toContain(String(value))
    expect(files['README.txt']).toContain('Здесь всё, что мы о вас храним')
    for (const name of Object.keys(files).filter((file) => file.endsWith('.json'))) {
      expect(files['README.txt']).toContain(name)
      expect(() => JSON.parse(files[name] ?? '')).not.toThrow()
    }
    const { payments } = JSON.parse(files['payments.json'] ?? '')
    expect(payments).toHaveLength(2)
    const { rows } = await client.query(
      'select token_hash from gramkit.user_session where user_id = $1',
      [userId],
    )
    expect(rows).not.toEqual([])
    for (const { token_hash } of rows) expect(everything).not.toContain(token_hash)
    expect(everything).not.toContain(me.token)
    expect(everything).not.toContain(secrets.passwordHash)
  })

  test('holds nothing of anybody else', async () => {
    const [ada, bob] = [await aCustomer(shop, 'Ada'), await aCustomer(shop, 'Bob')]
    await buysCredits(ada)
    await buysCredits(bob)
    const everything = Object.values(await exportOf(ada)).join('\n')
    expect(everything).toContain(ada.userId)
    expect(everything).not.toContain(bob.userId)
  })

  test('opens for ten minutes, by the last link only', async () => {
    const guest = await aGuest(shop)
    const [first, second] = [
      (await guest.post('/api/v1/me/export')).body,
      (await guest.post('/api/v1/me/export')).body,
    ]
    const statusOf = async (path: string) => (await fetch(`${shop.url}${path}`)).status
    expect(await statusOf(first.path)).toBe(410)
    expect(await statusOf(second.path)).toBe(200)
    expect(await statusOf(`/api/v1/exports/${deriveId(newId(), 'guess')}`)).toBe(410)
    await later({ minutes: 10 })
    expect(await statusOf(second.path)).toBe(410)
    // Whoever reads the log does not read the archive.
    expect(logLines.join('')).toContain('/api/v1/exports/:token')
    for (const { path } of [first, second]) {
      expect(logLines.join('')).not.toContain(path.split('/').at(-1))
    }
  })
})
