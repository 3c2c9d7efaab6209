import { timingSafeEqual } from 'node:crypto'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import {
  captureSchema,
  isTestShop,
  newPaymentSchema,
  newRefundSchema,
  newWebhookSchema,
} from './objects.ts'
import { newReceiptSchema } from './receipt-objects.ts'
import type { Yookassa } from './yookassa.ts'
import { invalid, YookassaError } from './yookassa-error.ts'

interface Call {
  readonly shopId: string
  readonly id: string
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

type Handler = (call: Call) => unknown

const MAX_PAGE = 100

/** YooKassa's API v3, as shops call it. */
export async function yookassaRoutes(
  app: FastifyInstance,
  options: { readonly context: SandboxContext; readonly yookassa: Yookassa },
): Promise<void> {
  const { context, yookassa } = options
  const { payments, refunds, receipts, notifications, idempotence } = yookassa
  const { faults, activity } = context
  // Clients that send no body call it a form.
  await app.register(formbody)

  const routes: Record<string, Handler> = {
    'GET /me': ({ shopId }) => ({
      account_id: shopId,
      status: 'enabled',
      test: isTestShop(context.shops, shopId),
      fiscalization_enabled: context.shops.some((shop) => shop.shopId === shopId && shop.receipts),
      payment_methods: ['bank_card'],
    }),
    'POST /payments': ({ shopId, body }) => payments.create(shopId, read(newPaymentSchema, body)),
    'GET /payments': ({ shopId, query }) => page(payments.entries(shopId), query, ['status']),
    'GET /payments/:id': ({ shopId, id }) => payments.of(shopId, id).payment,
    'POST /payments/:id/capture': ({ shopId, id, body }) =>
      payments.capture(payments.of(shopId, id), read(captureSchema, body ?? {})),
    'POST /payments/:id/cancel': ({ shopId, id }) => payments.cancel(payments.of(shopId, id)),
    'GET /payment_methods/:id': ({ shopId, id }) => payments.method(shopId, id),
    'POST /refunds': ({ shopId, body }) => refunds.create(shopId, read(newRefundSchema, body)),
    'GET /refunds': ({ shopId, query }) =>
      page(refunds.entries(shopId), query, ['status', 'payment_id']),
    'GET /refunds/:id': ({ shopId, id }) => refunds.of(shopId, id),
    'POST /receipts': ({ shopId, body }) => yookassa.issue(shopId, read(newReceiptSchema, body)),
    'GET /receipts': ({ shopId, query }) =>
      page(receipts.entries(shopId, receiptsOf(query)), query, [
        'status',
        'payment_id',
        'refund_id',
      ]),
    'GET /receipts/:id': ({ shopId, id }) => receipts.get(shopId, id),
    'POST /webhooks': ({ shopId, body }) => {
      const { event, url } = read(newWebhookSchema, body)
      const { shopId: _, ...webhook } = notifications.register(shopId, event, url)
      return webhook
    },
    'GET /webhooks': ({ shopId }) => ({
      type: 'list',
      items: notifications.list(shopId).map(({ id, event, url }) => ({ id, event, url })),
    }),
    'DELETE /webhooks/:id': ({ shopId, id }) => {
      if (!notifications.remove(shopId, id))
        throw new YookassaError(404, 'There is no such webhook')
      return {}
    },
  }

  for (const [name, handler] of Object.entries(routes)) {
    const [method = 'GET', url = '/'] = name.split(' ')
    app.route({
      method,
      url,
      handler: async (request, reply) => {
        const startedAt = performance.now()
        const answer = await serve(name, request, handler)
        activity.log({
          kind: 'call',
          provider: 'yookassa',
          name: `${method} ${request.url.replace(/^.*\/v3/, '').replace(/\?.*$/, '')}`,
          status: answer.isDropped ? null : answer.status,
          ms: Math.round(performance.now() - startedAt),
          request: request.body ?? request.query,
          response: answer.body,
          ...(answer.isDropped ? { error: 'The answer was dropped' } : {}),
        })
        if (!answer.isDropped) return reply.code(answer.status).send(answer.body)
        reply.hijack()
        request.raw.socket.destroy()
      },
    })
  }

  async function serve(
    name: string,
    request: FastifyRequest,
    handler: Handler,
  ): Promise<{ status: number; body: unknown; isDropped?: boolean }> {
    const call = { method: name }
    try {
      const shopId = authenticate(request.headers.authorization)
      const latency = faults.take('yookassa', 'latency', call)
      if (latency) await new Promise((resolve) => setTimeout(resolve, latency.delay_ms))
      if (faults.take('yookassa', 'rate_limit', call)) {
        throw new YookassaError(429, 'Too many requests')
      }
      const refused = faults.take('yookassa', 'refused', call)
      if (refused) throw new YookassaError(refused.status, 'The shop may not do this')
      const failure = faults.take('yookassa', 'error', call)
      if (failure?.effect === 'not_done') throw internalError()
      const drop = failure ? undefined : faults.take('yookassa', 'drop', call)
      if (drop?.effect === 'not_done') return { status: 0, body: null, isDropped: true }
      const body = run(shopId, request, handler)
      if (failure) throw internalError()
      return { status: 200, body, isDropped: drop !== undefined }
    } catch (error) {
      if (!(error instanceof YookassaError)) throw error
      return { status: error.status, body: error.toAnswer() }
    }
  }

  function run(shopId: string, request: FastifyRequest, handler: Handler): unknown {
    const { id } = z.object({ id: z.string().default('') }).parse(request.params)
    const query = z.record(z.string(), z.unknown()).parse(request.query)
    const call = { shopId, id, query, body: request.body ?? undefined }
    if (request.method === 'GET') return handler(call)
    const operation = `${request.method} ${request.url}`
    return idempotence.once(
      shopId,
      request.headers['idempotence-key'],
      { operation, body: call.body ?? null },
      () => handler(call),
    )
  }

  function authenticate(header = ''): string {
    const given = Buffer.from(header)
    const shop = context.shops.find(({ shopId, secretKey }) => {
      const secret = Buffer.from(`${shopId}:${secretKey}`).toString('base64')
      const expected = Buffer.from(`Basic ${secret}`)
      return expected.length === given.length && timingSafeEqual(expected, given)
    })
    if (!shop) throw new YookassaError(401, 'Error in shopId or secret key')
    return shop.shopId
  }
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalid(`Invalid request parameter: ${issue?.message}`, issue?.path.join('.'))
}

function receiptsOf(query: Readonly<Record<string, unknown>>): string | undefined {
  const of = query['refund_id'] ?? query['payment_id']
  return of === undefined ? undefined : String(of)
}

/** One page, newest first, of what fits the filters. */
function page<T extends object>(
  entries: readonly { readonly seq: number; readonly value: T }[],
  query: Readonly<Record<string, unknown>>,
  filters: readonly string[],
): { type: 'list'; items: T[]; next_cursor?: string } {
  const limit = Math.min(MAX_PAGE, Number(query['limit'] ?? 10) || 10)
  const before = query['cursor'] === undefined ? Number.POSITIVE_INFINITY : Number(query['cursor'])
  const wanted = Object.entries(query).filter(([name]) => filters.includes(name))
  const fits = ({ seq, value }: { seq: number; value: T }) => {
    const fields = new Map<string, unknown>(Object.entries(value))
    return (
      seq < before &&
      TIMES.every((name) => isInTime(name, fields.get(name), query)) &&
      wanted.every(([name, want]) => fields.get(name) === want)
    )
  }
  const rest = entries.filter(fits).reverse()
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return {
    type: 'list',
    items: items.map(({ value }) => value),
    ...(last && rest.length > limit ? { next_cursor: String(last.seq) } : {}),
  }
}

const TIMES = ['created_at', 'captured_at'] as const

/** An object that does not have the time at all fits no bound of it. */
function isInTime(
  name: (typeof TIMES)[number],
  value: unknown,
  query: Readonly<Record<string, unknown>>,
): boolean {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  const compare = {
    gte: (bound: number) => at >= bound,
    gt: (bound: number) => at > bound,
    lte: (bound: number) => at <= bound,
    lt: (bound: number) => at < bound,
  }
  return Object.entries(compare).every(([operator, test]) => {
    const bound = query[`${name}.${operator}`]
    return bound === undefined || test(Date.parse(String(bound)))
  })
}

function internalError(): YookassaError {
  return new YookassaError(500, 'Internal server error')
}
