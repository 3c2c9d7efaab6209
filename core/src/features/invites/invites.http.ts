import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DAY_MS } from '../../kernel/index.ts'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  idParams,
  instantWire,
  networkOf,
  pageOf,
  pageQuery,
  principalOf,
  problemResponses,
  requireUser,
  userSecurity,
} from '../../platform/http/index.ts'
import { admit, type Limiter } from '../../platform/limits/index.ts'
import type { UsersRepository } from '../users/index.ts'
import type { Guesser, GuessingService } from './guessing.service.ts'
import { INVITATION_STATUSES, type Invitation } from './invitation.ts'
import {
  filterQuery,
  invitationWire,
  metadataWire,
  revocationBody,
  statsWire,
  termsBody,
  useWire,
} from './invitation-wire.http.ts'
import { GuestsNotInvited, InvitationNotFound } from './invites.errors.ts'
import type { InvitesService } from './invites.service.ts'

/** All that the routes of invitations may touch. */
export interface InvitesHttpScope {
  readonly guessing: Pick<GuessingService, 'admit'>
  readonly invites: InvitesService
  readonly limiter: Pick<Limiter, 'take'>
  readonly repos: { readonly users: Pick<UsersRepository, 'getById'> }
}

const CREATE_RATE = { limit: 20, perMs: DAY_MS }

const newInvitation = z.strictObject({
  ...termsBody,
  code: z.string().max(64).optional(),
  recipient: z.string().min(1).max(255).optional(),
  groupId: z.uuid().optional(),
  makesFriends: z.boolean().optional(),
})
// Long enough for anything that a person could take for a code.
const codeBody = z.strictObject({ code: z.string().max(255) })
const own = { onRequest: requireUser } as const
const shared = { tags: ['invitations'], security: userSecurity }

/** Routes for invitations; register under `/api/v1`. */
export function invitesHttp({ services }: ServicesHost<InvitesHttpScope>): FastifyPluginAsyncZod {
  const ownInvitation = async (request: FastifyRequest, id: string): Promise<Invitation> => {
    const invitation = await services.invites.getById(id)
    if (invitation.createdBy === principalOf(request).user.id) return invitation
    throw new InvitationNotFound({ invitationId: id })
  }

  return async (app) => {
    app.post(
      '/invitations',
      {
        ...own,
        schema: {
          ...shared,
          summary: 'Make an invitation',
          body: newInvitation,
          response: { 201: invitationWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const createdBy = principalOf(request).user.id
        await admit(services.limiter, 'invites.create', createdBy, CREATE_RATE)
        return reply.code(201).send(await services.invites.create({ ...request.body, createdBy }))
      },
    )

    app.get(
      '/invitations',
      {
        ...own,
        schema: {
          ...shared,
          summary: 'One’s own invitations, newest first',
          querystring: filterQuery,
          response: { 200: pageOf(invitationWire), ...problemResponses },
        },
      },
      async (request) => {
        const { status, ...page } = request.query
        return services.invites.list({ createdBy: principalOf(request).user.id, status }, page)
      },
    )

    app.get(
      '/invitations/stats',
      {
        ...own,
        schema: {
          ...shared,
          summary: 'How many invitations one has made, and how often they were used',
          response: { 200: statsWire, ...problemResponses },
        },
      },
      async (request) => services.invites.stats({ createdBy: principalOf(request).user.id }),
    )

    app.get(
      '/invitations/:id',
      {
        ...own,
        schema: {
          ...shared,
          summary: 'Read one’s own invitation',
          params: idParams,
          response: { 200: invitationWire, ...problemResponses },
        },
      },
      async (request) => ownInvitation(request, request.params.id),
    )

    app.get(
      '/invitations/:id/uses',
      {
        ...own,
        schema: {
          ...shared,
          summary: 'Who used one’s own invitation, the first of them first',
          params: idParams,
          querystring: pageQuery,
          response: { 200: pageOf(useWire), ...problemResponses },
        },
      },
      async (request) => {
        const { id } = await ownInvitation(request, request.params.id)
        return services.invites.uses(id, request.query)
      },
    )

    app.post(
      '/invitations/:id/revoke',
      {
        ...own,
        schema: {
          ...shared,
          summary: 'Take one’s own invitation back',
          params: idParams,
          body: revocationBody,
          response: { 200: invitationWire, ...problemResponses },
        },
      },
      async (request) => {
        const { id, createdBy: by } = await ownInvitation(request, request.params.id)
        return services.invites.revoke({ id, by, ...request.body })
      },
    )

    app.post(
      '/invitations/validate',
      {
        ...own,
        schema: {
          ...shared,
          summary: 'Ask whether one could use a code',
          body: codeBody,
          response: {
            200: z.object({
              isValid: z.boolean(),
              reason: z
                .enum([
                  ...(['malformed', 'not_found', 'used', 'expired', 'revoked'] as const),
                  ...(['already_used', 'own_code', 'group_full'] as const),
                ])
                .nullable(),
              status: z.enum(INVITATION_STATUSES).nullable(),
              remainingUses: z.int().nullable(),
              expiresAt: instantWire.nullable(),
            }),
            ...problemResponses,
          },
        },
      },
      async (request) => {
        const usedBy = principalOf(request).user.id
        const { code } = request.body
        await services.guessing.admit(guesserOf(request), code)
        return services.invites.validate({ code, usedBy })
      },
    )

    app.post(
      '/invitations/use',
      {
        ...own,
        schema: {
          ...shared,
          summary: 'Use a code',
          body: codeBody,
          response: {
            200: z.object({
              invitationId: z.uuid(),
              createdBy: z.string(),
              groupId: z.uuid().nullable(),
              metadata: metadataWire,
              usedAt: instantWire,
              remainingUses: z.int().nullable(),
              isExhausted: z.boolean(),
            }),
            ...problemResponses,
          },
        },
      },
      async (request) => {
        const usedBy = principalOf(request).user.id
        const { kind } = await services.repos.users.getById(usedBy)
        if (kind === 'guest') throw new GuestsNotInvited()
        const { code } = request.body
        await services.guessing.admit(guesserOf(request), code)
        return services.invites.use({ code, usedBy })
      },
    )
  }
}

function guesserOf(request: FastifyRequest): Guesser {
  const { ip, log } = request
  return { userId: principalOf(request).user.id, network: networkOf(ip), log }
}
