import { afterAll, beforeAll, expect, test } from 'vitest'
import { API, BASIC, made } from './testing/catalogue.ts'
import {
  type RunningBilling,
  startRunningBilling,
  type TenantClient,
} from './testing/running-billing.ts'

let billing: RunningBilling
let acme: TenantClient
let customerId: string

beforeAll(async () => {
  billing = await startRunningBilling()
  acme = await billing.tenant()
  customerId = (await made(acme.post(`${API}/customers`, { code: 'C1', name: 'One' }))).id
})
afterAll(() => billing[Symbol.asyncDispose]())

const tiers = (...given: object[]) => ({
  ...{ ...BASIC, code: 'TIERED' },
  charges: [{ key: 'units', title: 'Units', model: 'graduated', when: 'advance', tiers: given }],
})
const flat = (rate: string) => ({ ...BASIC, charges: [{ ...BASIC.charges[0], rate }] })
const plugIn = { key: 'own', title: 'Own', model: 'custom', when: 'advance', plugIn: 'magic' }
const long = 'x'.repeat(500)
const line = { title: 'Work', unitPrice: '80' }

/** What is wrong, where it is sent, and the field that the answer names. */
const WRONG: readonly (readonly [what: string, path: string, body: () => object, field: string])[] =
  [
    [
      'a gap between tiers',
      '/plans',
      () => tiers({ upTo: '100', rate: '1' }, { from: '150', upTo: null, rate: '0.5' }),
      'charges.0.tiers.1.from',
    ],
    [
      'tiers that overlap',
      '/plans',
      () => tiers({ upTo: '100', rate: '1' }, { from: '90', upTo: null, rate: '0.5' }),
      'charges.0.tiers.1.from',
    ],
    [
      'a first tier that begins above 0',
      '/plans',
      () => tiers({ from: '1', upTo: null, rate: '1' }),
      'charges.0.tiers.0.from',
    ],
    [
      'a last tier with an end',
      '/plans',
      () => tiers({ upTo: '100', rate: '1' }),
      'charges.0.tiers.0.upTo',
    ],
    ['no tiers', '/plans', () => tiers(), 'charges.0.tiers'],
    ['a negative price', '/plans', () => flat('-1'), 'charges.0.rate'],
    ['an absurd price', '/plans', () => flat('1000000000000'), 'charges.0.rate'],
    ['a price of too many places', '/plans', () => flat('0.0000000000001'), 'charges.0.rate'],
    [
      'a price that is a number',
      '/plans',
      () => ({ ...BASIC, charges: [{ ...BASIC.charges[0], rate: 29.99 }] }),
      'charges.0.rate',
    ],
    ['no charges', '/plans', () => ({ ...BASIC, charges: [] }), 'charges'],
    ['a negative set-up fee', '/plans', () => ({ ...BASIC, setupFee: '-1' }), 'setupFee'],
    ['a plan’s name of 500 characters', '/plans', () => ({ ...BASIC, name: long }), 'name'],
    ['an unknown cycle', '/plans', () => ({ ...BASIC, cycle: 'daily' }), 'cycle'],
    [
      'a customer’s name of 500 characters',
      '/customers',
      () => ({ code: 'C2', name: long }),
      'name',
    ],
    ['a name of two lines', '/customers', () => ({ code: 'C2', name: 'a\nb' }), 'name'],
    [
      'a wrong tax number',
      '/customers',
      () => ({ code: 'C2', name: 'Two', country: 'DE', taxId: 'DE000' }),
      'taxId',
    ],
    [
      'a tax number without a country',
      '/customers',
      () => ({ code: 'C2', name: 'Two', taxId: 'DE136695976' }),
      'taxId',
    ],
    [
      'a coupon of 101 %',
      '/coupons',
      () => ({ code: 'ALL', name: 'All', percent: '101', duration: 'once' }),
      'percent',
    ],
    [
      'a coupon of nothing',
      '/coupons',
      () => ({ code: 'NO', name: 'No', duration: 'once' }),
      'percent',
    ],
    [
      'a coupon of a negative amount',
      '/coupons',
      () => ({ code: 'NEG', name: 'N', amount: '-5', currency: 'EUR', duration: 'once' }),
      'amount',
    ],
    [
      'no quantity',
      '/subscriptions',
      () => ({ customerId, planId: customerId, quantity: '0' }),
      'quantity',
    ],
    ['an invoice without lines', '/invoices', () => ({ customerId, lines: [] }), 'lines'],
    [
      'a line’s title of 500 characters',
      '/invoices',
      () => ({ customerId, lines: [{ ...line, title: long }] }),
      'lines.0.title',
    ],
    [
      'a price that is no number',
      '/invoices',
      () => ({ customerId, lines: [{ ...line, unitPrice: 'much' }] }),
      'unitPrice',
    ],
    [
      'a meter that sums nothing',
      '/meters',
      () => ({ code: 'm', name: 'M', unit: 'u', aggregation: 'sum' }),
      'valueProperty',
    ],
    [
      'a tax of 101 %',
      '/tax-rates',
      () => ({ country: 'DE', name: 'USt', rate: '101', fromOn: '2021-01-01' }),
      'rate',
    ],
    [
      'a tax of no country',
      '/tax-rates',
      () => ({ country: 'XX', name: 'USt', rate: '19', fromOn: '2021-01-01' }),
      'country',
    ],
    [
      'a rate between a currency and itself',
      '/exchange-rates',
      () => ({ from: 'EUR', to: 'EUR', rate: '1', quotedOn: '2026-01-01', source: 'ECB' }),
      'to',
    ],
    [
      'an exchange rate of 0',
      '/exchange-rates',
      () => ({ from: 'EUR', to: 'USD', rate: '0', quotedOn: '2026-01-01', source: 'ECB' }),
      'rate',
    ],
    ['a key without scopes', '/api-keys', () => ({ name: 'None', scopes: [] }), 'scopes'],
    [
      'a field that is not known',
      '/coupons',
      () => ({ code: 'X', name: 'X', percent: '5', duration: 'once', colour: 'red' }),
      'colour',
    ],
  ]

/** All rows of tenants, but for when keys were used and what was answered. */
async function rows(): Promise<string[]> {
  const { core } = billing.served().app.platform
  const of = core.billing.forTenant(acme.tenant.id)
  const [customers, plans, coupons, invoices, meters, taxes, rates, keys, audit] =
    await Promise.all([
      ...[of.customers.list(), of.plans.list({ which: 'all' }), of.coupons.list()],
      ...[of.invoices.list(), of.meters.list(), of.taxes.list(), of.exchangeRates.list()],
      ...[of.apiKeys.list(), of.auditTrail.list()],
    ])
  const all = [customers, plans, coupons, invoices, meters, taxes, rates, keys, audit]
  return all.flatMap((page) => page?.items.map(({ id }) => id) ?? [])
}

test.each(WRONG)(
  '%s is refused by its field, and nothing is stored',
  async (_what, path, body, field) => {
    const before = await rows()
    const answer = await acme.post(`${API}${path}`, body())
    expect({ status: answer.status, field: answer.body.details.field }).toEqual({
      status: 400,
      field,
    })
    expect(answer.body.details.problem).toMatch(/^\S/)
    expect(await rows()).toEqual(before)
  },
)

test('a plug-in that nobody registered is refused with those there are', async () => {
  const before = await rows()
  const answer = await acme.post(`${API}/plans`, { ...BASIC, charges: [plugIn] })
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'billing.unknown_plug_in', details: { name: 'magic', known: 'none' } },
  })
  expect(await rows()).toEqual(before)
})

test('a report of what is no month is refused by the field', async () => {
  for (const [fromMonth, untilMonth, field] of [
    ['soon', '2026-01', 'fromMonth'],
    ['2026-01', '2026-13', 'untilMonth'],
    ['2026-02', '2026-01', 'untilMonth'],
    ['2016-01', '2026-01', 'untilMonth'],
  ]) {
    const path = `${API}/reports/revenue?fromMonth=${fromMonth}&untilMonth=${untilMonth}`
    expect(await acme.get(path)).toMatchObject({ status: 400, body: { details: { field } } })
  }
})
