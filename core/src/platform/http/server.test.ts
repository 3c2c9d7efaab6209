import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { AppError, VirtualClock } from '../../kernel/index.ts'
import { createLogger } from '../log/index.ts'
import { createMetrics } from '../metrics/index.ts'
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts'
import { amountWire, idParams, pageOf, pageQuery, problemResponses } from './wire.ts'

class OutOfTea extends AppError {
  readonly code = 'tea.out_of_tea'
  readonly kind = 'conflict'
}

const SECRET = 'connection to postgres://app:hunter2@db failed'
let logs: string[]
let isReady: boolean
let server: HttpServer
let app: FastifyInstance

async function makeServer(options: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const destination = { write: (line: string) => void logs.push(line) }
  const made = await createHttpServer({
    logger: createLogger({ level: 'info', destination }),
    clock: new VirtualClock(new Date('2026-01-31T12:00:00Z')),
    metrics: createMetrics(),
    ready: async () => ({ database: isReady }),
    api: { title: 'Tea', version: '1.0.0' },
    corsOrigins: ['https://shop.example'],
    ...options,
  })
  teaRoutes(made.app)
  return made
}

function teaRoutes(server: FastifyInstance): void {
  const routes = server.withTypeProvider<ZodTypeProvider>()
  routes.post(
    '/tea',
    {
      schema: {
        body: z.object({ cups: z.array(z.object({ size: z.int() })), price: amountWire }),
        response: { 201: z.object({ price: amountWire }), ...problemResponses },
      },
    },
    async (request, reply) => reply.code(201).send({ price: request.body.price * 2n }),
  )
  routes.get(
    '/tea/:id',
    {
      schema: {
        params: idParams,
        querystring: pageQuery,
        response: { 200: pageOf(z.string()) },
      },
    },
    async (request) => ({ items: [request.ip, String(request.query.limit)], nextCursor: null }),
  )
  routes.get('/out-of-tea', async () => {
    throw new OutOfTea('No tea', { cups: 0 })
  })
  routes.get('/broken', async () => {
    throw Object.assign(new Error(SECRET), { statusCode: 418, code: 'ETEAPOT' })
  })
  routes.get('/broken-answer', { schema: { response: { 200: z.int() } } }, async (_, reply) =>
    reply.send(JSON.parse('{"password":"hunter2"}')),
  )
  routes.delete('/tea', async (request) => ({ body: request.body ?? null }))
}

beforeEach(async () => {
  logs = []
  isReady = true
  server = await makeServer()
  app = server.app
})

afterEach(() => {
  vi.useRealTimers()
  return server.close()
})

const id = '01890000-0000-7000-8000-000000000000'

describe('an error answer', () => {
  test.each([
    [
      'an unknown route',
      { method: 'GET', url: '/coffee?token=hunter2' },
      404,
      'http.route_not_found',
    ],
    [
      'a body over 1 MiB',
      { method: 'POST', url: '/tea', payload: { x: 'x'.repeat(1_048_577) } },
      413,
      'http.body_too_large',
    ],
    [
      'a body that is no JSON',
      {
        method: 'POST',
        url: '/tea',
        payload: '{',
        headers: { 'content-type': 'application/json' },
      },
      400,
      'http.body_malformed',
    ],
    [
      'another media type',
      { method: 'POST', url: '/tea', payload: '<a/>', headers: { 'content-type': 'text/xml' } },
      415,
      'http.media_type_unsupported',
    ],
    [
      'a poisoned prototype',
      {
        method: 'POST',
        url: '/tea',
        payload: '{"__proto__":{"a":1}}',
        headers: { 'content-type': 'application/json' },
      },
      400,
      'http.body_malformed',
    ],
    ['a typed failure', { method: 'GET', url: '/out-of-tea' }, 409, 'tea.out_of_tea'],
    ['a request that does not fit', { method: 'GET', url: '/tea/1' }, 422, 'http.request_invalid'],
    ['a defect', { method: 'GET', url: '/broken' }, 500, 'http.internal'],
    ['an answer off its schema', { method: 'GET', url: '/broken-answer' }, 500, 'http.internal'],
    ['a malformed address', { method: 'GET', url: '/tea/%E0%A4%A' }, 400, 'http.bad_request'],
  ] as const)('to %s is a problem with its own code', async (_name, request, status, code) => {
    const answer = await app.inject(request)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toEqual({
      type: `urn:gramkit:problem:${code}`,
      title: expect.any(String),
      status,
      code,
      details: expect.any(Object),
      requestId: answer.headers['x-request-id'],
    })
    expect(answer.body).not.toContain('hunter2')
  })

  test('to an invalid body names each field by its path', async () => {
    const payload = { cups: [{ size: 1 }, { size: 'big' }], price: 12 }
    const answer = await app.inject({ method: 'POST', url: '/tea', payload })
    expect(answer.json().details.fields).toEqual([
      { in: 'body', path: 'cups.1.size', message: expect.stringContaining('expected number') },
      { in: 'body', path: 'price', message: expect.stringContaining('expected string') },
    ])
  })

  test('to an invalid query says that it is the query', async () => {
    const answer = await app.inject(`/tea/${id}?limit=101`)
    expect(answer.json().details.fields).toMatchObject([{ in: 'query', path: 'limit' }])
  })

  test('keeps the facts of a typed failure', async () => {
    const answer = await app.inject('/out-of-tea')
    expect(answer.json()).toMatchObject({ title: 'No tea', details: { cups: 0 } })
  })
})

describe('a request', () => {
  test('carries amounts as text and answers with text, exactly', async () => {
    const payload = { cups: [], price: '9007199254740993' }
    const answer = await app.inject({ method: 'POST', url: '/tea', payload })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({ price: '18014398509481986' })
  })

  test.each([12, '1.5', '007', '-0', '1e3', ' 1', '1'.repeat(19)])(
    'with the amount %j is refused',
    async (price) => {
      const answer = await app.inject({ method: 'POST', url: '/tea', payload: { cups: [], price } })
      expect(answer.statusCode).toBe(422)
    },
  )

  test('that says JSON and has no body is read as one without a body', async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await app.inject({ method: 'DELETE', url: '/tea', headers })
    expect(answer.json()).toEqual({ body: null })
  })

  test('keeps its own id when it is sane, and gets one otherwise', async () => {
    const kept = await app.inject({ url: '/health', headers: { 'x-request-id': 'trace-12345' } })
    expect(kept.headers['x-request-id']).toBe('trace-12345')
    const made = await app.inject({ url: '/health', headers: { 'x-request-id': 'a\tb' } })
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('is logged by its route, without what stands in its address', async () => {
    await app.inject(`/tea/${id}?cursor=hunter2`)
    expect(logs.join()).toContain('/tea/:id')
    expect(logs.join()).not.toContain(id)
    expect(logs.join()).not.toContain('hunter2')
  })
})

describe('protection', () => {
  test('lets Telegram Web and the site itself show its pages in a frame, nobody else', async () => {
    const { headers } = await app.inject('/health')
    expect(headers['content-security-policy']).toContain(
      "frame-ancestors 'self' https://web.telegram.org;",
    )
    expect(headers).not.toHaveProperty('x-frame-options')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test('lets only listed origins call from their pages', async () => {
    const from = (origin: string) => app.inject({ url: '/health', headers: { origin } })
    const listed = await from('https://shop.example')
    expect(listed.headers['access-control-allow-origin']).toBe('https://shop.example')
    const other = await from('https://evil.example')
    expect(other.headers['access-control-allow-origin']).toBeUndefined()
  })

  test('brakes a flood with a problem that says when to come back', async () => {
    await using braked = await makeServer({ rateLimitPerMinute: 2 })
    const statuses = []
    for (let call = 0; call < 3; call++) {
      statuses.push((await braked.app.inject('/out-of-tea')).statusCode)
    }
    expect(statuses).toEqual([409, 409, 429])
    const refused = await braked.app.inject('/out-of-tea')
    expect(refused.json()).toMatchObject({ code: 'http.too_many_requests', status: 429 })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await braked.app.inject('/health')).statusCode).toBe(200)
  })

  test('refuses everybody while it is a second behind, but for what its start took', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    await app.ready()
    // The first second has been measured since before it was blocked: its mean may be small.
    while (!app.isUnderPressure()) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100)
      await new Promise(setImmediate)
    }
    expect((await app.inject('/out-of-tea')).statusCode).toBe(409)
    vi.advanceTimersByTime(2_000)
    const refused = await app.inject('/out-of-tea')
    expect(refused.json()).toMatchObject({ code: 'http.overloaded', status: 503 })
    expect(refused.headers['retry-after']).toBe('5')
  })

  test('believes no X-Forwarded-For unless the peer is a listed proxy', async () => {
    const ask = async (made: HttpServer) => {
      const headers = { 'x-forwarded-for': '185.71.76.5, 10.1.1.1' }
      return (await made.app.inject({ url: `/tea/${id}`, headers })).json().items[0]
    }
    expect(await ask(server)).toBe('127.0.0.1')
    await using behind = await makeServer({ trustedProxies: ['127.0.0.0/8'] })
    expect(await ask(behind)).toBe('10.1.1.1')
  })

  test.each([['true'], ['1'], ['0.0.0.0/0'], [''], ['10.0.0.0/33']])(
    'refuses to start when "%s" is to be trusted',
    async (entry) => {
      await expect(makeServer({ trustedProxies: [entry] })).rejects.toThrow('no address or CIDR')
    },
  )
})

describe('routes for operators', () => {
  test('tell health by the injected clock', async () => {
    const answer = await app.inject('/health')
    expect(answer.json()).toEqual({
      status: 'healthy',
      service: 'Tea',
      timestamp: '2026-01-31T12:00:00.000Z',
    })
  })

  test('tell ready only while everything needed is there', async () => {
    expect((await app.inject('/ready')).json()).toEqual({
      status: 'ready',
      checks: { database: true },
    })
    isReady = false
    const answer = await app.inject('/ready')
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ status: 'not_ready', checks: { database: false } })
  })

  test('tell not ready when a check throws', async () => {
    const ready = () => Promise.reject(new Error(SECRET))
    await using broken = await makeServer({ ready })
    const answer = await broken.app.inject('/ready')
    expect(answer.statusCode).toBe(503)
    expect(answer.body).not.toContain('hunter2')
  })

  test('measure requests by route, not by address', async () => {
    await app.inject(`/tea/${id}`)
    const { body } = await app.inject('/metrics')
    expect(body).toContain(
      'gramkit_http_request_seconds_count{method="GET",route="/tea/:id",status="200"} 1',
    )
    expect(body).not.toContain(id)
  })

  test('describe the API in OpenAPI 3.1 with amounts, problems and nothing unused', async () => {
    const document = (await app.inject('/openapi.json')).json()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/tea', '/tea/{id}', '/out-of-tea']),
    )
    expect(document.paths).not.toHaveProperty('/ready')
    const { post } = document.paths['/tea']
    expect(post.responses['201'].content['application/json'].schema.properties.price).toMatchObject(
      { type: 'string', pattern: expect.any(String) },
    )
    expect(post.responses['4XX'].content['application/problem+json'].schema.$ref).toBe(
      '#/components/schemas/Problem',
    )
    expect(Object.keys(document.components.schemas)).toEqual(['Problem'])
    expect(Object.keys(document.components.securitySchemes)).toEqual([])
  })

  test('show the API reference as a page', async () => {
    const page = await app.inject('/docs')
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
  })
})

describe('close', () => {
  test('says it drains, lets an open request end and cuts off what takes too long', async () => {
    await using closing = await makeServer({ drainDelayMs: 300, closeTimeoutMs: 500 })
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    closing.app.get('/slow', async () => {
      await released
      return 'served'
    })
    closing.app.get('/endless', () => new Promise(() => {}))
    const address = await closing.listen({ port: 0, host: '127.0.0.1' })
    const slow = fetch(`${address}/slow`).then((answer) => answer.text())
    const endless = fetch(`${address}/endless`).then(
      () => 'answered',
      () => 'cut off',
    )
    await fetch(`${address}/health`)

    // Time is up when the test says so, not when the machine is slow.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const closed = closing.close()
    const ready = await fetch(`${address}/ready`)
    expect(ready.status).toBe(503)
    expect(ready.headers.get('connection')).toBe('close')
    expect(await ready.json()).toMatchObject({ status: 'draining' })
    await vi.advanceTimersByTimeAsync(300)
    release()
    expect(await slow).toBe('served')
    await vi.advanceTimersByTimeAsync(500)
    expect(await endless).toBe('cut off')
    await closed
    await expect(fetch(`${address}/health`)).rejects.toThrow()
  })

  test('waits for no connection whose answer ends when it has begun', async () => {
    const closing = await makeServer({ closeTimeoutMs: 60_000 })
    const long = new PassThrough()
    closing.app.get('/long', (_, reply) => reply.send(long))
    const address = await closing.listen({ port: 0, host: '127.0.0.1' })
    long.write('begun ')
    const answer = await fetch(`${address}/long`)
    const closed = closing.close()
    const health = () =>
      fetch(`${address}/health`).then(
        () => 'answers',
        () => 'is gone',
      )
    await expect.poll(health, { timeout: 10_000 }).toBe('is gone')
    long.end('and ended')
    expect(await answer.text()).toBe('begun and ended')
    await closed
  })
})
