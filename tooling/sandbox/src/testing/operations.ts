import { randomUUID } from 'node:crypto'

/** A route of an app, as its document describes it. */
export interface Operation {
  readonly method: string
  readonly path: string
  readonly name: string
  readonly access: 'all' | 'session' | 'admin'
  /** What an API key must be for; empty where none lets pass. */
  readonly scopes: readonly string[]
  /** Names of the fields of the body. */
  readonly fields: readonly string[]
  /** Names of what may stand behind the question mark. */
  readonly queries: readonly string[]
}

/** Reads the routes of an app out of the document that it serves. */
export async function readOperations(url: string, path = '/openapi.json'): Promise<Operation[]> {
  const document: Schema = await (await fetch(`${url}${path}`)).json()
  return Object.entries<Record<string, Schema>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, requestBody, parameters }]) => {
      const needs = (security ?? [{}]).flatMap(Object.keys)
      const isOpen = (security ?? [{}]).some((way: object) => Object.keys(way).length === 0)
      const body = requestBody?.content?.['application/json']?.schema
      return {
        method: method.toUpperCase(),
        path,
        name: `${method.toUpperCase()} ${path}`,
        scopes: (security ?? []).flatMap((way: Schema) => way.apiKey ?? []),
        access: isOpen ? 'all' : needs.includes('admin') ? 'admin' : 'session',
        queries: (parameters ?? [])
          .filter((parameter: Schema) => parameter.in === 'query')
          .map((parameter: Schema) => parameter.name),
        fields: [body, ...(body?.anyOf ?? []), ...(body?.oneOf ?? [])].flatMap((schema) =>
          Object.keys(schema?.properties ?? {}),
        ),
      } as const
    }),
  )
}

// biome-ignore lint/suspicious/noExplicitAny: a document of another's making, read in two places
type Schema = any

/** Calls a route; its parameters are ids of nothing unless they are given. */
export async function callOperation(
  url: string,
  { method, path }: Operation,
  {
    token,
    body,
    id = randomUUID(),
    query = {},
  }: { token?: string; body?: unknown; id?: string; query?: Record<string, string> },
): Promise<{ status: number; text: string }> {
  const asked = new URLSearchParams(query)
  const response = await fetch(`${url}${path.replaceAll(/\{\w+\}/g, id)}?${asked}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      'idempotency-key': randomUUID(),
    },
    ...(method === 'GET'
      ? {}
      : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
    signal: AbortSignal.timeout(60_000),
  })
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return { status: response.status, text: '' }
  }
  return { status: response.status, text: await response.text() }
}

const HOSTILE: readonly [name: string, value: unknown][] = [
  ['nothing', null],
  ['a very long text', 'x'.repeat(100_000)],
  ['half a character', '\ud800'],
  ['a zero character', 'a\u0000b'],
  ['a number beyond 2^53', 2 ** 60],
  ['less than nothing', -1],
  ['a list', [[[[[]]]]]],
  ['an object', { $gt: '', toString: 'x', constructor: { prototype: { isAdmin: true } } }],
  ['a statement', `'; drop schema gramkit cascade; --`],
]

/** What nobody should send as the id of anything. */
export const HOSTILE_IDS: readonly string[] = [
  ...['0', "'", '%00', '..%2f..', 'x'.repeat(2_000), '__proto__'],
]

/** What nobody should send behind the question mark: each name with nonsense. */
export function hostileQueries({
  queries,
}: Pick<Operation, 'queries'>): readonly Record<string, string>[] {
  if (queries.length === 0) return []
  const nonsense = ['', '\u0000', 'x'.repeat(5_000), '-1', '1e400', "';--", '\ud800']
  return nonsense.map((value) => Object.fromEntries(queries.map((name) => [name, value])))
}

/** What nobody should send to a route: each field as nonsense, and bodies that are none. */
export function hostileBodies({
  fields,
}: Pick<Operation, 'fields'>): readonly (readonly [name: string, body: unknown])[] {
  return [
    ...HOSTILE.map(
      ([name, value]) => [name, Object.fromEntries(fields.map((field) => [field, value]))] as const,
    ),
    ['no JSON', '{"a":'],
    ['a poisoned prototype', '{"__proto__":{"isAdmin":true}}'],
    ['no object', '[]'],
    ['depth', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ]
}

/** Whether an answer is an error of ours, or one that shows our code. */
export function isFault({ status, text }: { readonly status: number; readonly text: string }) {
  return status >= 500 || /\bat \S+ \(|node_modules|drizzle|select |insert /i.test(text)
}
