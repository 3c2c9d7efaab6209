import { API_SCOPES, type ApiScope } from '@gramkit/core/billing'
import {
  callOperation,
  HOSTILE_IDS,
  hostileBodies,
  hostileQueries,
  isFault,
  listedOperations,
  type Operation,
  readOperations,
} from '@gramkit/sandbox/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ADMIN_TOKEN, type RunningBilling, startRunningBilling } from './testing/running-billing.ts'

// Made from the routes as they are served: one that is added later is asked the same questions.

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z
          .array(z.object({ in: z.string(), name: z.string(), required: z.boolean().optional() }))
          .optional(),
      }),
    ),
  ),
})

const FOR_ADMINS = [
  'GET /billing/api/v1/tenants',
  'POST /billing/api/v1/tenants',
  'POST /billing/api/v1/tenants/{id}/api-keys',
]

let billing: RunningBilling
let operations: Operation[]
let ofTenants: Operation[]

beforeAll(async () => {
  billing = await startRunningBilling()
  operations = await readOperations(billing.url, '/billing/openapi.json')
  ofTenants = operations.filter(({ scopes }) => scopes.length > 0)
})
afterAll(() => billing[Symbol.asyncDispose]())

/** Calls each route and gives what each answered. */
async function answers(some: readonly Operation[], tokenOf: (of: Operation) => string | undefined) {
  const found: Record<string, number> = {}
  for (const operation of some) {
    const token = tokenOf(operation)
    const asked = token === undefined ? {} : { token }
    found[operation.name] = (await callOperation(billing.url, operation, asked)).status
  }
  return found
}

const all = (some: readonly Operation[], status: number): Record<string, number> =>
  Object.fromEntries(some.map(({ name }) => [name, status]))

test('the reference of HTTP lists these routes and no others', async () => {
  expect((await listedOperations(/^\/billing\/api\/v1\//)).sort()).toEqual(
    operations.map(({ name }) => name).sort(),
  )
})

test('the document says which requests take a key to be answered once, and which need one', async () => {
  const document = documentSchema.parse(
    await (await fetch(`${billing.url}/billing/openapi.json`)).json(),
  )
  const named = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({
      name: `${method.toUpperCase()} ${path.replace('/billing/api/v1', '')}`,
      key: parameters.find((each) => each.in === 'header' && each.name === 'idempotency-key'),
    })),
  )
  const namesOf = (some: typeof named) => some.map(({ name }) => name).sort()
  expect(namesOf(named.filter(({ key }) => key?.required))).toEqual([
    'POST /credit-notes',
    'POST /customers/{id}/credit',
    'POST /customers/{id}/credit/payouts',
    'POST /invoices/{id}/credit',
    'POST /invoices/{id}/payments',
    'POST /payments/{id}/refunds',
  ])
  const changing = named.filter(({ name }) => /^(POST|PUT|PATCH) /.test(name))
  expect(namesOf(changing.filter(({ key }) => key === undefined))).toEqual([
    // Secrets are shown once, ...
    'POST /api-keys',
    // ... what is reserved or used has an id of its own, ...
    'POST /reservations',
    'POST /reservations/{id}/commit',
    'POST /reservations/{id}/release',
    // ... and previews change nothing.
    'POST /runs/preview',
    'POST /runs/{id}/work',
    'POST /subscriptions/{id}/cancel/preview',
    'POST /subscriptions/{id}/change/preview',
    'POST /tenants/{id}/api-keys',
    'POST /usage/batches',
    'POST /usage/events',
    'POST /webhook-endpoints',
    'POST /webhook-endpoints/{id}/secret',
  ])
})

describe('access', () => {
  test('every route names one scope that its key needs, but those of whoever runs the app', () => {
    const others = operations.filter(({ scopes }) => scopes.length !== 1)
    expect(others.map(({ name }) => name).sort()).toEqual(FOR_ADMINS)
    expect(others.every(({ access }) => access === 'admin')).toBe(true)
    expect(ofTenants.length).toBeGreaterThan(3)
  })

  test('nothing answers without a key, with a made-up key, or with the admin token', async () => {
    for (const token of [undefined, 'made-up', ADMIN_TOKEN]) {
      expect(await answers(ofTenants, () => token)).toEqual(all(ofTenants, 401))
    }
  })

  test('no key of a tenant makes tenants, or keys of others', async () => {
    const { token } = await billing.tenant()
    const some = operations.filter(({ access }) => access === 'admin')
    for (const given of [undefined, token]) {
      expect(await answers(some, () => given)).toEqual(all(some, 401))
    }
  })

  test('a key that may do all but this is refused', async () => {
    const keys = new Map<string, string>()
    const { tenant } = await billing.tenant()
    const { apiKeys } = billing.served().app.platform.services.billing.forTenant(tenant.id)
    for (const scope of new Set(ofTenants.flatMap(({ scopes }) => scopes))) {
      const others = API_SCOPES.filter((other): other is ApiScope => other !== scope)
      keys.set(scope, (await apiKeys.create({ name: scope, scopes: others })).key)
    }
    expect(await answers(ofTenants, ({ scopes }) => keys.get(scopes[0] ?? ''))).toEqual(
      all(ofTenants, 403),
    )
  })

  test('nonsense is refused or answered, and never a fault of ours', async () => {
    const { token } = await billing.tenant()
    const asked = ofTenants.flatMap((operation) => [
      ...hostileBodies(operation).map(([name, body]) => ({ operation, name, body })),
      ...hostileQueries(operation).flatMap((query) =>
        Object.entries(query).map(([name, value]) => ({
          operation,
          name,
          query: { [name]: value },
        })),
      ),
      ...HOSTILE_IDS.filter(() => operation.path.includes('{')).map((id) => ({
        ...{ operation, name: id, id },
      })),
    ])
    const faults: string[] = []
    const next = asked.values()
    const ask = async (): Promise<void> => {
      for (const { operation, name, ...hostile } of next) {
        const answer = await callOperation(billing.url, operation, { token, ...hostile })
        if (isFault(answer)) faults.push(`${operation.name} ${name}: ${answer.text}`)
      }
    }
    await Promise.all(Array.from({ length: 8 }, ask))
    expect(faults).toEqual([])
  }, 120_000)
})
