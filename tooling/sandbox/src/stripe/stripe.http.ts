import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { expand } from './expand.ts'
import { type FormObject, readForm } from './form.ts'
import type { StripeAnswer } from './idempotency.ts'
import { newStripeId } from './ids.ts'
import { page } from './lists.ts'
import {
  cancelSchema,
  captureSchema,
  newCustomerSchema,
  newIntentSchema,
  newRefundSchema,
  newSessionSchema,
} from './objects.ts'
import type { Stripe } from './stripe.ts'
import { invalid, StripeError } from './stripe-error.ts'

interface Call {
  readonly accountId: string
  readonly id: string
  /** What was asked for, in the query or in the body. */
  readonly form: FormObject
}

/** Reads what is asked for, and gives the work; a wrong parameter is refused before it begins. */
type Handler = (call: Call) => () => unknown

/** Stripe's API v1, as accounts call it. */
export async function stripeRoutes(
  app: FastifyInstance,
  options: { readonly context: SandboxContext; readonly stripe: Stripe },
): Promise<void> {
  const { context, stripe } = options
  const { sessions, payments, refunds, disputes, customers, balance, idempotency } = stripe
  const { faults, activity } = context
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, readForm(String(body))),
  )

  const routes: Record<string, Handler> = {
    'POST /checkout/sessions': ({ accountId, form }) => {
      const input = read(newSessionSchema, form)
      return () => sessions.create(accountId, input)
    },
    'GET /checkout/sessions': ({ accountId, form }) =>
      page('/v1/checkout/sessions', sessions.list(accountId), form, ['payment_intent', 'status']),
    'GET /checkout/sessions/:id':
      ({ accountId, id }) =>
      () =>
        sessions.of(accountId, id),
    'POST /payment_intents': ({ accountId, form }) => {
      const input = read(newIntentSchema, form)
      return () => payments.charge(accountId, input)
    },
    'GET /payment_intents': ({ accountId, form }) =>
      page('/v1/payment_intents', payments.intents.list(accountId), form, ['customer']),
    'GET /payment_intents/:id':
      ({ accountId, id }) =>
      () =>
        payments.intents.of(accountId, id, 'intent').object,
    'POST /payment_intents/:id/capture': ({ accountId, id, form }) => {
      const { amount_to_capture } = read(captureSchema, form)
      return () => payments.capture(payments.intents.of(accountId, id), amount_to_capture)
    },
    'POST /payment_intents/:id/cancel': ({ accountId, id, form }) => {
      const { cancellation_reason = null } = read(cancelSchema, form)
      return () => payments.cancel(payments.intents.of(accountId, id), cancellation_reason)
    },
    'POST /refunds': ({ accountId, form }) => {
      const input = read(newRefundSchema, form)
      return () => refunds.create(accountId, input)
    },
    'GET /refunds': ({ accountId, form }) =>
      page('/v1/refunds', refunds.refunds.list(accountId), form, ['payment_intent']),
    'GET /refunds/:id':
      ({ accountId, id }) =>
      () =>
        refunds.refunds.of(accountId, id).object,
    'GET /disputes/:id':
      ({ accountId, id }) =>
      () =>
        disputes.disputes.of(accountId, id).object,
    'POST /customers': ({ accountId, form }) => {
      const input = read(newCustomerSchema, form)
      return () => customers.add(accountId, input)
    },
    'GET /customers/:id':
      ({ accountId, id }) =>
      () =>
        customers.people.of(accountId, id).object,
    'GET /payment_methods/:id':
      ({ accountId, id }) =>
      () =>
        customers.methods.of(accountId, id).object,
    'POST /payment_methods/:id/detach':
      ({ accountId, id }) =>
      () =>
        customers.detach(accountId, id),
    'GET /balance_transactions': ({ accountId, form }) =>
      page('/v1/balance_transactions', balance.lines.list(accountId), form, ['type', 'source']),
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
          provider: 'stripe',
          name: `${method} ${pathOf(request)}`,
          status: answer.isDropped ? null : answer.status,
          ms: Math.round(performance.now() - startedAt),
          request: formOf(request),
          response: answer.body,
          ...(answer.isDropped ? { error: 'The answer was dropped' } : {}),
        })
        if (!answer.isDropped) {
          reply.header('request-id', newStripeId('req'))
          if (answer.isReplayed) reply.header('idempotent-replayed', 'true')
          return reply.code(answer.status).send(answer.body)
        }
        reply.hijack()
        request.raw.socket.destroy()
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const error = new StripeError(404, `Unrecognized request URL (${request.method}: /v1)`)
    return reply.code(404).send(error.toAnswer())
  })

  async function serve(
    name: string,
    request: FastifyRequest,
    handler: Handler,
  ): Promise<StripeAnswer & { isDropped?: boolean }> {
    const call = { method: name }
    try {
      const accountId = authenticate(request.headers.authorization)
      const latency = faults.take('stripe', 'latency', call)
      if (latency) await new Promise((resolve) => setTimeout(resolve, latency.delay_ms))
      if (faults.take('stripe', 'rate_limit', call)) {
        throw new StripeError(429, 'Too many requests hit the API too quickly.', {
          code: 'rate_limit',
        })
      }
      const refused = faults.take('stripe', 'refused', call)
      if (refused) throw new StripeError(refused.status, 'The key may not do this')
      const failure = faults.take('stripe', 'error', call)
      if (failure?.effect === 'not_done') throw internalError()
      const drop = failure ? undefined : faults.take('stripe', 'drop', call)
      if (drop?.effect === 'not_done') return { status: 0, body: null, isDropped: true }
      const answer = run(accountId, request, handler, failure !== undefined)
      return { ...answer, isDropped: drop !== undefined }
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      return toAnswer(error)
    }
  }

  function run(
    accountId: string,
    request: FastifyRequest,
    handler: Handler,
    fails: boolean,
  ): StripeAnswer {
    const { id } = z.object({ id: z.string().default('') }).parse(request.params)
    const form = formOf(request)
    const work = handler({ accountId, id, form })
    const { expand: paths = [] } = z
      .object({ expand: z.array(z.string()).optional() })
      .parse({ expand: form['expand'] })
    const attempt = (): StripeAnswer => {
      try {
        const body = work()
        if (fails) return toAnswer(internalError())
        return { status: 200, body: expand(body, paths, (ref) => stripe.find(accountId, ref)) }
      } catch (error) {
        if (!(error instanceof StripeError)) throw error
        return toAnswer(error)
      }
    }
    const key = request.headers['idempotency-key']
    if (request.method === 'GET' || typeof key !== 'string') {
      return context.store.transaction(attempt)
    }
    const operation = `${request.method} ${pathOf(request)}`
    return idempotency.once(accountId, key, { operation, body: form }, attempt)
  }

  function authenticate(header = ''): string {
    const given = Buffer.from(header)
    const account = context.stripeAccounts.find(({ secretKey }) => {
      const expected = Buffer.from(`Bearer ${secretKey}`)
      return expected.length === given.length && timingSafeEqual(expected, given)
    })
    if (!account) throw new StripeError(401, 'Invalid API Key provided')
    return account.accountId
  }
}

function pathOf({ url }: FastifyRequest): string {
  return url.replace(/^.*\/v1/, '').replace(/\?.*$/, '')
}

function formOf(request: FastifyRequest): FormObject {
  if (request.method === 'GET') return readForm(request.url.split('?')[1] ?? '')
  return z.record(z.string(), z.custom<FormObject[string]>()).parse(request.body ?? {})
}

function toAnswer(error: StripeError): StripeAnswer {
  return { status: error.status, body: error.toAnswer() }
}

function internalError(): StripeError {
  return new StripeError(500, 'An unknown error occurred', { type: 'api_error' })
}

function read<Schema extends z.ZodType>(schema: Schema, form: FormObject): z.output<Schema> {
  const result = schema.safeParse(form)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const [first = '', ...rest] = (issue?.path ?? []).map(String)
  const param = first + rest.map((name) => `[${name}]`).join('')
  const isUnknown = issue?.code === 'unrecognized_keys'
  if (isUnknown) {
    throw invalid(`Received unknown parameter: ${issue.keys[0]}`, param, 'parameter_unknown')
  }
  throw invalid(`Invalid ${param}: ${issue?.message}`, param)
}
