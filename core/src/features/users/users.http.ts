import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { LANGUAGES } from '../../kernel/index.ts'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  instantWire,
  limitLogins,
  principalOf,
  problemResponses,
  requireUser,
  sessionTokenOf,
  userSecurity,
} from '../../platform/http/index.ts'
import { profileChangesSchema, type User } from './user.ts'
import type { LoginClient, UsersService } from './users.service.ts'
import type { VisitsService } from './visits.service.ts'

/** All that the routes of users may touch. */
export interface UsersHttpScope {
  readonly users: UsersService
  readonly visits: Pick<VisitsService, 'streakOf'>
}

/** A person, as the API shows them. */
export const userWire = z
  .object({
    id: z.uuid(),
    kind: z.enum(['guest', 'registered']),
    telegramId: z.string().nullable(),
    username: z.string().nullable(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    languageCode: z.string().nullable(),
    language: z.enum(LANGUAGES).nullable(),
    timeZone: z.string(),
    role: z.enum(['user', 'admin', 'owner']),
    createdAt: instantWire,
  })
  .meta({ id: 'User' })

/** Days in a row on which somebody came. */
export const streakWire = z
  .object({
    current: z.int(),
    best: z.int(),
    total: z.int(),
    isCountedToday: z.boolean(),
  })
  .meta({ id: 'Streak' })

const meWire = userWire.extend({ streak: streakWire }).meta({ id: 'Me' })

/** What a login answers. */
export const loginWire = z.object({ token: z.string(), user: userWire })
const deviceKey = z.string().min(16).max(128)
const tags = ['users']

/** Routes for login and one's own profile; register under `/api/v1`. */
export function usersHttp(host: ServicesHost<UsersHttpScope>): FastifyPluginAsyncZod {
  const meOf = async (user: User): Promise<z.output<typeof meWire>> => ({
    ...userToWire(user),
    streak: await host.services.visits.streakOf(user),
  })
  return async (app) => {
    app.post(
      '/auth/telegram',
      {
        onRequest: limitLogins('telegram'),
        schema: {
          tags,
          summary: 'Log in with the init data of a Mini App',
          description:
            'Init data opens one login. Sent again, or too old, it continues a live login of the same person: send its token along. With the token of a guest’s login the guest becomes this person. With a `deviceKey` the same device may repeat a login whose answer was lost.',
          security: [{}, ...userSecurity],
          body: z.object({ initData: z.string().min(1), deviceKey: deviceKey.optional() }),
          response: { 200: loginWire, ...problemResponses },
        },
      },
      async (request) => {
        const { token, user } = await host.services.users.loginWithTelegram(request.body.initData, {
          ...clientOf(request),
          sessionToken: sessionTokenOf(request),
          deviceKey: request.body.deviceKey,
        })
        return { token, user: userToWire(user) }
      },
    )

    app.post(
      '/auth/telegram-widget',
      {
        onRequest: limitLogins('widget'),
        schema: {
          tags,
          summary: 'Log in with the fields of Telegram’s login button',
          description: 'All fields as they came, `hash` included; they open one login.',
          body: z.record(z.string().max(64), z.union([z.string().max(1_024), z.number()])),
          response: { 200: loginWire, ...problemResponses },
        },
      },
      async (request) => {
        const { token, user } = await host.services.users.loginWithWidget(
          request.body,
          clientOf(request),
        )
        return { token, user: userToWire(user) }
      },
    )

    app.post(
      '/auth/guest',
      {
        onRequest: limitLogins('guest'),
        schema: {
          tags,
          summary: 'Log in as the guest of a device',
          body: z.object({ deviceKey }),
          response: { 200: loginWire, ...problemResponses },
        },
      },
      async (request) => {
        const { token, user } = await host.services.users.loginAsGuest(
          request.body.deviceKey,
          clientOf(request),
        )
        return { token, user: userToWire(user) }
      },
    )

    app.get(
      '/me',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Read oneself',
          security: userSecurity,
          response: { 200: meWire, ...problemResponses },
        },
      },
      async (request) => meOf(await host.services.users.getById(principalOf(request).user.id)),
    )

    app.patch(
      '/me',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Change one’s profile',
          security: userSecurity,
          body: profileChangesSchema,
          response: { 200: meWire, ...problemResponses },
        },
      },
      async (request) =>
        meOf(await host.services.users.updateProfile(principalOf(request).user.id, request.body)),
    )

    app.get(
      '/me/stream',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Hear that something of one’s own changed',
          description: 'Server-sent events: `event: changed` says to read again what is shown.',
          security: userSecurity,
        },
      },
      async (request, reply) => {
        const stream = await app.edge.liveUpdates.open(principalOf(request).user.id)
        reply.header('content-type', 'text/event-stream').header('cache-control', 'no-store')
        return reply.header('x-accel-buffering', 'no').send(stream)
      },
    )
  }
}

/** What a request says about its client. */
export function clientOf({ headers }: Pick<FastifyRequest, 'headers'>): LoginClient {
  return { userAgent: headers['user-agent'] }
}

/** A person, as the API shows them. */
export function userToWire({ telegramId, ...user }: User): z.output<typeof userWire> {
  return { ...user, telegramId: telegramId?.toString() ?? null }
}
