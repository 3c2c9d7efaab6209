import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { assert } from '../../kernel/index.ts'
import type { Limiter } from '../limits/index.ts'
import { AdminTokenInvalid, CredentialsMissing } from './http.errors.ts'
import type { HttpIdempotency } from './http-idempotency.ts'
import type { LiveUpdates } from './live-updates.ts'

/** Who a request speaks for. */
export interface Principal {
  readonly user: { readonly id: string }
  readonly session: { readonly id: string; readonly surface: 'telegram' | 'web' }
}

/** What the routes of one platform stand on; several platforms may share a server. */
export interface HttpEdge {
  /** Finds who is behind a session token; throws a typed error for a token of nobody. */
  authenticate(token: string): Promise<Principal>
  readonly adminToken: string
  readonly limiter: Pick<Limiter, 'take'>
  readonly idempotency: HttpIdempotency
  readonly liveUpdates: LiveUpdates
}

declare module 'fastify' {
  interface FastifyInstance {
    edge: HttpEdge
  }
  interface FastifyRequest {
    /** Set by {@link requireUser}. */
    principal: Principal | null
    /** Set by {@link requireAdmin}. */
    isAdmin: boolean
  }
}

/** Gives the routes registered beside it their platform: register it first in their scope. */
export const httpEdge = fastifyPlugin<HttpEdge>(
  async (app, { authenticate, adminToken, limiter, idempotency, liveUpdates }) => {
    app.decorate('edge', { authenticate, adminToken, limiter, idempotency, liveUpdates })
    app.addHook('preClose', async () => liveUpdates.close())
  },
  { name: 'gramkit-edge', fastify: '5.x' },
)

/**
 * Lets only logged-in people pass; use as `onRequest`, so that strangers never reach a parser.
 *
 * @throws {@link CredentialsMissing}
 */
export async function requireUser(request: FastifyRequest): Promise<void> {
  request.principal = await request.server.edge.authenticate(bearerToken(request))
}

/**
 * Lets only the administrator pass; use as `onRequest`.
 *
 * @throws {@link CredentialsMissing}
 * @throws {@link AdminTokenInvalid}
 */
export async function requireAdmin(request: FastifyRequest): Promise<void> {
  // Hashed first: the comparison needs equal lengths and must not tell the right one.
  const given = sha256(bearerToken(request))
  const expected = sha256(request.server.edge.adminToken)
  if (!timingSafeEqual(given, expected)) throw new AdminTokenInvalid()
  request.isAdmin = true
}

/** Reads who passed {@link requireUser}. */
export function principalOf(request: FastifyRequest): Principal {
  assert(request.principal, 'A route that asks for its principal requires a user')
  return request.principal
}

/**
 * Reads the token of the Authorization header.
 *
 * @throws {@link CredentialsMissing}
 */
export function bearerToken(request: FastifyRequest): string {
  const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!token) throw new CredentialsMissing()
  return token
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
