import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { assert } from '../../kernel/index.ts'
import { IdempotencyKeyInvalid, IdempotencyKeyRequired } from './http.errors.ts'
import type { RunOutcome } from './http-idempotency.ts'
import { PROBLEM_TYPE, type Problem, toProblem } from './problem.ts'

/** What a handler answers; the body fits the route's response schema for the status. */
export interface HttpAnswer {
  readonly status: number
  readonly body: unknown
}

/**
 * Answers a request that moves money, once for each `Idempotency-Key`.
 *
 * The work gets an `operationId` to use as the id of what it makes. A refusal (4xx) is an answer
 * like any other and is given again; a failure (5xx), a rate limit and a lock that somebody held are
 * not, so the same key may try again.
 *
 * @throws {@link IdempotencyKeyRequired}
 * @throws {@link IdempotencyKeyInvalid}
 * @throws {@link IdempotencyConflict}
 * @throws {@link IdempotencyInProgress}
 * @example
 * app.post('/payments', { onRequest: requireUser, schema }, (request, reply) =>
 *   idempotently(request, reply, async (operationId) => ({
 *     status: 201,
 *     body: await host.services.payments.start({ id: operationId, ...request.body }),
 *   })),
 * )
 */
export async function idempotently(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (operationId: string) => Promise<HttpAnswer>,
): Promise<never> {
  const keyed = {
    key: keyOf(request),
    scope: scopeOf(request),
    fingerprint: fingerprintOf(request),
  }
  const answer = await request.server.edge.idempotency.run(keyed, async (operationId) => {
    try {
      const { status, body } = await work(operationId)
      const text = reply.code(status).serialize(body)
      assert(typeof text === 'string', 'An idempotent answer is JSON')
      return { answer: { status, body: text }, isFinal: status < 500 }
    } catch (error) {
      const problem = toProblem(error, request.id)
      if (!isFinalRefusal(problem)) throw error
      return refused(problem)
    }
  })
  reply
    .code(answer.status)
    .type(answer.status < 400 ? 'application/json; charset=utf-8' : PROBLEM_TYPE)
    .header('idempotency-replayed', String(answer.isReplay))
    .send(answer.body)
  // The reply is sent: what the handler returns must not be sent again, whatever its route answers.
  return reply as never
}

function refused(problem: Problem): RunOutcome {
  return { answer: { status: problem.status, body: JSON.stringify(problem) }, isFinal: true }
}

function isFinalRefusal({ status, code }: Problem): boolean {
  return status < 500 && status !== 429 && code !== 'database.lock_unavailable'
}

function keyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key']
  if (key === undefined || key === '') throw new IdempotencyKeyRequired()
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw new IdempotencyKeyInvalid()
  return key
}

function scopeOf(request: FastifyRequest): string {
  assert(request.asker !== null, 'An idempotent route knows who asks')
  return `${request.asker} ${request.method} ${request.routeOptions.url}`
}

function fingerprintOf(request: FastifyRequest): string {
  const { params, query, body } = request
  return createHash('sha256').update(canonicalJson({ params, query, body })).digest('hex')
}

/** JSON with sorted keys, so that the order in which a client wrote them does not matter. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return part.toString()
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
