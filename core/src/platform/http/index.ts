/**
 * The HTTP edge: a Fastify server with problem JSON, OpenAPI and protection, and what routes share:
 * who asks (`requireUser`), how values look on the wire, answering once (`idempotently`), live
 * updates.
 *
 * @module
 */
export {
  ADMIN_LOGIN_MAX_AGE_MS,
  actorOf,
  type HttpEdge,
  httpEdge,
  type Principal,
  principalOf,
  requireAdmin,
  requireOwner,
  requireRecentLogin,
  requireUser,
} from './edge.ts'
export {
  AdminTokenInvalid,
  AnswerErased,
  BodyTooDeep,
  CredentialsMissing,
  IdempotencyConflict,
  IdempotencyInProgress,
  IdempotencyKeyInvalid,
  IdempotencyKeyRequired,
  LoginTooOld,
  OriginRefused,
  RoleRequired,
  RouteNotFound,
  TooManyRequests,
  TooManyStreams,
} from './http.errors.ts'
export { httpIdempotency } from './http-idempotency.table.ts'
export {
  HttpIdempotency,
  type IdempotencySettings,
  type KeyedRequest,
  type RunOutcome,
  type StoredAnswer,
} from './http-idempotency.ts'
export { type HttpAnswer, idempotently } from './idempotently.ts'
export { LiveUpdates, type LiveUpdatesSettings } from './live-updates.ts'
export { limitByNetwork, limitLogins, networkOf } from './network.ts'
export type { ApiTitle } from './openapi.ts'
export {
  PROBLEM_TYPE,
  type Problem,
  problemSchema,
  RequestInvalid,
  statusOf,
  toProblem,
} from './problem.ts'
export { seldom } from './seldom.ts'
export { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts'
export { bearerToken, dropSessionCookie, SESSION_COOKIE, sessionTokenOf } from './session-cookie.ts'
export type { ReadyChecks } from './status.ts'
export { checkTrustedProxies } from './trusted-proxies.ts'
export {
  adminSecurity,
  amountWire,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  problemResponses,
  userSecurity,
} from './wire.ts'
