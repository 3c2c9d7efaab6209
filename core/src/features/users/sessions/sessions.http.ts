import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  bearerToken,
  dropSessionCookie,
  idParams,
  instantWire,
  pageOf,
  principalOf,
  problemResponses,
  requireUser,
  userSecurity,
} from '../../../platform/http/index.ts'
import type { SessionsService } from './sessions.service.ts'

/** All that the routes of sessions may touch. */
export interface SessionsHttpScope {
  readonly sessions: SessionsService
}

const sessionWire = z
  .object({
    id: z.uuid(),
    surface: z.enum(['telegram', 'web']),
    label: z.string().nullable(),
    /** Whether it is the one that asks. */
    isCurrent: z.boolean(),
    createdAt: instantWire,
    lastSeenAt: instantWire,
    expiresAt: instantWire,
  })
  .meta({ id: 'Session' })

const tags = ['users']

/** Routes for one's own logins; register under `/api/v1`. */
export function sessionsHttp({ services }: ServicesHost<SessionsHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.delete(
      '/auth/session',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Log out',
          security: userSecurity,
          response: { 204: z.undefined(), ...problemResponses },
        },
      },
      async (request, reply) => {
        await services.sessions.logout(bearerToken(request))
        dropSessionCookie(request, reply)
        return reply.code(204).send()
      },
    )

    app.get(
      '/me/sessions',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Where one is logged in, last used first',
          security: userSecurity,
          response: { 200: pageOf(sessionWire), ...problemResponses },
        },
      },
      async (request) => {
        const { user, session } = principalOf(request)
        const sessions = await services.sessions.list(user.id)
        const items = sessions.map((one) => ({ ...one, isCurrent: one.id === session.id }))
        return { items, nextCursor: null }
      },
    )

    app.delete(
      '/me/sessions/:id',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'End one login',
          security: userSecurity,
          params: idParams,
          response: { 204: z.undefined(), ...problemResponses },
        },
      },
      async (request, reply) => {
        await services.sessions.revoke(principalOf(request).user.id, request.params.id)
        return reply.code(204).send()
      },
    )

    app.delete(
      '/me/sessions',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'End all other logins, or with `all=true` this one too',
          security: userSecurity,
          querystring: z.object({ all: z.enum(['true', 'false']).optional() }),
          response: { 200: z.object({ ended: z.int() }), ...problemResponses },
        },
      },
      async (request) => {
        const { user, session } = principalOf(request)
        const kept = request.query.all === 'true' ? {} : { except: session.id }
        return { ended: await services.sessions.revokeAll(user.id, kept) }
      },
    )
  }
}
