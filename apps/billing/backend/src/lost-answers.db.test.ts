import { newId } from '@gramkit/core/kernel'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API, aSubscription, made } from './testing/catalogue.ts'
import {
  type RunningBilling,
  startRunningBilling,
  type TenantClient,
} from './testing/running-billing.ts'

// A process that is killed once its work is done and before its answer is kept leaves the key as it
// was while the work ran. Whoever asks again must not get a second one of what there is.

let billing: RunningBilling
let acme: TenantClient
let customerId: string
let planId: string
let client: pg.Client

beforeAll(async () => {
  // No worker, which would bill by itself what falls due while a test looks.
  billing = await startRunningBilling({ GRAMKIT_ROLES: 'api' })
  acme = await billing.tenant()
  const begun = await aSubscription(acme)
  customerId = begun.customer.id
  planId = begun.planId
  client = new pg.Client({ connectionString: billing.database.ownerUrl })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await billing[Symbol.asyncDispose]()
})

/** Asks twice under one key, the first answer being lost; what both answered. */
async function twice(path: string, body: object): Promise<unknown[]> {
  const key = newId()
  const first = await made(acme.post(`${API}${path}`, body, key))
  const lost = await client.query(
    `update gramkit.http_idempotency set status = null, body = null, lease_until = now()
     where key = $1`,
    [key],
  )
  expect(lost.rowCount).toBe(1)
  return [first, await made(acme.post(`${API}${path}`, body, key))]
}

async function anInvoice(): Promise<{ id: string; lines: readonly { id: string }[] }> {
  const lines = [{ title: 'Installation', unitPrice: '80' }]
  const { id } = await made(acme.post(`${API}/invoices`, { customerId, lines }))
  return made(acme.post(`${API}/invoices/${id}/finalize`))
}

const countOf = async (path: string): Promise<number> =>
  (await made(acme.get(`${API}${path}`))).items.length

test('the draft of an invoice is made once', async () => {
  const before = await countOf('/invoices')
  const lines = [{ title: 'Installation', unitPrice: '80' }]
  const [first, again] = await twice('/invoices', { customerId, lines })
  expect(again).toEqual(first)
  expect(await countOf('/invoices')).toBe(before + 1)
})

test('a customer is made once, and whoever asks again is given it', async () => {
  const [first, again] = await twice('/customers', { code: 'ONCE', name: 'Once' })
  expect(again).toEqual(first)
})

test('a subscription is begun once', async () => {
  const before = await countOf('/subscriptions')
  const [first, again] = await twice('/subscriptions', { customerId, planId })
  expect(again).toEqual(first)
  expect(await countOf('/subscriptions')).toBe(before + 1)
})

test('a part of an invoice is taken back once', async () => {
  const { id: invoiceId, lines } = await anInvoice()
  const note = { invoiceId, lines: [{ lineId: lines[0]?.id, amount: '500' }] }
  const [first, again] = await twice('/credit-notes', note)
  expect(again).toEqual(first)
  expect(await countOf(`/credit-notes?invoiceId=${invoiceId}`)).toBe(1)
})

test('credit is given, applied and paid out once', async () => {
  const { id } = await made(acme.post(`${API}/customers`, { code: 'RICH', name: 'Rich' }))
  const credit = `/customers/${id}/credit`
  const lines = [{ title: 'Installation', unitPrice: '80' }]
  const draft = await made(acme.post(`${API}/invoices`, { customerId: id, lines }))
  await made(acme.post(`${API}/invoices/${draft.id}/finalize`))
  for (const [path, amount, left] of [
    [credit, '1000', '1000'],
    [`/invoices/${draft.id}/credit`, '300', '700'],
    [`${credit}/payouts`, '200', '500'],
  ] as const) {
    const body = path.startsWith(credit) ? { currency: 'EUR', amount } : { amount }
    const [first, again] = await twice(path, body)
    expect(again).toEqual(first)
    expect((await acme.get(`${API}${credit}`)).body.items).toMatchObject([{ amount: left }])
  }
})

test('a payment is started once', async () => {
  const { id } = await anInvoice()
  const [first, again] = await twice(`/invoices/${id}/payments`, { gateway: 'stripe' })
  expect(again).toEqual(first)
  expect(await countOf(`/invoices/${id}/payments`)).toBe(1)
})
