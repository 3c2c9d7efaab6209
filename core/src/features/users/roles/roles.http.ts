import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  actorOf,
  adminSecurity,
  idParams,
  problemResponses,
  requireOwner,
} from '../../../platform/http/index.ts'
import type { RolesService } from './roles.service.ts'

/** All that the routes of roles may touch. */
export interface RolesHttpScope {
  readonly roles: RolesService
}

/** The route by which owners appoint admins; register under `/api/v1`. */
export function rolesHttp({ services }: ServicesHost<RolesHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.put(
      '/admin/users/:id/role',
      {
        onRequest: requireOwner,
        schema: {
          tags: ['admin'],
          summary: 'Make somebody an admin, or take that back',
          description: 'For owners. Who owns the app is configured, not set here.',
          security: adminSecurity,
          params: idParams,
          body: z.strictObject({ role: z.enum(['user', 'admin']) }),
          response: {
            200: z.object({ id: z.uuid(), role: z.enum(['user', 'admin', 'owner']) }),
            ...problemResponses,
          },
        },
      },
      async (request) =>
        services.roles.set({
          userId: request.params.id,
          role: request.body.role,
          actor: actorOf(request),
        }),
    )
  }
}
