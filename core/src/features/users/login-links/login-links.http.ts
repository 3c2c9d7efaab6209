import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  instantWire,
  limitLogins,
  principalOf,
  problemResponses,
  requireRecentLogin,
  userSecurity,
} from '../../../platform/http/index.ts'
import { sessionLabel } from '../sessions/session.ts'
import { userToWire, userWire } from '../users.http.ts'
import type { LoginLinksService } from './login-links.service.ts'

/** All that the routes of login links may touch. */
export interface LoginLinksHttpScope {
  readonly loginLinks: LoginLinksService
}

const startedWire = z
  .object({
    startParameter: z.string(),
    pollSecret: z.string(),
    matchNumber: z.int(),
    expiresAt: instantWire,
  })
  .meta({ id: 'LoginLink' })

const answerWire = z
  .object({
    status: z.enum(['pending', 'declined', 'confirmed', 'connected']),
    /** Of a confirmed login; shown this once. */
    token: z.string().optional(),
    user: userWire.optional(),
  })
  .meta({ id: 'LoginLinkAnswer' })

const tags = ['users']
/** A page asks many times for one login. */
const POLLS_A_LOGIN = 20

/** Routes for logging in by the bot; register under `/api/v1`. */
export function loginLinksHttp({
  services,
}: ServicesHost<LoginLinksHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/auth/link',
      {
        onRequest: limitLogins('link'),
        schema: {
          tags,
          summary: 'Start a login by the bot',
          description:
            'Show `https://t.me/<bot>?start=<startParameter>` and `matchNumber`, keep `pollSecret`, and ask for the answer every two seconds.',
          response: { 201: startedWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        reply.code(201)
        return services.loginLinks.start({ browser: browserOf(request) })
      },
    )

    app.post(
      '/auth/link/poll',
      {
        onRequest: limitLogins('link_poll', POLLS_A_LOGIN),
        schema: {
          tags,
          summary: 'Ask what the person said in the bot',
          body: z.object({ pollSecret: z.string().min(1).max(64) }),
          response: { 200: answerWire, ...problemResponses },
        },
      },
      async (request) => {
        const browser = browserOf(request)
        const answer = await services.loginLinks.poll(request.body.pollSecret, { browser })
        const { status } = answer
        if (status === 'connected') return { status, user: userToWire(answer.user) }
        if (status !== 'confirmed') return { status }
        const { token, user } = answer.login
        return { status, token, user: userToWire(user) }
      },
    )

    app.post(
      '/me/telegram',
      {
        onRequest: [limitLogins('connect'), requireRecentLogin],
        schema: {
          tags,
          summary: 'Start to connect one’s Telegram',
          description:
            'Asks for a login of the last 10 minutes, and the link ends with it. Ask for the answer at `/auth/link/poll`: `connected` when it is done.',
          security: userSecurity,
          response: { 201: startedWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        reply.code(201)
        const { user, session } = principalOf(request)
        const connect = { userId: user.id, sessionId: session.id }
        return services.loginLinks.start({ browser: browserOf(request), connect })
      },
    )
  }
}

function browserOf({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  return sessionLabel(headers['user-agent'])
}
