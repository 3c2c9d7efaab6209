import { AppError } from '../../kernel/index.ts'

/** No route answers to the method and path. */
export class RouteNotFound extends AppError {
  readonly code = 'http.route_not_found'
  readonly kind = 'not_found'

  constructor(facts: { method: string; path: string }) {
    super(`There is no ${facts.method} ${facts.path}`, facts)
  }
}

/** Lists and objects of a body are nested deeper than any route means. */
export class BodyTooDeep extends AppError {
  readonly code = 'http.body_too_deep'
  readonly kind = 'invalid'

  constructor(facts: { limit: number }) {
    super(`Lists and objects of a body are nested at most ${facts.limit} deep`, facts)
  }
}

/** The route needs a bearer token and the request brought none. */
export class CredentialsMissing extends AppError {
  readonly code = 'http.credentials_missing'
  readonly kind = 'unauthenticated'

  constructor() {
    super('Send a token as "Authorization: Bearer <token>"')
  }
}

/** The bearer token is nobody's: neither the administrator's nor a session's. */
export class AdminTokenInvalid extends AppError {
  readonly code = 'http.admin_token_invalid'
  readonly kind = 'unauthenticated'

  constructor() {
    super('The bearer token is neither the admin token nor opens a session')
  }
}

/** The person may not act for the app, or not in this. */
export class RoleRequired extends AppError {
  readonly code = 'http.role_required'
  readonly kind = 'forbidden'

  constructor(facts: { role: string }) {
    super(`Only who has the role ${facts.role} may do this`, facts)
  }
}

/** A page of another site, or nobody knows which, would change something by a session in a cookie. */
export class OriginRefused extends AppError {
  readonly code = 'http.origin_refused'
  readonly kind = 'forbidden'

  constructor() {
    super('With a session in a cookie, changes come from pages of ours only: see the Origin header')
  }
}

/** The session is too old to act for the app, or to change how its person logs in. */
export class LoginTooOld extends AppError {
  readonly code = 'http.login_too_old'
  readonly kind = 'forbidden'

  constructor() {
    super('This login is too old for that: log in again')
  }
}

/** One address sends more requests than a person could. */
export class TooManyRequests extends AppError {
  readonly code = 'http.too_many_requests'
  readonly kind = 'rate_limited'

  constructor(facts: { retryAfterSeconds: number }) {
    super(`Too many requests: try again in ${facts.retryAfterSeconds} s`, facts)
  }
}

/** More live streams are open than the process or the user may have. */
export class TooManyStreams extends AppError {
  readonly code = 'http.too_many_streams'
  readonly kind = 'rate_limited'

  constructor(facts: { limit: number }) {
    super(`${facts.limit} live streams are open already: close one first`, facts)
  }
}

/** The process has more to do than it can. */
export class Overloaded extends AppError {
  readonly code = 'http.overloaded'
  readonly kind = 'unavailable'

  constructor(facts: { retryAfterSeconds: number }) {
    super(`The process is behind: try again in ${facts.retryAfterSeconds} s`, facts)
  }
}

/** A request that moves money came without an idempotency key. */
export class IdempotencyKeyRequired extends AppError {
  readonly code = 'http.idempotency_key_required'
  readonly kind = 'invalid'

  constructor() {
    super('Send an Idempotency-Key header, for example a random UUID for each intended operation')
  }
}

/** The idempotency key is too long or holds other characters than visible ASCII. */
export class IdempotencyKeyInvalid extends AppError {
  readonly code = 'http.idempotency_key_invalid'
  readonly kind = 'invalid'

  constructor() {
    super('An Idempotency-Key is 1 to 255 visible ASCII characters')
  }
}

/** The idempotency key belongs to a request with other contents. */
export class IdempotencyConflict extends AppError {
  readonly code = 'http.idempotency_conflict'
  readonly kind = 'conflict'

  constructor() {
    super('This Idempotency-Key was used with another request: make a new key for a new operation')
  }
}

/** The first request with this key is still being worked on. */
export class IdempotencyInProgress extends AppError {
  readonly code = 'http.idempotency_in_progress'
  readonly kind = 'conflict'

  constructor(facts: { retryAfterSeconds: number }) {
    super('The first request with this Idempotency-Key is still running: ask again', facts)
  }
}

/** The answer to the request told of somebody who was erased since. */
export class AnswerErased extends AppError {
  readonly code = 'http.answer_erased'
  readonly kind = 'gone'

  constructor() {
    super('The answer told of somebody who was erased since; what the request did stays done')
  }
}
