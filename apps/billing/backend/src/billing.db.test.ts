import { afterAll, beforeAll, expect, test } from 'vitest'
import { API, aSubscription, made } from './testing/catalogue.ts'
import {
  type RunningBilling,
  startRunningBilling,
  type TenantClient,
} from './testing/running-billing.ts'

let billing: RunningBilling
let acme: TenantClient

beforeAll(async () => {
  // No worker, which would bill by itself what falls due while a test looks.
  billing = await startRunningBilling({ GRAMKIT_ROLES: 'api' })
  acme = await billing.tenant()
})
afterAll(() => billing[Symbol.asyncDispose]())

/** Reads a file of the API. */
const file = (path: string) =>
  fetch(`${billing.url}${API}${path}`, { headers: { authorization: `Bearer ${acme.token}` } })

test('a plan is sold, a run bills it, and its invoice is read as a page, a print and a table', async () => {
  const { subscription } = await aSubscription(acme)
  expect(subscription).toMatchObject({ status: 'active', carried: '0', revisions: [{ number: 1 }] })
  expect((await acme.post(`${API}/runs/preview`)).body).toMatchObject({
    invoices: 1,
    totals: [{ currency: 'EUR', amount: '2999' }],
    needsApproval: false,
  })
  const run = await made(acme.post(`${API}/runs`))
  const work = () => made(acme.post(`${API}/runs/${run.id}/work`))
  while ((await work()).outcome !== 'over');
  expect(await made(acme.get(`${API}/runs/${run.id}`))).toMatchObject({
    state: 'completed',
    invoices: 1,
    drafts: 0,
    due: 0,
    parked: 0,
  })
  const { items } = await made(acme.get(`${API}/invoices`))
  expect(items).toMatchObject([
    { number: 'INV-000001', state: 'finalized', total: '2999', remaining: '2999', runId: run.id },
  ])
  const { id } = items[0]
  expect((await acme.get(`${API}/invoices/${id}`)).body.lines).toMatchObject([
    { kind: 'advance', chargeKey: 'base', net: '2999', quantity: '1', unitPrice: '29.99' },
  ])
  const page = await file(`/invoices/${id}/html`)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await page.text()).toContain('INV-000001')
  const [first, second] = await Promise.all([1, 2].map(() => file(`/invoices/${id}/pdf`)))
  expect(first?.headers.get('content-type')).toBe('application/pdf')
  const bytes = Buffer.from((await first?.bytes()) ?? [])
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
  expect(Buffer.from((await second?.bytes()) ?? []).equals(bytes)).toBe(true)
  const measured = await (await fetch(`${billing.url}/metrics`)).text()
  expect(measured).toMatch(/gramkit_billing_mrr\{tenant="[^"]+",currency="EUR"\} 29.99/)
  expect(measured).toMatch(/gramkit_billing_invoices_day\{tenant="[^"]+"\} 1/)
  const table = await (await file('/invoices.csv')).text()
  expect(table.split('\r\n')).toMatchObject([
    expect.stringMatching(/^number,/),
    expect.stringMatching(/^INV-000001,invoice,/),
    '',
  ])
  expect((await file('/invoices.csv?issuedFromOn=soon')).status).toBe(400)
})

test('a run above its threshold waits until somebody decides', async () => {
  const carefully = await billing.tenant()
  await aSubscription(carefully)
  const asked = { approvalThreshold: '2998' }
  const run = await made(carefully.post(`${API}/runs`, asked))
  expect(run).toMatchObject({ state: 'waiting', approvalThreshold: '2998' })
  const rejected = await carefully.post(`${API}/runs/${run.id}/reject`)
  expect(rejected.body).toMatchObject({
    state: 'rejected',
    decidedBy: `key:${carefully.apiKey.id}`,
  })
  expect((await carefully.post(`${API}/runs/${run.id}/approve`)).body).toMatchObject({
    code: 'billing.run_refuses',
  })
  expect((await carefully.get(`${API}/invoices`)).body.items).toEqual([])
})

test('a change is told before it is made, and made once', async () => {
  const seller = await billing.tenant()
  const { subscription } = await aSubscription(seller)
  const path = `${API}/subscriptions/${subscription.id}`
  const shown = await made(seller.post(`${path}/change/preview`, { quantity: '3' }))
  expect(shown.nextBill.lines).toMatchObject([{ kind: 'advance' }])
  expect((await seller.get(path)).body.revisions).toHaveLength(1)
  for (const _ of [1, 2]) await made(seller.post(`${path}/change`, { quantity: '3' }, 'thrice'))
  expect((await seller.get(path)).body.revisions).toHaveLength(2)
  expect((await seller.post(`${path}/cancel`, { when: 'now' })).body.status).toBe('canceled')
  expect(await seller.post(`${path}/pause`)).toMatchObject({
    status: 409,
    body: { code: 'billing.subscription_refuses' },
  })
})

test('usage is counted once, and what is wrong of a batch is named', async () => {
  const meter = { code: 'api_calls', name: 'Calls', unit: 'call', aggregation: 'sum' }
  await made(acme.post(`${API}/meters`, { ...meter, valueProperty: 'calls' }))
  const { id: customerId } = await made(acme.post(`${API}/customers`, { code: 'USER', name: 'U' }))
  const at = (await made(acme.get(`${API}/tenant`))).createdAt
  const event = { id: 'one', customerId, meter: 'api_calls', at, properties: { calls: 3 } }
  expect((await acme.post(`${API}/usage/events`, event)).body).toEqual({ outcome: 'accepted' })
  expect((await acme.post(`${API}/usage/events`, event)).body).toEqual({ outcome: 'duplicate' })
  const many = Array.from({ length: 9_998 }, (_, n) => ({ ...event, id: `n${n}` }))
  const wrong = [{ ...event, id: 'late', at: 'yesterday' }, 7]
  const report = await made(acme.post(`${API}/usage/batches`, { events: [...many, ...wrong] }))
  expect(report).toMatchObject({
    accepted: 9_998,
    refused: [
      { index: 9_998, reason: 'invalid', problem: expect.stringContaining('at') },
      { index: 9_999, reason: 'invalid' },
    ],
  })
  const span = new URLSearchParams({
    ...{ customerId, meter: 'api_calls', startsAt: '2020-01-01T00:00:00.000Z' },
    endsAt: '2100-01-01T00:00:00.000Z',
  })
  expect((await acme.get(`${API}/usage/total?${span}`)).body).toEqual({ quantity: '29997' })
  const tooMany = await acme.post(`${API}/usage/batches`, { events: [...many, ...many] })
  expect(tooMany.status).toBe(422)
})

test('a key makes no key that may do more, and shows each once', async () => {
  const { body } = await acme.post(`${API}/api-keys`, { name: 'Keys', scopes: ['api-keys:write'] })
  const small = { ...acme, headers: body.key }
  const response = await fetch(`${billing.url}${API}/api-keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${small.headers}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'More', scopes: ['invoices:write'] }),
  })
  expect(response.status).toBe(403)
  const { items } = await made(acme.get(`${API}/api-keys`))
  expect(JSON.stringify(items)).not.toContain(body.key)
  await acme.delete(`${API}/api-keys/${body.id}`)
  const revoked = await fetch(`${billing.url}${API}/api-keys`, {
    headers: { authorization: `Bearer ${body.key}` },
  })
  expect(revoked.status).toBe(401)
})

test('credit is given once for each key, pays an invoice, and the books add up', async () => {
  const seller = await billing.tenant()
  const customer = await made(seller.post(`${API}/customers`, { code: 'C', name: 'C' }))
  const credit = `${API}/customers/${customer.id}/credit`
  const gift = { currency: 'EUR', amount: '3000', note: 'Sorry' }
  for (const _ of [1, 2]) await made(seller.post(credit, gift, 'gift'))
  expect((await seller.get(credit)).body.items).toEqual([{ currency: 'EUR', amount: '3000' }])
  const withoutKey = await fetch(`${billing.url}${credit}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${seller.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(gift),
  })
  expect(await withoutKey.json()).toMatchObject({ code: 'http.idempotency_key_required' })
  const tooMuch = await seller.post(`${credit}/payouts`, { currency: 'EUR', amount: '3001' })
  expect(tooMuch).toMatchObject({ status: 409, body: { code: 'billing.credit_too_low' } })
  const lines = [{ title: 'Installation', unitPrice: '80' }]
  const draft = await made(seller.post(`${API}/invoices`, { customerId: customer.id, lines }))
  const invoice = await made(seller.post(`${API}/invoices/${draft.id}/finalize`))
  expect(invoice).toMatchObject({ paid: '3000', remaining: '5000', state: 'partially_paid' })
  const note = await made(seller.post(`${API}/credit-notes`, { invoiceId: invoice.id }))
  expect(note).toMatchObject({ number: 'CN-000001', lowered: '5000', released: '3000' })
  const again = await seller.post(`${API}/credit-notes`, { invoiceId: invoice.id })
  expect(again.body.code).toBe('billing.nothing_to_credit')
  expect((await seller.get(`${API}/revenue/verification`)).body).toMatchObject({ ok: true })
  const [balances] = (await made(seller.get(`${API}/journal/balances`))).items
  const sums = Object.values<string>(balances).filter((text) => /^-?\d+$/.test(text))
  expect(sums.reduce((sum, text) => sum + BigInt(text), 0n)).toBe(0n)
  const today = invoice.issuedOn.slice(0, 7)
  const months = `fromMonth=${today}&untilMonth=${today}`
  const { rows } = await made(seller.get(`${API}/reports/revenue?${months}`))
  expect(rows).toMatchObject([{ month: today, concessions: '3000', receivable: '0' }])
  for (const report of ['mrr', 'cohorts', 'aging']) {
    const query = report === 'aging' ? '' : months
    expect((await seller.get(`${API}/reports/${report}?${query}`)).status).toBe(200)
  }
})
