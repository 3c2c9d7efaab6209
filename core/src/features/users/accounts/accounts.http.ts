import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  idempotently,
  instantWire,
  limitByNetwork,
  principalOf,
  problemResponses,
  requireRecentLogin,
  requireUser,
  userSecurity,
} from '../../../platform/http/index.ts'
import type { AccountsService } from './accounts.service.ts'

/** All that the routes of accounts may touch. */
export interface AccountsHttpScope {
  readonly accounts: AccountsService
}

const mergedWire = z.object({ userId: z.uuid() }).meta({ id: 'MergedAccount' })

const exportWire = z
  .object({
    path: z.string().describe('Where the archive is, on this origin; opens without a login.'),
    expiresAt: instantWire,
  })
  .meta({ id: 'DataExport' })

const tags = ['users']

/** Routes for an account as a whole; register under `/api/v1`. */
export function accountsHttp({ services }: ServicesHost<AccountsHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/me/merge',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Take over what was a guest’s',
          description: 'The guest is proved by the token of their login, which ends.',
          security: userSecurity,
          body: z.strictObject({ guestToken: z.string().min(1).max(512) }),
          response: { 200: mergedWire, ...problemResponses },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async () => {
          const userId = principalOf(request).user.id
          await services.accounts.mergeByToken(request.body.guestToken, userId)
          return { status: 200, body: { userId } }
        }),
    )

    app.post(
      '/me/export',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Ask for all of one’s own data',
          description: 'A link to a zip archive, good for ten minutes.',
          security: userSecurity,
          response: { 201: exportWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const { token, expiresAt } = await services.accounts.openExport(
          principalOf(request).user.id,
        )
        return reply.code(201).send({ path: `/api/v1/exports/${token}`, expiresAt })
      },
    )

    app.get(
      '/exports/:token',
      {
        onRequest: limitByNetwork('accounts.export', { limit: 60, perMs: 60_000 }),
        schema: {
          tags,
          summary: 'Download one’s own data',
          params: z.object({ token: z.string().max(64) }),
        },
      },
      async (request, reply) => {
        const archive = await services.accounts.readExport(request.params.token)
        return (
          reply
            .header('content-type', 'application/zip')
            .header('content-disposition', 'attachment; filename="my-data.zip"')
            .header('cache-control', 'no-store')
            // Telegram's own download button asks from its web page.
            .header('access-control-allow-origin', 'https://web.telegram.org')
            .send(Buffer.from(archive))
        )
      },
    )

    app.delete(
      '/me',
      {
        onRequest: requireRecentLogin,
        schema: {
          tags,
          summary: 'Be forgotten',
          description:
            'Asks for a login of the last ten minutes. Refused while money is under way; the details list why.',
          security: userSecurity,
          response: { 204: z.undefined(), ...problemResponses },
        },
      },
      async (request, reply) => {
        await services.accounts.erase(principalOf(request).user.id)
        return reply.code(204).send()
      },
    )
  }
}
