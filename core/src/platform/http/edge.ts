import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { assert, type Clock, isAppError } from '../../kernel/index.ts'
import type { Limiter } from '../limits/index.ts'
import { AdminTokenInvalid, LoginTooOld, RoleRequired } from './http.errors.ts'
import type { HttpIdempotency } from './http-idempotency.ts'
import type { LiveUpdates } from './live-updates.ts'
import { bearerToken, keepTokenInCookie } from './session-cookie.ts'

/** Who a request speaks for. */
export interface Principal {
  readonly user: { readonly id: string; readonly role: 'user' | 'admin' | 'owner' }
  readonly session: {
    readonly id: string
    readonly surface: 'telegram' | 'web'
    readonly createdAt: Date
  }
}

/** What the routes of one platform stand on; several platforms may share a server. */
export interface HttpEdge {
  /** Finds who is behind a session token; throws a typed error for a token of nobody. */
  authenticate(token: string): Promise<Principal>
  readonly adminToken: string
  readonly clock: Clock
  readonly limiter: Pick<Limiter, 'take'>
  /** Logins that one network may try a minute by each way of logging in. */
  readonly loginsPerMinute: number
  /** Origins of our own pages: those that may change something by a session in a cookie. */
  readonly origins: readonly string[]
  /** Name of the cookie that keeps a session; apps that share an origin each have their own. */
  readonly sessionCookie: string
  readonly idempotency: HttpIdempotency
  readonly liveUpdates: LiveUpdates
}

declare module 'fastify' {
  interface FastifyInstance {
    edge: HttpEdge
  }
  interface FastifyRequest {
    /** Set by {@link requireUser}, and by {@link requireAdmin} for a person. */
    principal: Principal | null
    /** Set by {@link requireAdmin}. */
    isAdmin: boolean
    /** Who asks, such as `user:<id>` or `admin`, by which idempotency keys are kept apart; set by whatever lets the request pass. */
    asker: string | null
  }
}

/** Gives the routes registered beside it their platform: register it first in their scope. */
export const httpEdge = fastifyPlugin<HttpEdge>(
  async (app, edge) => {
    app.decorate('edge', edge)
    app.addHook('preClose', async () => edge.liveUpdates.close())
    app.addHook('preSerialization', async (request, reply, answer) =>
      keepTokenInCookie(request, reply, answer),
    )
  },
  { name: 'gramkit-edge', fastify: '5.x' },
)

/**
 * Lets only logged-in people pass; use as `onRequest`, so that strangers never reach a parser.
 *
 * @throws {@link CredentialsMissing}
 */
export async function requireUser(request: FastifyRequest): Promise<void> {
  const principal = await request.server.edge.authenticate(bearerToken(request))
  request.principal = principal
  request.asker = `user:${principal.user.id}`
}

/** How long after a login its session may act for the app: a stolen one is not worth much. */
export const ADMIN_LOGIN_MAX_AGE_MS = 12 * 3_600_000

const RANKS = { user: 0, admin: 1, owner: 2 } as const

/**
 * Lets the admin token pass, and people who are admin or owner and logged in lately; use as
 * `onRequest`, and {@link actorOf} to write down who it was.
 *
 * @throws {@link CredentialsMissing}
 * @throws {@link AdminTokenInvalid}
 * @throws {@link RoleRequired}
 * @throws {@link LoginTooOld}
 */
export function requireAdmin(request: FastifyRequest): Promise<void> {
  return requireRole(request, 'admin')
}

/** Lets the admin token and owners pass; otherwise as {@link requireAdmin}. */
export function requireOwner(request: FastifyRequest): Promise<void> {
  return requireRole(request, 'owner')
}

async function requireRole(request: FastifyRequest, role: 'admin' | 'owner'): Promise<void> {
  const token = bearerToken(request)
  const { edge } = request.server
  // Hashed first: the comparison needs equal lengths and must not tell the right one.
  if (!timingSafeEqual(sha256(token), sha256(edge.adminToken))) {
    const principal = await edge.authenticate(token).catch((error: unknown) => {
      if (isAppError(error) && error.kind === 'unauthenticated') throw new AdminTokenInvalid()
      throw error
    })
    if (RANKS[principal.user.role] < RANKS[role]) throw new RoleRequired({ role })
    const ageMs = edge.clock.now().getTime() - principal.session.createdAt.getTime()
    if (ageMs > ADMIN_LOGIN_MAX_AGE_MS) throw new LoginTooOld()
    request.principal = principal
  }
  request.isAdmin = true
  request.asker = request.principal ? `user:${request.principal.user.id}` : 'admin'
}

/** How old a login may be that changes how its person logs in: a stolen one must not do that. */
const RECENT_LOGIN_MAX_AGE_MS = 10 * 60_000

/**
 * Lets people pass who have logged in within the last 10 minutes; use as `onRequest`.
 *
 * @throws {@link CredentialsMissing}
 * @throws {@link LoginTooOld}
 */
export async function requireRecentLogin(request: FastifyRequest): Promise<void> {
  await requireUser(request)
  const { createdAt } = principalOf(request).session
  const ageMs = request.server.edge.clock.now().getTime() - createdAt.getTime()
  if (ageMs > RECENT_LOGIN_MAX_AGE_MS) throw new LoginTooOld()
}

/** Who passed {@link requireAdmin}, as the audit names them: `admin` for the token, or a user's id. */
export function actorOf(request: FastifyRequest): string {
  assert(request.isAdmin, 'A route that asks for its actor requires an admin')
  return request.principal?.user.id ?? 'admin'
}

/** Reads who passed {@link requireUser}. */
export function principalOf(request: FastifyRequest): Principal {
  assert(request.principal, 'A route that asks for its principal requires a user')
  return request.principal
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
