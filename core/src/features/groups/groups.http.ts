import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  principalOf,
  problemResponses,
  requireUser,
  userSecurity,
} from '../../platform/http/index.ts'
import { GROUP_ROLES, MEMBERS_MAX } from './group.ts'
import type { GroupsService } from './groups.service.ts'
import type { MembersService } from './members/members.service.ts'

/** All that the routes of groups may touch. */
export interface GroupsHttpScope {
  readonly groups: GroupsService
  readonly members: MembersService
}

const groupWire = z
  .object({
    id: z.uuid(),
    title: z.string(),
    /** What the asker is in it. */
    role: z.enum(GROUP_ROLES),
    memberCount: z.int(),
    memberMax: z.int(),
    createdAt: instantWire,
  })
  .meta({ id: 'Group' })

const memberWire = z
  .object({
    userId: z.uuid(),
    firstName: z.string().nullable(),
    username: z.string().nullable(),
    role: z.enum(GROUP_ROLES),
    joinedAt: instantWire,
  })
  .meta({ id: 'GroupMember' })

const title = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds characters that nobody can read')

const personId = z.uuid().toLowerCase()
const memberParams = z.object({ id: z.uuid(), userId: personId })
const tags = ['groups']
const route = { tags, security: userSecurity }
const done = { 204: z.undefined(), ...problemResponses }

/** Routes for one's groups and their members; register under `/api/v1`. */
export function groupsHttp({ services }: ServicesHost<GroupsHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/groups',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'One’s groups, oldest first',
          querystring: pageQuery,
          response: { 200: pageOf(groupWire), ...problemResponses },
        },
      },
      async (request) => services.groups.list(principalOf(request).user.id, request.query),
    )

    app.post(
      '/groups',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'Make a group and own it',
          body: z.strictObject({ title, memberMax: z.int().min(2).max(MEMBERS_MAX).optional() }),
          response: { 201: groupWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const made = await services.groups.create(principalOf(request).user.id, request.body)
        return reply.code(201).send(made)
      },
    )

    app.get(
      '/groups/:id',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'Read a group that one is in',
          params: idParams,
          response: { 200: groupWire, ...problemResponses },
        },
      },
      async (request) => services.groups.get(principalOf(request).user.id, request.params.id),
    )

    app.patch(
      '/groups/:id',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'Give a group another title',
          params: idParams,
          body: z.strictObject({ title }),
          response: { 200: groupWire, ...problemResponses },
        },
      },
      async (request) =>
        services.groups.rename(principalOf(request).user.id, request.params.id, request.body.title),
    )

    app.delete(
      '/groups/:id',
      {
        onRequest: requireUser,
        schema: { ...route, summary: 'Remove a group', params: idParams, response: done },
      },
      async (request, reply) => {
        await services.groups.remove(principalOf(request).user.id, request.params.id)
        return reply.code(204).send()
      },
    )

    app.post(
      '/groups/:id/owner',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'Hand the ownership over to another member',
          params: idParams,
          body: z.strictObject({ userId: personId }),
          response: done,
        },
      },
      async (request, reply) => {
        await services.members.transferOwnership(
          principalOf(request).user.id,
          request.params.id,
          request.body.userId,
        )
        return reply.code(204).send()
      },
    )

    app.get(
      '/groups/:id/members',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'Who is in a group, and as what',
          params: idParams,
          querystring: pageQuery,
          response: { 200: pageOf(memberWire), ...problemResponses },
        },
      },
      async (request) =>
        services.members.list(principalOf(request).user.id, request.params.id, request.query),
    )

    app.patch(
      '/groups/:id/members/:userId',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'Make a member an admin, or an admin a member',
          params: memberParams,
          body: z.strictObject({ role: z.enum(['admin', 'member']) }),
          response: done,
        },
      },
      async (request, reply) => {
        const { id, userId } = request.params
        await services.members.changeRole(principalOf(request).user.id, id, {
          userId,
          role: request.body.role,
        })
        return reply.code(204).send()
      },
    )

    app.delete(
      '/groups/:id/members/:userId',
      {
        onRequest: requireUser,
        schema: {
          ...route,
          summary: 'Take somebody out of a group, or leave it',
          params: memberParams,
          response: done,
        },
      },
      async (request, reply) => {
        const { user } = principalOf(request)
        const { id, userId } = request.params
        if (userId === user.id) await services.members.leave(user.id, id)
        else await services.members.remove(user.id, id, userId)
        return reply.code(204).send()
      },
    )
  }
}
