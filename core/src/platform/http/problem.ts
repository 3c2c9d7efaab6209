import { z } from 'zod'
import { type ErrorKind, isAppError } from '../../kernel/index.ts'

/** HTTP status of each kind of failure; the only place where a kind meets a number. */
export const statusOf = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  locked: 423,
  payment_required: 402,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorKind, number>

/** Media type of an error answer (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** Body of every error answer (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** Stable name of the case: what a client branches on. */
    code: z.string(),
    /** Facts about the case; `fields` names what a 422 is about. */
    details: z.record(z.string(), z.unknown()),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'Error answer, RFC 9457; branch on `code`' })

/** Body of every error answer (RFC 9457). */
export type Problem = z.output<typeof problemSchema>

/** Codes of what Fastify and its plugins refuse by themselves. */
const EDGE_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'http.body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'http.media_type_unsupported',
  FST_ERR_CTP_INVALID_JSON_BODY: 'http.body_malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'http.body_malformed',
}

/**
 * Tells any thrown value as a problem.
 *
 * What is not a failure the kit throws on purpose becomes a bare 500: its message may hold anything.
 */
export function toProblem(error: unknown, requestId: string): Problem {
  const made = (status: number, code: string, title: string, details: Problem['details'] = {}) => ({
    type: `urn:gramkit:problem:${code}`,
    title,
    status,
    code,
    details,
    requestId,
  })
  if (isAppError(error) && error.kind !== 'internal') {
    return made(statusOf[error.kind], error.code, error.message, error.details)
  }
  const fields = invalidFields(error)
  if (fields) {
    return made(422, 'http.request_invalid', 'The request does not fit its schema', { fields })
  }
  const edge = edgeFailure.safeParse(error).data
  if (edge) return made(edge.statusCode, EDGE_CODES[edge.code] ?? 'http.bad_request', edge.message)
  return made(500, 'http.internal', 'Something went wrong on our side')
}

/** Fastify's own refusals: their texts are fixed and safe to show. */
const edgeFailure = z.object({
  code: z.string().startsWith('FST_'),
  statusCode: z.union([z.int().min(400).max(499), z.literal(503)]),
  message: z.string(),
})

const validationFailure = z.object({
  validationContext: z.string().optional(),
  validation: z
    .array(z.object({ instancePath: z.string(), message: z.string().optional() }))
    .min(1),
})

/** A request breaks a rule that its schema cannot say; answered as those of the schema are (422). */
export class RequestInvalid extends Error {
  readonly validationContext = 'body'
  readonly validation: readonly { readonly instancePath: string; readonly message: string }[]

  constructor(field: string, message: string) {
    super(`${field} ${message}`)
    this.validation = [{ instancePath: `/${field}`, message }]
  }
}

function invalidFields(error: unknown): object[] | undefined {
  const failure = validationFailure.safeParse(error).data
  return failure?.validation.map((issue) => ({
    in:
      failure.validationContext === 'querystring' ? 'query' : (failure.validationContext ?? 'body'),
    path: issue.instancePath.replace(/^\//, '').replaceAll('/', '.'),
    message: issue.message ?? 'is invalid',
  }))
}
