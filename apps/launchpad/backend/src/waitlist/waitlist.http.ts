import {
  limitByNetwork,
  networkOf,
  problemResponses,
  RequestInvalid,
  seldom,
  sessionTokenOf,
  userSecurity,
} from '@gramkit/core/http'
import { LANGUAGES } from '@gramkit/core/kernel'
import type { Joined } from '@gramkit/core/waitlist'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'
import { entryOfRequest } from './entry-of-request.ts'
import { joinOnce } from './join-once.ts'
import {
  emailWire,
  joinedWire,
  personaWire,
  positionWire,
  referralLink,
  statsWire,
  toPlaceWire,
  useCaseWire,
} from './waitlist-wire.http.ts'

const shared = { tags: ['waitlist'] }
const CONFIRMATIONS = { limit: 600, perMs: 60_000 }

/** Routes of people for the waitlist; register under `/api/waitlist`. */
export function waitlistHttp({ platform, joinUrl }: ServiceRoutesOptions): FastifyPluginAsyncZod {
  const { services } = platform
  // Who joined today is counted row by row, and strangers may ask.
  const stats = seldom(() => services.waitlist.stats())
  const tell = ({ entry, place, positionToken }: Joined) => ({
    status: 'success' as const,
    ...toPlaceWire(place),
    entry_status: entry.status,
    position_token: positionToken,
    referral_link: referralLink(joinUrl, entry),
  })
  const positionOf = async (request: FastifyRequest) => {
    const entry = await entryOfRequest(request, services)
    const place = await services.waitlist.position(entry.id)
    const { status, score, components, weightsVersion } = place
    const { persona } = await services.repos.waitlistEntries.featuresOf(entry.classId)
    return {
      ...{ status, ...toPlaceWire(place), score, components },
      ...{ weights_version: weightsVersion, persona, use_case: entry.useCase },
      referral_link: referralLink(joinUrl, entry),
    }
  }

  return async (app) => {
    app.post(
      '/join',
      {
        schema: {
          ...shared,
          summary: 'Join the waitlist',
          description:
            'By an address, which a mail asks to confirm, or without one as the person of a ' +
            'session. Who is on it already is told so, and told it seldom.',
          security: [{}, ...userSecurity],
          body: z.object({
            email: emailWire.optional(),
            use_case: useCaseWire,
            persona: personaWire,
            /** Of whose link somebody came by; one of nobody changes nothing. */
            referral_code: z.string().max(64).optional(),
            /** Of mails. [en] */
            language: z.enum(LANGUAGES).optional(),
          }),
          response: { 201: joinedWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const { email, use_case: useCase, persona, language } = request.body
        const network = networkOf(request.ip)
        const about = {
          ...{ useCase, persona, language, network },
          referralCode: request.body.referral_code,
        }
        const token = email === undefined ? sessionTokenOf(request) : undefined
        if (email === undefined && token === undefined) {
          throw new RequestInvalid('email', 'is missing: send one, or log in by Telegram')
        }
        const who =
          email === undefined
            ? { userId: (await app.edge.authenticate(token ?? '')).user.id }
            : { email }
        reply.code(201)
        return tell(await joinOnce(services, { ...who, ...about }, network))
      },
    )

    app.post(
      '/confirm',
      {
        onRequest: limitByNetwork('waitlist.confirm', CONFIRMATIONS),
        schema: {
          ...shared,
          summary: 'Confirm an address by the token of its mail',
          body: z.object({ token: z.string().max(256) }),
          response: { 200: joinedWire, ...problemResponses },
        },
      },
      async ({ body }) => tell(await services.waitlist.confirm(body.token)),
    )

    app.get(
      '/position',
      {
        schema: {
          ...shared,
          summary: 'One’s place in the queue, and why it is there',
          description: 'The bearer is the position token of a join, or the token of a session.',
          security: userSecurity,
          response: { 200: positionWire, ...problemResponses },
        },
      },
      positionOf,
    )

    app.put(
      '/entry',
      {
        schema: {
          ...shared,
          summary: 'Change what one wants to use the app for',
          security: userSecurity,
          body: z.object({ use_case: useCaseWire.optional(), persona: personaWire.optional() }),
          response: { 200: positionWire, ...problemResponses },
        },
      },
      async (request) => {
        const { use_case: useCase, persona } = request.body
        const { id } = await entryOfRequest(request, services)
        await services.waitlist.updateUseCase(id, { useCase, persona })
        return positionOf(request)
      },
    )

    app.delete(
      '/entry',
      {
        schema: {
          ...shared,
          summary: 'Leave the waitlist',
          security: userSecurity,
          response: { 204: z.undefined(), ...problemResponses },
        },
      },
      async (request, reply) => {
        const { id } = await entryOfRequest(request, services)
        await services.waitlist.leave(id)
        return reply.code(204).send()
      },
    )

    app.get(
      '/stats',
      {
        schema: {
          ...shared,
          summary: 'How many people wait, came and were let in',
          response: { 200: statsWire, ...problemResponses },
        },
      },
      async () => {
        const { waiting, joinedToday, invitedToday, invited, admitted } = await stats()
        return {
          ...{ total: waiting, processed_today: invitedToday, joined_today: joinedToday },
          ...{ invited, admitted },
        }
      },
    )
  }
}
