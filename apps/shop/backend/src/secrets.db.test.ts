import { randomUUID } from 'node:crypto'
import { newId } from '@gramkit/core/kernel'
import type { FaultInput } from '@gramkit/sandbox'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MoneyTables } from './testing/money-tables.ts'
import { type RunningShop, startRunningShop } from './testing/running-shop.ts'
import { SecretSearch } from './testing/secret-search.ts'
import { paidUpdate } from './testing/stars-update.ts'

/** Every failure of a provider that a call of ours can meet. */
const TROUBLE = [
  { kind: 'refused', status: 401 },
  { kind: 'refused', status: 403 },
  { kind: 'rate_limit', retry_after: 1 },
  { kind: 'error', effect: 'not_done' },
  { kind: 'error', effect: 'done' },
  { kind: 'drop', effect: 'not_done' },
  { kind: 'drop', effect: 'done' },
] as const

/** Each in turn for `pnpm proof`; three of them, one of each sort, are quick. */
const troubles = process.env['GRAMKIT_PROOF']
  ? TROUBLE
  : TROUBLE.filter((_, index) => index % 3 === 0)

const secrets = new SecretSearch()
const logLines: string[] = []
const errorBodies: string[] = []
/** Rows as they were in the middle of each trouble and at the end, with their tables. */
const rows = new Map<string, string>()

let shop: RunningShop
let tables: MoneyTables

beforeAll(async () => {
  // Lines are taken as they are before the logger's last defence, which knows the secrets.
  shop = await startRunningShop(
    { GRAMKIT_LOG_LEVEL: 'trace' },
    { onLogLine: (line) => logLines.push(line) },
  )
  tables = await new MoneyTables(shop).open()
  const { telegram, yookassa, http, database } = shop.config
  secrets.add('bot token', telegram.botToken)
  secrets.add('webhook secret', telegram.webhookSecret)
  secrets.add('YooKassa key', yookassa?.secretKey ?? '')
  secrets.add('YooKassa login', `${yookassa?.shopId}:${yookassa?.secretKey}`)
  secrets.add('admin token', http.adminToken)
  secrets.add('database login', new URL(database.url).href.split('@')[0] ?? '')
  await useEverything()
}, 600_000)

afterAll(async () => {
  await tables[Symbol.asyncDispose]()
  await shop[Symbol.asyncDispose]()
})

const core = () => shop.served().app.platform.core
const sandbox = () => shop.sandbox.control

interface Asked {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts the shape it expects
  readonly body: any
}

/** Asks the shop, and keeps what a refusal says. */
async function ask(method: string, path: string, token?: string, body?: object): Promise<Asked> {
  const response = await fetch(`${shop.url}${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json', 'idempotency-key': newId() } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  if (!response.ok) errorBodies.push(text)
  return { status: response.status, body: text ? JSON.parse(text) : undefined }
}

async function useEverything(): Promise<void> {
  const person = sandbox().user('Ada')
  const telegramId = await person.id()
  const ada = await logIn('/api/v1/auth/telegram', { initData: await knownInitData() })
  // Not one of the kit's ids: two of the same millisecond begin alike.
  const guest = await logIn('/api/v1/auth/guest', { deviceKey: known('device key', randomUUID()) })
  await badLogins(ada)

  const buy = (token: string, productId: string, gateway: string, currency: string) =>
    ask('POST', '/api/v1/payments', token, { productId, gateway, currency })
  const buyStars = () => buy(ada, 'credits-100', 'telegram-stars', 'XTR')
  const buyCard = () => buy(guest, 'credits-500', 'yookassa', 'RUB')
  const refund = (id: string) =>
    ask('POST', `/api/v1/admin/payments/${id}/refund`, shop.adminToken, {})
  const payCard = async ({ body }: Asked) => {
    const { providerPaymentId } = await core().payments.getById(body.payment.id)
    await sandbox().yookassa.succeed(providerPaymentId ?? '')
    return body.payment.id
  }
  for (const trouble of troubles) {
    await during({ target: 'telegram', ...trouble }, async () => {
      await buyStars()
      await person.say('/paysupport')
    })
    await during({ target: 'yookassa', ...trouble }, buyCard)
    await sandbox().clock.advance({ minutes: 20 })
    const stars = await buyStars()
    const link = stars.body.confirmationUrl
    if (link) await person.pay(link)
    const cardId = await payCard(await buyCard())
    await during({ target: 'yookassa', ...trouble, method: 'GET /payments/:id' }, async () => {
      await sandbox().redeliver({ provider: 'yookassa' })
    })
    await sandbox().clock.advance({ minutes: 20 })
    await during({ target: 'telegram', ...trouble }, () => refund(stars.body.payment.id))
    await during({ target: 'yookassa', ...trouble }, () => refund(cardId))
    await sandbox().clock.advance({ hours: 2 })
  }
  await crashes(buyCard, payCard)
  await badWebhooks(telegramId)
  await sandbox().clock.advance({ days: 2 })
}

/** Has a provider misbehave for as long as something goes on. */
async function during(fault: FaultInput, work: () => Promise<unknown>): Promise<void> {
  const { id } = await sandbox().faults.add({ ...fault, times: null } as FaultInput)
  await work()
  await keepRows()
  await sandbox().request('DELETE', `/faults/${id}`)
}

async function keepRows(): Promise<void> {
  for (const { table, row } of await tables.everything()) rows.set(row, table)
}

function known(name: string, secret: string): string {
  secrets.add(name, secret)
  return secret
}

/** Init data whose proofs must appear nowhere. */
async function knownInitData(): Promise<string> {
  const initData = await sandbox().user('Ada').initData()
  const fields = new URLSearchParams(initData)
  for (const name of ['hash', 'signature']) known(`init data ${name}`, fields.get(name) ?? '')
  return initData
}

async function logIn(path: string, body: object): Promise<string> {
  const answer = await ask('POST', path, undefined, body)
  expect(answer.status).toBeLessThan(300)
  return known('session token', answer.body.token)
}

async function badLogins(token: string): Promise<void> {
  const initData = await knownInitData()
  const attempts = [
    initData.replace('Ada', 'Eve'),
    `${initData}&extra=1`,
    initData.replace(/auth_date=\d+/, 'auth_date=1'),
    initData.split('&').reverse().slice(1).join('&'),
    initData.slice(0, -20),
    'x'.repeat(20_000),
  ]
  for (const attempt of attempts) {
    await ask('POST', '/api/v1/auth/telegram', undefined, { initData: attempt })
    await ask('POST', '/api/v1/auth/telegram', undefined, { [attempt.slice(0, 200)]: attempt })
  }
  for (const wrong of [`${token}x`, token.slice(1), token.toUpperCase(), shop.adminToken]) {
    await ask('GET', '/api/v1/payments', wrong)
  }
  for (const wrong of [token, `${shop.adminToken}x`, shop.config.telegram.webhookSecret]) {
    await ask('GET', '/api/v1/admin/ledger/verify', wrong)
  }
  await ask('GET', `/api/v1/payments?token=${token}&cursor=${shop.adminToken}`, token)
  await ask('POST', '/api/v1/payments', token, { productId: token, gateway: token })
}

/** The database refuses in the middle of what a notification does, until it is allowed again. */
async function crashes(
  buy: () => Promise<Asked>,
  pay: (asked: Asked) => Promise<string>,
): Promise<void> {
  const client = new pg.Client(shop.database.adminUrl)
  await client.connect()
  const asked = await buy()
  await client.query('revoke insert on gramkit.balance_transfer from gramkit_app')
  await pay(asked)
  await sandbox().clock.advance({ minutes: 1 })
  await client.query('alter table gramkit.payment rename to payment_away')
  await ask('GET', '/api/v1/payments', shop.adminToken)
  await ask('POST', '/api/v1/admin/reconcile', shop.adminToken)
  await client.query('alter table gramkit.payment_away rename to payment')
  await client.query('grant insert on gramkit.balance_transfer to gramkit_app')
  await client.end()
}

async function badWebhooks(telegramId: number): Promise<void> {
  const { webhookSecret } = shop.config.telegram
  const update = paidUpdate({ id: newId(), amount: 50n }, telegramId)
  for (const path of ['/webhooks/telegram', '/webhooks/yookassa']) {
    for (const headers of [
      { authorization: `Bearer ${webhookSecret}` },
      { cookie: `secret=${webhookSecret}` },
      { 'x-telegram-bot-api-secret-token': webhookSecret },
    ]) {
      for (const body of [update, { ...update, message: 7 }, { event: 'payment.succeeded' }]) {
        const response = await fetch(`${shop.url}${path}?secret=${webhookSecret}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        })
        if (!response.ok) errorBodies.push(await response.text())
      }
    }
  }
}

/** What holds a secret, without telling the secret. */
function leaks(texts: readonly { where: string; text: string }[]): string[] {
  const found = texts.flatMap(({ where, text }) =>
    secrets.in(text).map((name) => `${where} holds the ${name}`),
  )
  return [...new Set(found)]
}

describe('the search itself', () => {
  test.each<[string, (secret: string) => string]>([
    ['whole', (secret) => secret],
    ['without its beginning', (secret) => secret.slice(secret.length / 3)],
    ['as a login', (secret) => `Basic ${btoa(`100500:${secret}`)}`],
    ['in an address', (secret) => `https://x/?key=${encodeURIComponent(secret)}`],
    ['in JSON', (secret) => JSON.stringify({ config: { auth: secret } })],
    ['in hex', (secret) => Buffer.from(secret).toString('hex')],
  ])('finds a secret %s', (_form, write) => {
    const text = write(shop.config.yookassa?.secretKey ?? '')
    expect(secrets.in(`before ${text} after`)).not.toEqual([])
  })
})

describe('after purchases, refunds and every failure of both providers no secret is', () => {
  test('in a log line, also before the logger takes known ones out', () => {
    expect(logLines.length).toBeGreaterThan(100)
    expect(logLines.filter((line) => line.includes('"level":50')).length).toBeGreaterThan(0)
    expect(
      leaks(logLines.map((text) => ({ where: `a log line (${text.slice(0, 60)})`, text }))),
    ).toEqual([])
  })

  test('in an answer that refuses', () => {
    expect(errorBodies.length).toBeGreaterThan(25)
    expect(leaks(errorBodies.map((text) => ({ where: text.slice(0, 80), text })))).toEqual([])
  })

  test('in any row of any table: events, jobs, deliveries, audit, sessions', async () => {
    await keepRows()
    const names = new Set(rows.values())
    expect([...rows.keys()].filter((row) => row.includes('failed')).length).toBeGreaterThan(0)
    for (const table of ['outbox_event', 'job', 'inbox_delivery', 'audit_entry', 'user_session']) {
      expect(names).toContain(`gramkit.${table}`)
    }
    expect(leaks([...rows].map(([text, where]) => ({ where, text })))).toEqual([])
  })

  test('on any page', async () => {
    const paths = ['/docs', '/openapi.json', '/metrics', '/health', '/ready', '/shop/', '/nothing']
    const pages = await Promise.all(
      paths.map(async (path) => {
        const response = await fetch(`${shop.url}${path}`)
        const headers = JSON.stringify([...response.headers])
        return { where: path, text: `${headers}${await response.text()}` }
      }),
    )
    expect(leaks(pages)).toEqual([])
  })
})
