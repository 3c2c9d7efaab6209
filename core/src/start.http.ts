import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { streakWire } from './features/users/users.http.ts'
import type { ServicesHost } from './platform/database/index.ts'
import {
  networkOf,
  principalOf,
  problemResponses,
  requireUser,
  userSecurity,
} from './platform/http/index.ts'
import { beginVisit, type StartScope } from './start.ts'

const visitWire = z
  .object({
    streak: streakWire,
    milestone: z.int().nullable(),
    start: z.object({
      page: z.string().nullable(),
      mode: z.string().nullable(),
      invitation: z.string().nullable(),
    }),
    invitation: z
      .object({
        isAccepted: z.boolean(),
        refusal: z.string().nullable(),
        inviter: z.object({ id: z.uuid(), firstName: z.string().nullable() }).nullable(),
        makesFriends: z.boolean(),
      })
      .nullable(),
  })
  .meta({ id: 'Visit' })

/** The route that a Mini App calls when it is opened; register under `/api/v1`. */
export function startHttp(host: ServicesHost<StartScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/me/visit',
      {
        onRequest: requireUser,
        schema: {
          tags: ['users'],
          summary: 'Begin a visit: count it, and use what the link carries',
          security: userSecurity,
          body: z.object({
            startParam: z.string().max(4_096).nullish(),
            timeZone: z.string().max(256).optional(),
          }),
          response: { 200: visitWire, ...problemResponses },
        },
      },
      async (request): Promise<z.output<typeof visitWire>> => {
        const { user, session } = principalOf(request)
        const via = session.surface === 'telegram' ? 'startapp' : 'web'
        const begun = await beginVisit(host.services, user.id, {
          ...request.body,
          network: networkOf(request.ip),
          log: request.log,
          via,
        })
        const { streak, milestone, start, invitation } = begun
        const { page = null, mode = null } = start
        return {
          streak,
          milestone,
          start: { page, mode, invitation: start.invitation ?? null },
          invitation: invitation && {
            ...{ refusal: null, inviter: null, makesFriends: false },
            ...invitation,
          },
        }
      },
    )
  }
}
