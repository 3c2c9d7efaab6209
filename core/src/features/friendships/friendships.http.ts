import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  instantWire,
  pageOf,
  pageQuery,
  principalOf,
  problemResponses,
  requireUser,
  userSecurity,
} from '../../platform/http/index.ts'
import type { FriendshipsService } from './friendships.service.ts'

/** All that the routes of friendships may touch. */
export interface FriendshipsHttpScope {
  readonly friendships: FriendshipsService
}

const personWire = z
  .object({
    userId: z.uuid(),
    firstName: z.string().nullable(),
    username: z.string().nullable(),
    since: instantWire,
  })
  .meta({ id: 'Person' })

/** Compared with ids of our own, which are written small. */
const personId = z.uuid().toLowerCase()
const params = z.object({ userId: personId })
const tags = ['friendships']
const route = { tags, security: userSecurity }

/** Routes for one's friends, requests and blocks; register under `/api/v1`. */
export function friendshipsHttp({
  services,
}: ServicesHost<FriendshipsHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    for (const [path, list, summary] of [
      ['/friendships', 'list', 'One’s friends'],
      ['/friendships/requests', 'requests', 'Those who want to be one’s friend'],
      ['/friendships/blocks', 'blocks', 'Those whom one has blocked'],
    ] as const) {
      app.get(
        path,
        {
          onRequest: requireUser,
          schema: {
            ...route,
            summary,
            querystring: pageQuery,
            response: { 200: pageOf(personWire), ...problemResponses },
          },
        },
        async (request) => services.friendships[list](principalOf(request).user.id, request.query),
      )
    }

    app.post(
      '/friendships',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'Ask somebody for their friendship, or agree to theirs',
          body: z.strictObject({ userId: personId }),
          response: {
            200: z.object({ outcome: z.enum(['requested', 'accepted', 'already_friends']) }),
            ...problemResponses,
          },
        },
      },
      async (request) => ({
        outcome: await services.friendships.request(
          principalOf(request).user.id,
          request.body.userId,
        ),
      }),
    )

    for (const [method, path, action, summary] of [
      ['POST', '/accept', 'accept', 'Agree to somebody’s request'],
      ['POST', '/decline', 'decline', 'Forget somebody’s request; they are not told'],
      ['DELETE', '', 'remove', 'End a friendship, or take one’s own request back'],
      ['PUT', '/block', 'block', 'Hear of somebody no more; they are not told'],
      ['DELETE', '/block', 'unblock', 'Take a block back'],
    ] as const) {
      app.route({
        method,
        url: `/friendships/:userId${path}`,
        onRequest: requireUser,
        schema: {
          ...route,
          summary,
          params,
          response: { 204: z.undefined(), ...problemResponses },
        },
        handler: async (request, reply) => {
          await services.friendships[action](principalOf(request).user.id, request.params.userId)
          return reply.code(204).send()
        },
      })
    }
  }
}
