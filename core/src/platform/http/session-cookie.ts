import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CredentialsMissing, OriginRefused } from './http.errors.ts'

/** The cookie of an app that names none of its own. */
export const SESSION_COOKIE = 'gramkit_session'

/** A Mini App is a frame of another site; `Partitioned` keeps its cookie apart for each such site. */
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=None; Partitioned'
/** The longest that browsers keep one; the session itself ends by its own rule. */
const MAX_AGE_SECONDS = 400 * 86_400

const login = z.looseObject({ token: z.string().min(1) })

/**
 * Reads the token of a request: of the Authorization header, or of the cookie of a browser that
 * asked for one.
 *
 * A browser sends a cookie along with whatever other sites make it send. So with a cookie, a request
 * that may change something counts only from a page of ours.
 *
 * @throws {@link CredentialsMissing}
 * @throws {@link OriginRefused}
 */
export function bearerToken(request: FastifyRequest): string {
  const { authorization } = request.headers
  const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1]
  if (token) return token
  const kept = authorization === undefined ? cookieOf(request) : undefined
  if (!kept) throw new CredentialsMissing()
  const { method, headers, server } = request
  const isReading = method === 'GET' || method === 'HEAD'
  if (!isReading && !server.edge.origins.includes(headers.origin ?? '')) throw new OriginRefused()
  return kept
}

/**
 * Reads the token of a request that may come without one, as {@link bearerToken} does.
 *
 * @throws {@link OriginRefused}
 */
export function sessionTokenOf(request: FastifyRequest): string | undefined {
  try {
    return bearerToken(request)
  } catch (error) {
    if (error instanceof CredentialsMissing) return undefined
    throw error
  }
}

/**
 * Puts the token of a login into a cookie, and nowhere else, for a client that sends
 * `x-session: cookie`: scripts of its page never see it. Other sites cannot send that header. A token
 * that came in the cookie stays there without the header too.
 */
export function keepTokenInCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: unknown,
): unknown {
  const given = login.safeParse(answer).data
  const isAskedFor = request.headers['x-session'] === 'cookie'
  if (!given || !(isAskedFor || given.token === cookieOf(request))) return answer
  const { sessionCookie } = request.server.edge
  const pair = `${sessionCookie}=${given.token}`
  reply.header('set-cookie', `${pair}; Max-Age=${MAX_AGE_SECONDS}; ${ATTRIBUTES}`)
  return { ...given, token: '' }
}

/** Takes the cookie from a browser that has one. */
export function dropSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  if (!cookieOf(request)) return
  reply.header('set-cookie', `${request.server.edge.sessionCookie}=; Max-Age=0; ${ATTRIBUTES}`)
}

function cookieOf({ headers, server }: FastifyRequest): string | undefined {
  const { sessionCookie } = server.edge
  return new RegExp(`(?:^|;\\s*)${sessionCookie}=([\\w-]{1,512})(?:;|$)`).exec(
    headers.cookie ?? '',
  )?.[1]
}
