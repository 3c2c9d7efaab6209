import { instantWire, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { billingOf, withScope } from '../tenant-edge.ts'

const auditEntryWire = z
  .object({
    id: z.uuid(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    facts: z.record(z.string(), z.string()).readonly(),
    createdAt: instantWire,
  })
  .meta({ id: 'TenantAuditEntry' })

const auditReportWire = z.object({
  ok: z.boolean(),
  entries: z.int(),
  unsealed: z.array(z.string()),
  broken: z.array(z.string()),
})

const tags = ['audit']

/** Routes for who changed what for a tenant. */
export const auditHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/audit',
    withScope('audit:read', {
      tags,
      summary: 'What was changed, newest first',
      querystring: pageQuery,
      response: { 200: pageOf(auditEntryWire), ...problemResponses },
    }),
    (request) => billingOf(request).auditTrail.list(request.query),
  )

  app.get(
    '/audit/verification',
    withScope('audit:read', {
      tags,
      summary: 'Walks the whole chain and names every entry whose seal does not fit',
      response: { 200: auditReportWire, ...problemResponses },
    }),
    (request) => billingOf(request).auditTrail.verify(),
  )
}
