import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { type Clock, newId } from '../../kernel/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { BodyTooDeep, RouteNotFound, TooManyRequests } from './http.errors.ts'
import { type ApiTitle, registerOpenApi } from './openapi.ts'
import { brakeOverload } from './overload.ts'
import { PROBLEM_TYPE, type Problem, toProblem } from './problem.ts'
import { type ReadyChecks, registerStatus } from './status.ts'
import { checkTrustedProxies } from './trusted-proxies.ts'

/** How the HTTP server is made. */
export interface HttpServerOptions {
  readonly logger: FastifyBaseLogger
  readonly clock: Clock
  readonly metrics: Metrics
  /** What must be there for `/ready` to answer 200; false or a throw means it is not. */
  readonly ready: () => Promise<ReadyChecks>
  /** What `/docs` calls the service. */
  readonly api: ApiTitle
  /** What `/health` calls the process. [the title of its API] */
  readonly service?: string
  /** Addresses or CIDR blocks whose X-Forwarded-For is believed. [none] */
  readonly trustedProxies?: readonly string[]
  /** Origins of other sites whose pages may call the API. [none] */
  readonly corsOrigins?: readonly string[]
  /** Sites besides this one that may show its pages in a frame. [web.telegram.org] */
  readonly frameAncestors?: readonly string[]
  /** Requests one address may send a minute to one process: a flood brake. [60 000, 0 is none] */
  readonly rateLimitPerMinute?: number
  /** How long `/ready` says 503 before connections close, for load balancers to see it. [0] */
  readonly drainDelayMs?: number
  /** How long open requests may take to end before they are cut off. [10 000] */
  readonly closeTimeoutMs?: number
}

/** An HTTP server to register routes on. */
export interface HttpServer extends AsyncDisposable {
  readonly app: FastifyInstance
  /** Starts to listen and gives the address. */
  listen(at: { readonly port: number; readonly host: string }): Promise<string>
  /** Says 503 on `/ready`, lets open requests end, then closes; safe to call twice. */
  close(): Promise<void>
}

const BODY_LIMIT_BYTES = 1_048_576
const BODY_DEPTH_MAX = 64
/** How often a server that closes looks for connections that have become idle. */
const SWEEP_MS = 50

/** Makes an HTTP server with everything that all routes share. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: checkTrustedProxies(options.trustedProxies ?? []),
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    // What the router itself refuses, before any hook: an address that does not decode.
    frameworkErrors: (error, request, reply) => sendProblem(error, request.id, reply),
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
  })
  let closing: Promise<void> | undefined

  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  readJson(app)
  answerWithProblems(app)
  observe(app, options.metrics, () => closing !== undefined)
  app.decorateRequest('principal', null)
  app.decorateRequest('isAdmin', false)
  app.decorateRequest('asker', null)
  await protect(app, options)
  await registerOpenApi(app, options.api)
  const service = options.service ?? options.api.title
  registerStatus(app, { ...options, service, isDraining: () => closing !== undefined })

  const close = (): Promise<void> => {
    closing ??= drain(app, options.drainDelayMs ?? 0, options.closeTimeoutMs ?? 10_000)
    return closing
  }
  return { app, listen: (at) => app.listen(at), close, [Symbol.asyncDispose]: close }
}

function requestIdOf(given: unknown): string {
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : newId()
}

/**
 * Reads JSON that is not deeper than anything means it, as whatever walks it may go down only so far.
 * A POST or DELETE without a body often still says it is JSON; Fastify alone answers it with 400.
 */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else if (depthOf(body.toString()) > BODY_DEPTH_MAX)
      done(new BodyTooDeep({ limit: BODY_DEPTH_MAX }))
    else parse(request, body.toString(), done)
  })
}

/** How deep lists and objects are nested in a JSON text. */
function depthOf(text: string): number {
  let [depth, deepest, inString] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (inString && sign === '\\') at++
    else if (sign === '"') inString = !inString
    else if (inString) continue
    else if (sign === '[' || sign === '{') deepest = Math.max(deepest, ++depth)
    else if (sign === ']' || sign === '}') depth--
  }
  return deepest
}

function answerWithProblems(app: FastifyInstance): void {
  app.setNotFoundHandler((request) => {
    throw new RouteNotFound({ method: request.method, path: pathOf(request.url) })
  })
  app.setErrorHandler((error, request, reply) => {
    const { status, title } = sendProblem(error, request.id, reply)
    if (status >= 500) request.log.error({ err: error }, title)
  })
}

function sendProblem(error: unknown, requestId: string, reply: FastifyReply): Problem {
  const problem = toProblem(error, requestId)
  const { retryAfterSeconds } = problem.details
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', retryAfterSeconds)
  reply.code(problem.status).type(PROBLEM_TYPE).header('x-request-id', requestId)
  reply.send(JSON.stringify(problem))
  return problem
}

function observe(app: FastifyInstance, metrics: Metrics, isDraining: () => boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (isDraining()) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const { method } = request
    metrics.httpRequestSeconds.observe(
      { method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1_000,
    )
    // The route, not the address: links carry tokens in theirs.
    request.log.info({ method, route, status: reply.statusCode, ms: reply.elapsedTime }, 'answered')
  })
}

function pathOf(url: string): string {
  return url.split('?', 1).join()
}

async function protect(app: FastifyInstance, options: HttpServerOptions): Promise<void> {
  const frameAncestors = options.frameAncestors ?? ['https://web.telegram.org']
  await app.register(helmet, {
    // Telegram Web shows a Mini App in a frame; X-Frame-Options knows no list of sites.
    xFrameOptions: false,
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'", ...frameAncestors],
        imgSrc: ["'self'", 'data:', 'https:'],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'", 'https://telegram.org'],
        styleSrc: ["'self'", "'unsafe-inline'"],
      },
    },
  })
  await app.register(cors, {
    origin: [...(options.corsOrigins ?? [])],
    methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'x-request-id',
      'x-session',
    ],
    credentials: true,
    exposedHeaders: ['x-request-id', 'idempotency-replayed', 'retry-after'],
    maxAge: 600,
  })
  await brakeOverload(app)
  const max = options.rateLimitPerMinute ?? 60_000
  if (max === 0) return
  await app.register(rateLimit, {
    max,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, context) =>
      new TooManyRequests({ retryAfterSeconds: Math.ceil(context.ttl / 1_000) }),
  })
}

/**
 * Ready off first, then connections that are idle, or will be when an answer has ended that had begun
 * before, then whatever is still open when time is up.
 */
async function drain(app: FastifyInstance, delayMs: number, timeoutMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, delayMs))
  const cutOff = setTimeout(() => app.server.closeAllConnections(), timeoutMs)
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS)
  try {
    await app.close()
  } finally {
    clearInterval(sweep)
    clearTimeout(cutOff)
  }
}
