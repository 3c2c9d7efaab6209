import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  limitLogins,
  networkOf,
  principalOf,
  problemResponses,
  requireRecentLogin,
  userSecurity,
} from '../../../platform/http/index.ts'
import { clientOf, loginWire, userToWire } from '../users.http.ts'
import type { PasswordsService } from './passwords.service.ts'

/** All that the routes of passwords may touch. */
export interface PasswordsHttpScope {
  readonly passwords: PasswordsService
}

const password = z.string().min(1).max(512)
const tags = ['users']

/** Routes for logins by password; register under `/api/v1`. */
export function passwordsHttp({
  services,
}: ServicesHost<PasswordsHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/auth/email/password',
      {
        onRequest: limitLogins('password'),
        schema: {
          tags,
          summary: 'Log in with address and password',
          body: z.object({ email: z.string().max(320), password }),
          response: { 200: loginWire, ...problemResponses },
        },
      },
      async (request) => {
        const client = { ...clientOf(request), network: networkOf(request.ip) }
        const { token, user } = await services.passwords.login(request.body, client)
        return { token, user: userToWire(user) }
      },
    )

    app.put(
      '/me/password',
      {
        onRequest: requireRecentLogin,
        schema: {
          tags,
          summary: 'Set one’s password; all other logins end',
          description: 'Asks for a login of the last 10 minutes, such as one by a mailed code.',
          security: userSecurity,
          body: z.object({ password }),
          response: { 204: z.undefined(), ...problemResponses },
        },
      },
      async (request, reply) => {
        const { user, session } = principalOf(request)
        const owner = { userId: user.id, sessionId: session.id }
        await services.passwords.set(owner, request.body.password)
        return reply.code(204).send()
      },
    )
  }
}
