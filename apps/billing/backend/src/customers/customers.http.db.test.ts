import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type RunningBilling,
  startRunningBilling,
  type TenantClient,
} from '../testing/running-billing.ts'

const CUSTOMERS = '/billing/api/v1/customers'
const INVOICES = '/billing/api/v1/invoices'
const JOHN = { code: 'CUST001', name: 'John Doe', email: 'John@Example.org', country: 'DE' }

let billing: RunningBilling
let acme: TenantClient

beforeAll(async () => {
  billing = await startRunningBilling()
  acme = await billing.tenant()
})
afterAll(() => billing[Symbol.asyncDispose]())

describe('customers', () => {
  test('are made, read, changed and listed in pages', async () => {
    const made = await acme.post(CUSTOMERS, JOHN)
    expect(made).toMatchObject({
      status: 201,
      body: { ...JOHN, email: 'john@example.org', currency: 'EUR', timeZone: 'UTC' },
    })
    const path = `${CUSTOMERS}/${made.body.id}`
    expect(await acme.get(path)).toEqual({ status: 200, body: made.body })
    for (const code of ['B', 'C']) await acme.post(CUSTOMERS, { code, name: `Firm ${code}` })
    const first = await acme.get(`${CUSTOMERS}?limit=2`)
    expect(first.body.items.map(({ code }: { code: string }) => code)).toEqual(['CUST001', 'B'])
    const rest = await acme.get(`${CUSTOMERS}?limit=2&cursor=${first.body.nextCursor}`)
    expect(rest.body).toMatchObject({ items: [{ code: 'C' }], nextCursor: null })
    expect((await acme.get(`${CUSTOMERS}?search=doe`)).body.items).toHaveLength(1)
  })
  test('are made once for each key, however often it is sent', async () => {
    const input = { code: 'ONCE', name: 'Once' }
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => acme.post(CUSTOMERS, input, 'one-key')),
    )
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(await acme.post(CUSTOMERS, { ...input, name: 'Other' }, 'one-key')).toMatchObject({
      status: 409,
      body: { code: 'http.idempotency_conflict' },
    })
    const other = await billing.tenant()
    const theirs = await other.post(CUSTOMERS, { ...input, name: 'Other' }, 'one-key')
    expect(theirs.status).toBe(201)
  })

  test('that are erased stand in no answer that was kept for whoever asks again', async () => {
    const { accounts, users } = billing.served().app.platform.services
    const { user } = await users.loginAsGuest('a-device-of-zerah')
    const zerah = { code: 'ZERAH', name: 'Zerah Ben', userId: user.id }
    const { id: customerId } = (await acme.post(CUSTOMERS, zerah, 'zerah')).body
    const other = { code: 'STAYS', name: 'Stays' }
    const stays = await acme.post(CUSTOMERS, other, 'stays')
    const lines = [{ title: 'Work', unitPrice: '1' }]
    const draft = { customerId, lines }
    expect((await acme.post(INVOICES, draft, 'draft')).body.buyer.name).toBe('Zerah Ben')
    await accounts.erase(user.id)
    for (const again of [
      await acme.post(CUSTOMERS, zerah, 'zerah'),
      await acme.post(INVOICES, draft, 'draft'),
    ]) {
      expect(again).toMatchObject({ status: 410, body: { code: 'http.answer_erased' } })
    }
    // What was done stays done, and others keep their answers.
    expect((await acme.get(`${INVOICES}?customerId=${customerId}`)).body.items).toHaveLength(1)
    expect(await acme.post(CUSTOMERS, other, 'stays')).toEqual(stays)
  })

  test.each([
    ['name', { name: 'x'.repeat(500) }],
    ['taxId', { taxId: 'DE123' }],
    ['country', { country: 'XX' }],
    ['email', { email: 'nobody' }],
    ['currency', { currency: 'BTC' }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['colour', { colour: 'red' }],
  ])('with a wrong %s are refused by its name, and nothing is stored', async (field, wrong) => {
    const { status, body } = await acme.post(CUSTOMERS, { ...JOHN, code: 'WRONG', ...wrong })
    expect({ status, field: body.details.field }).toEqual({ status: 400, field })
    expect((await acme.get(`${CUSTOMERS}?search=WRONG`)).body.items).toEqual([])
  })
})
