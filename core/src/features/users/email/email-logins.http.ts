import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { LANGUAGES } from '../../../kernel/index.ts'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  instantWire,
  limitLogins,
  networkOf,
  principalOf,
  problemResponses,
  requireRecentLogin,
  requireUser,
  userSecurity,
} from '../../../platform/http/index.ts'
import { clientOf, loginWire, userToWire } from '../users.http.ts'
import type { EmailLoginsService } from './email-logins.service.ts'

/** All that the routes of logins by e-mail may touch. */
export interface EmailLoginsHttpScope {
  readonly emailLogins: EmailLoginsService
}

const startBody = z.object({
  email: z.string().max(320),
  /** The language of the mail. [en] */
  language: z.enum(LANGUAGES).optional(),
})
const startedWire = z.object({ id: z.uuid(), expiresAt: instantWire })
const typedBody = z.object({ id: z.uuid(), code: z.string().max(16) })
const settingsWire = z.object({ email: z.string().nullable(), hasPassword: z.boolean() })
const tags = ['users']

/** Routes for logins by a mailed code, and for one's own address; register under `/api/v1`. */
export function emailLoginsHttp({
  services,
}: ServicesHost<EmailLoginsHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/auth/email/start',
      {
        onRequest: limitLogins('email_start'),
        schema: {
          tags,
          summary: 'Mail a code to sign up, to log in or to come back without a password',
          description: 'The answer is the same whether or not anybody has the address.',
          body: startBody,
          response: { 202: startedWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const { email, language } = request.body
        const client = { network: networkOf(request.ip), language }
        return reply.code(202).send(await services.emailLogins.start(email, client))
      },
    )

    app.post(
      '/auth/email/complete',
      {
        onRequest: limitLogins('email_complete'),
        schema: {
          tags,
          summary: 'Log in with the code of a mail',
          body: typedBody,
          response: { 200: loginWire, ...problemResponses },
        },
      },
      async (request) => {
        const client = { ...clientOf(request), network: networkOf(request.ip) }
        const { token, user } = await services.emailLogins.complete(request.body, client)
        return { token, user: userToWire(user) }
      },
    )

    app.get(
      '/me/email',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Read one’s address',
          security: userSecurity,
          response: { 200: settingsWire, ...problemResponses },
        },
      },
      (request) => services.emailLogins.settingsOf(principalOf(request).user.id),
    )

    app.post(
      '/me/email/start',
      {
        onRequest: requireRecentLogin,
        schema: {
          tags,
          summary: 'Mail a code that adds an address to oneself',
          description: 'Asks for a login of the last 10 minutes.',
          security: userSecurity,
          body: startBody,
          response: { 202: startedWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const { email, language } = request.body
        const client = { network: networkOf(request.ip), language }
        const { id } = principalOf(request).user
        return reply.code(202).send(await services.emailLogins.startConnect(id, email, client))
      },
    )

    app.post(
      '/me/email/complete',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Add the address of a mail to oneself with its code',
          security: userSecurity,
          body: typedBody,
          response: { 200: settingsWire, ...problemResponses },
        },
      },
      async (request) => {
        const { user, session } = principalOf(request)
        const owner = { userId: user.id, sessionId: session.id }
        await services.emailLogins.completeConnect(owner, request.body)
        return services.emailLogins.settingsOf(user.id)
      },
    )

    app.delete(
      '/me/email',
      {
        onRequest: requireRecentLogin,
        schema: {
          tags,
          summary: 'Remove one’s address and password',
          description: 'Asks for a login of the last 10 minutes.',
          security: userSecurity,
          response: { 204: z.undefined(), ...problemResponses },
        },
      },
      async (request, reply) => {
        await services.emailLogins.disconnect(principalOf(request).user.id)
        return reply.code(204).send()
      },
    )
  }
}
