import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { apiClient, type RunningShop, startRunningShop } from './testing/running-shop.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
const operation = z.object({ security: z.array(z.record(z.string(), z.unknown())).optional() })
const { paths } = z
  .object({ paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), operation)) })
  .parse(
    JSON.parse(
      readFileSync(new URL('../../frontend/src/api/openapi.json', import.meta.url), 'utf8'),
    ),
  )

/** Every route of the shop, with ids that are nobody's in its path. */
const routes = Object.entries(paths).flatMap(([path, methods]) =>
  METHODS.flatMap((method) => {
    const found = methods[method]
    const url = path
      .replace('{unit}', 'credits')
      .replaceAll(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000')
    const kinds = found?.security?.flatMap((one) => Object.keys(one)) ?? []
    const isOpen = found?.security === undefined || found.security.some(isNobody)
    return found ? [{ method: method.toUpperCase(), url, kinds, isOpen }] : []
  }),
)

function isNobody(security: object): boolean {
  return Object.keys(security).length === 0
}

/** Bodies that no route was made for. */
const HOSTILE: readonly string[] = [
  'null',
  '[]',
  '"text"',
  '{',
  '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}',
  JSON.stringify({ userId: '\u0000', title: '\u0000', code: '\u0000', email: '\u0000' }),
  JSON.stringify({ userId: ['a'], title: { a: 1 }, role: 'owner', topics: [[]], quietHours: 1 }),
  `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
]

let shop: RunningShop
let token = ''

beforeAll(async () => {
  shop = await startRunningShop()
  const initData = await shop.sandbox.control.user('Mallory').initData()
  const login = await apiClient(shop, 'none').post('/api/v1/auth/telegram', { initData })
  token = login.body.token
})
afterAll(() => shop[Symbol.asyncDispose]())

async function ask(
  route: { readonly method: string; readonly url: string },
  options: { readonly token?: string; readonly body?: string } = {},
): Promise<number> {
  const response = await fetch(`${shop.url}${route.url}`, {
    method: route.method,
    headers: {
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.body ? { 'content-type': 'application/json', 'idempotency-key': 'k' } : {}),
    },
    ...(options.body ? { body: options.body } : {}),
    signal: AbortSignal.timeout(10_000),
  })
  await response.body?.cancel()
  return response.status
}

test('no route that is somebody’s answers without a login, and none of admins to a customer', async () => {
  const guarded = routes.filter(({ isOpen }) => !isOpen)
  expect(guarded.length).toBeGreaterThan(50)
  for (const route of guarded) {
    expect([401], `${route.method} ${route.url}`).toContain(await ask(route))
    if (route.kinds.includes('session')) continue
    expect([401, 403], `${route.method} ${route.url}`).toContain(await ask(route, { token }))
  }
})

test('no route breaks over a body that it was not made for', async () => {
  const taking = routes.filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method))
  expect(taking.length).toBeGreaterThan(20)
  for (const route of taking) {
    for (const body of HOSTILE) {
      const status = await ask(route, { token, body })
      expect(status, `${route.method} ${route.url} ${body.slice(0, 60)}`).toBeLessThan(500)
    }
  }
})
