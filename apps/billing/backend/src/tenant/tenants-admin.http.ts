import { type BillingService, tenantFields } from '@gramkit/core/billing'
import {
  actorOf,
  adminSecurity,
  idParams,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerOnce, takesKey } from '../tenant-edge.ts'
import { bodyOf } from '../wire.ts'
import { newApiKeyWire, readApiKey } from './api-keys.http.ts'
import { readTenant, tenantWire } from './tenant.http.ts'

const newTenant = tenantFields.in.extend({ id: z.uuid().optional() })
const shared = { tags: ['tenants'], security: adminSecurity }

/** Routes by which whoever runs the app makes tenants, and the first key of each. */
export function tenantsAdminHttp(billing: BillingService): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/tenants',
      {
        onRequest: requireAdmin,
        schema: {
          ...shared,
          summary: 'All tenants, oldest first',
          querystring: pageQuery,
          response: { 200: pageOf(tenantWire), ...problemResponses },
        },
      },
      (request) => billing.listTenants(request.query),
    )

    app.post(
      '/tenants',
      {
        onRequest: requireAdmin,
        schema: {
          ...shared,
          headers: takesKey,
          summary: 'Makes a tenant; with an id of one’s own, such as DEFAULT_TENANT_ID',
          body: bodyOf(newTenant, readTenant),
          response: { 201: tenantWire, ...problemResponses },
        },
      },
      (request, reply) =>
        answerOnce(request, reply, { status: 201 }, () =>
          billing.createTenant(request.body, { actor: actorOf(request), requestId: request.id }),
        ),
    )

    app.post(
      '/tenants/:id/api-keys',
      {
        onRequest: requireAdmin,
        schema: {
          ...shared,
          summary: 'Makes a key of a tenant and shows it this once',
          params: idParams,
          body: readApiKey,
          response: { 201: newApiKeyWire, ...problemResponses },
        },
      },
      (request, reply) => {
        const caller = { actor: actorOf(request), requestId: request.id }
        reply.code(201)
        return billing.forTenant(request.params.id, caller).apiKeys.create(request.body)
      },
    )
  }
}
