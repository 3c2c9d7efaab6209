import {
  limitByNetwork,
  networkOf,
  problemResponses,
  sessionTokenOf,
  userSecurity,
} from '@gramkit/core/http'
import { CodeNotFound } from '@gramkit/core/waitlist'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'
import { emailWire } from '../waitlist/waitlist-wire.http.ts'
import { codeStatusWire, codeWire } from './invites-wire.http.ts'
import { redeemerOf } from './redeemer-of.ts'

const shared = { tags: ['invites'] }
const REDEMPTIONS = { limit: 600, perMs: 60_000 }

/** Routes of people for invitations; register under `/api/invites`. */
export function launchInvitesHttp({ platform }: ServiceRoutesOptions): FastifyPluginAsyncZod {
  const { services } = platform
  return async (app) => {
    app.post(
      '/redeem',
      {
        onRequest: limitByNetwork('invites.redeem', REDEMPTIONS),
        schema: {
          ...shared,
          summary: 'Redeem a code: an account for whom it is for',
          description:
            'By the address that it was sent to, or as the person of a session or a position token. ' +
            'A code that is unknown, malformed or bound to somebody else is answered alike.',
          security: [{}, ...userSecurity],
          body: z.object({ code: codeWire, email: emailWire.optional() }),
          response: {
            200: z
              .object({
                status: z.literal('success'),
                message: z.string(),
                email: z.string().nullable(),
              })
              .meta({ id: 'Redeemed' }),
            ...problemResponses,
          },
        },
      },
      async (request) => {
        const { code, email } = request.body
        const network = networkOf(request.ip)
        const token = sessionTokenOf(request)
        const redeemer = await redeemerOf(services, { token, email })
        const { userId, entryId } = redeemer
        const guesser = { userId, network, recipient: entryId ?? '', log: request.log }
        await services.guessing.admit(guesser, code)
        await services.admissions.redeem({ code, email: redeemer.email, userId, network })
        return {
          status: 'success' as const,
          message: 'Invite code redeemed successfully',
          email: redeemer.email ?? null,
        }
      },
    )

    app.get(
      '/:code/status',
      {
        schema: {
          ...shared,
          summary: 'Whether a code lets somebody in',
          description:
            'Whoever holds a code may ask; a few wrong ones end the questions of a network.',
          params: z.object({ code: codeWire }),
          response: { 200: codeStatusWire, ...problemResponses },
        },
      },
      async (request) => {
        const { code } = request.params
        const network = networkOf(request.ip)
        await services.guessing.admit({ network, recipient: null, log: request.log }, code)
        const { isValid, status, expiresAt } = await services.invites.validate({ code })
        if (status === null) throw new CodeNotFound()
        // The time may be over before anybody has written that down.
        const isOver = status === 'active' && !isValid
        return {
          valid: isValid,
          expires_at: expiresAt?.toISOString() ?? null,
          used: status === 'used',
          status: isOver ? ('expired' as const) : status,
        }
      },
    )
  }
}
