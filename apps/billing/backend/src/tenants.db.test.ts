import { callOperation, type Operation, readOperations } from '@gramkit/sandbox/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API } from './testing/catalogue.ts'
import {
  type RunningBilling,
  startRunningBilling,
  type TenantClient,
} from './testing/running-billing.ts'
import { METER, NAME_NOTHING, oneOfEach, PROBES, type TenantIds } from './testing/tenant-probes.ts'
import { tenantRows } from './testing/tenant-rows.ts'

// Made from the routes as they are served: one that is added later is asked the same questions.

let billing: RunningBilling
let operations: Operation[]
let theirs: TenantClient
let stranger: TenantClient
let ids: TenantIds

beforeAll(async () => {
  billing = await startRunningBilling({ GRAMKIT_ROLES: 'api' })
  const all = await readOperations(billing.url, '/billing/openapi.json')
  operations = all.filter(({ scopes }) => scopes.length > 0)
  theirs = await billing.tenant()
  stranger = await billing.tenant()
  ids = await oneOfEach(theirs)
  // Has a meter of the same code: it is the customer that it has not.
  await stranger.post(`${API}/meters`, METER)
})
afterAll(() => billing[Symbol.asyncDispose]())

const nameOf = ({ name }: Operation): string => name.replace(API, '')
const namesSomething = (operation: Operation): boolean =>
  operation.path.includes('{') || nameOf(operation) in PROBES

/** Calls a route by a key, with what the first tenant has. */
function ask(operation: Operation, { token }: TenantClient) {
  const noun = /([^/]+)\/\{/.exec(operation.path)?.[1] ?? ''
  const id = ids[noun] ?? 'nothing'
  return callOperation(billing.url, operation, { token, id, ...PROBES[nameOf(operation)]?.(ids) })
}

/** Asks some routes, one after the other, and gives what each answered. */
async function answers(some: readonly Operation[], as: TenantClient) {
  const found: { readonly name: string; readonly status: number; readonly text: string }[] = []
  for (const operation of some)
    found.push({ name: nameOf(operation), ...(await ask(operation, as)) })
  return found
}

describe('what another tenant has', () => {
  test('can be named by every route that a test knows, and by no other', () => {
    const unknown = operations.filter((operation) => {
      const noun = /([^/]+)\/\{/.exec(operation.path)?.[1]
      const isNamed = noun === undefined || noun in ids
      const isBodyKnown =
        operation.fields.length === 0 ||
        nameOf(operation) in PROBES ||
        NAME_NOTHING.includes(nameOf(operation))
      const isQueryKnown = !operation.queries.includes('customerId') || nameOf(operation) in PROBES
      return !(isNamed && isBodyKnown && isQueryKnown)
    })
    expect(unknown.map(nameOf)).toEqual([])
    const known = operations.map(nameOf)
    expect(
      [...Object.keys(PROBES), ...NAME_NOTHING].filter((name) => !known.includes(name)),
    ).toEqual([])
  })

  test('is not there for a key of one’s own, and stays as it is', async () => {
    const before = await tenantRows(billing, theirs.tenant.id)
    const found = await answers(operations.filter(namesSomething), stranger)
    const told = found.filter(({ status, text }) => {
      const isEmpty =
        status === 200 && /^(\{"items":\[\],"nextCursor":null\}|number,[^\n]*\n)$/.test(text)
      const isRefusedEvent = status === 400 && text.includes('unknown_customer')
      return status !== 404 && !isEmpty && !isRefusedEvent
    })
    expect(told).toEqual([])
    expect(await tenantRows(billing, theirs.tenant.id)).toEqual(before)
    expect((await tenantRows(billing, stranger.tenant.id)).join('\n')).not.toContain(
      theirs.tenant.id,
    )
  })

  test('is in no list of one’s own', async () => {
    const lists = operations.filter(
      (operation) => operation.method === 'GET' && !operation.path.includes('{'),
    )
    const known = Object.values(ids).concat(theirs.tenant.id, theirs.tenant.code)
    for (const operation of lists) {
      const { status, text } = await callOperation(billing.url, operation, {
        token: stranger.token,
      })
      expect([operation.name, status < 500]).toEqual([operation.name, true])
      expect(known.filter((id) => text.includes(id))).toEqual([])
    }
  })

  // Last, as it changes what the others look at: the same questions are right ones for who may ask.
  test('is there for its own key', async () => {
    const some = operations.filter(namesSomething)
    const order = (operation: Operation) => (operation.method === 'DELETE' ? 1 : 0)
    const found = await answers(
      some.sort((a, b) => order(a) - order(b)),
      theirs,
    )
    expect(found.filter(({ status }) => status !== 409 && status !== 410 && status >= 300)).toEqual(
      [],
    )
    expect(found.filter(({ status }) => status === 409).length).toBeLessThan(found.length / 4)
  })
})
