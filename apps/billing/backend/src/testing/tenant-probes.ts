import { newId } from '@gramkit/core/kernel'
import { API, aSubscription, BASIC, made } from './catalogue.ts'
import type { TenantClient } from './running-billing.ts'

/** What a tenant has, by the names that routes give it. */
export type TenantIds = Readonly<Record<string, string>>

/** What is asked of a route with the ids of a tenant. */
export interface Probe {
  readonly body?: object
  readonly query?: Readonly<Record<string, string>>
}

const FROM_NOW_ON = { startsAt: '2020-01-01T00:00:00.000Z', endsAt: '2100-01-01T00:00:00.000Z' }

/** Makes one of everything that a route can name, each by its place in the paths. */
export async function oneOfEach(tenant: TenantClient): Promise<TenantIds> {
  const { post, put, get } = tenant
  // First, so that it hears of what comes.
  const endpoint = await made(post(`${API}/webhook-endpoints`, ENDPOINT))
  const { customer, planId, subscription } = await aSubscription(tenant)
  const customerId: string = customer.id
  const plan = await made(get(`${API}/plans/${planId}`))
  await made(put(`${API}/plans/${planId}/draft`, { ...TERMS }))
  const coupon = await made(post(`${API}/coupons`, COUPON))
  const lines = [{ title: 'Installation', unitPrice: '80' }]
  const invoice = await made(post(`${API}/invoices`, { customerId, lines }))
  const issued = await made(post(`${API}/invoices`, { customerId, lines }))
  await made(post(`${API}/invoices/${issued.id}/finalize`))
  const { id: noteId } = await made(post(`${API}/credit-notes`, { invoiceId: issued.id }))
  const owed = await made(post(`${API}/invoices`, { customerId, lines }))
  await made(post(`${API}/invoices/${owed.id}/finalize`))
  const payments = `${API}/invoices/${owed.id}/payments`
  const payment = await made(post(payments, { gateway: 'stripe' }))
  const deliveries = await made(get(`${API}/webhook-deliveries`))
  const methods = `${API}/customers/${customerId}/payment-methods`
  const method = await made(post(methods, METHOD))
  const rate = await made(post(`${API}/tax-rates`, TAX))
  const apiKey = await made(post(`${API}/api-keys`, { name: 'Other', scopes: ['plans:read'] }))
  const run = await made(post(`${API}/runs`, { approvalThreshold: '0' }))
  await made(post(`${API}/meters`, METER))
  const meter = await made(post(`${API}/meters`, { ...METER, code: 'only_theirs' }))
  await made(put(`${API}/quotas`, quotaOf(customerId)))
  const reservation = reservationOf(customerId)
  await made(post(`${API}/reservations`, reservation))
  return {
    ...{ customers: customerId, plans: planId, 'plan-versions': plan.current.id },
    ...{ coupons: coupon.id, subscriptions: subscription.id, invoices: invoice.id },
    ...{ 'payment-methods': method.id, 'tax-rates': rate.id, 'api-keys': apiKey.id },
    ...{ 'credit-notes': noteId, payments: payment.id, 'webhook-endpoints': endpoint.id },
    'webhook-deliveries': deliveries.items[0].id,
    ...{ runs: run.id, meters: meter.code, reservations: reservation.id },
  }
}

const { code: _code, name: _name, ...TERMS } = BASIC
const COUPON = { code: 'SPRING', name: 'Spring', percent: '10', duration: 'once' }
const METHOD = { gateway: 'stripe', savedMethodId: 'pm_1', label: 'Visa •• 4242' }
const TAX = { country: 'DE', name: 'USt', rate: '19', fromOn: '2021-01-01' }
const ENDPOINT = { name: 'Books', url: 'https://books.example.org/hooks' }
const CREDIT = { currency: 'EUR', amount: '1' }

/** What counts usage in the probes. */
export const METER = {
  ...{ code: 'calls', name: 'Calls', unit: 'call', aggregation: 'sum' },
  valueProperty: 'calls',
}

const quotaOf = (customerId: string) => ({
  ...{ customerId, meter: METER.code, quantity: '500', kind: 'hard', cycle: 'monthly' },
  anchorOn: '2026-01-01',
})

const reservationOf = (customerId: string) => ({
  ...{ id: newId(), customerId, meter: METER.code, quantity: '5' },
})

/**
 * What each route that names something of a tenant is asked for, beside the id in its path. Routes
 * that name nothing need no entry; a route that takes a body or names a customer has one.
 */
export const PROBES: Readonly<Record<string, (of: TenantIds) => Probe>> = {
  'POST /customers/{id}/coupons': () => ({ body: { code: COUPON.code } }),
  'POST /customers/{id}/payment-methods': () => ({ body: { ...METHOD, savedMethodId: 'pm_2' } }),
  'PATCH /customers/{id}': () => ({ body: { name: 'Changed' } }),
  'PATCH /plans/{id}': () => ({ body: { name: 'Changed' } }),
  'PUT /plans/{id}/draft': () => ({ body: TERMS }),
  'POST /subscriptions': (of) => ({ body: { customerId: of['customers'], planId: of['plans'] } }),
  'POST /subscriptions/{id}/change': () => ({ body: { quantity: '3' } }),
  'POST /subscriptions/{id}/change/preview': () => ({ body: { quantity: '3' } }),
  'POST /subscriptions/{id}/pause': () => ({ body: { when: 'now' } }),
  'POST /subscriptions/{id}/cancel': () => ({ body: { when: 'now' } }),
  'POST /subscriptions/{id}/cancel/preview': () => ({ body: { when: 'now' } }),
  'POST /invoices': (of) => ({
    body: { customerId: of['customers'], lines: [{ title: 'Work', unitPrice: '80' }] },
  }),
  'POST /customers/{id}/credit': () => ({ body: CREDIT }),
  'POST /customers/{id}/credit/payouts': () => ({ body: CREDIT }),
  'POST /invoices/{id}/credit': () => ({ body: { amount: '1' } }),
  'POST /credit-notes': (of) => ({ body: { invoiceId: of['invoices'] } }),
  'GET /credit-notes': (of) => ({ query: { customerId: of['customers'] ?? '' } }),
  'GET /journal/entries': (of) => ({ query: { customerId: of['customers'] ?? '' } }),
  'POST /invoices/{id}/payments': () => ({ body: { gateway: 'stripe' } }),
  'POST /invoices/{id}/charges': () => ({ body: { attempt: 1 } }),
  'POST /payments/{id}/refunds': () => ({ body: { amount: '1' } }),
  'PATCH /webhook-endpoints/{id}': () => ({ body: { name: 'Changed' } }),
  'POST /webhook-endpoints/{id}/replay': () => ({ body: { since: FROM_NOW_ON.startsAt } }),
  'GET /webhook-deliveries': (of) => ({ query: { endpointId: of['webhook-endpoints'] ?? '' } }),
  'POST /reservations': (of) => ({ body: reservationOf(of['customers'] ?? '') }),
  'POST /reservations/{id}/commit': () => ({ body: { quantity: '1' } }),
  'PUT /quotas': (of) => ({ body: quotaOf(of['customers'] ?? '') }),
  'POST /usage/events': (of) => ({
    body: {
      ...{ id: newId(), customerId: of['customers'], meter: METER.code },
      ...{ at: new Date(performance.timeOrigin).toISOString(), properties: { calls: 1 } },
    },
  }),
  'GET /usage/total': (of) => ({
    query: { customerId: of['customers'] ?? '', meter: METER.code, ...FROM_NOW_ON },
  }),
  'GET /quotas/state': (of) => ({
    query: { customerId: of['customers'] ?? '', meter: METER.code },
  }),
  'GET /subscriptions': (of) => ({ query: { customerId: of['customers'] ?? '' } }),
  'GET /invoices': (of) => ({ query: { customerId: of['customers'] ?? '' } }),
  'GET /invoices.csv': (of) => ({ query: { customerId: of['customers'] ?? '' } }),
}

/** Routes that take a body in which nothing of a tenant is named. Whoever adds a line says why. */
export const NAME_NOTHING: readonly string[] = [
  ...['PATCH /tenant', 'POST /api-keys', 'POST /customers', 'POST /plans', 'POST /coupons'],
  ...['POST /meters', 'POST /runs', 'POST /runs/preview', 'POST /tax-rates'],
  ...['POST /tax-rates/presets', 'POST /exchange-rates', 'POST /revenue/recognitions'],
  ...['POST /revenue/closed-months', 'POST /webhook-endpoints', 'PATCH /dunning-policy'],
  'PATCH /late-fee-policy',
  // Whose customers are named event by event, as another test shows.
  'POST /usage/batches',
]
