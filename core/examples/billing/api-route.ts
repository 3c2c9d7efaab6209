import { type BillingService, requireScope } from '@gramkit/core/billing'
import { toProblem } from '@gramkit/core/http'
import fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'

const input = z.strictObject({ customerId: z.uuid(), planId: z.uuid() })

/** Subscriptions behind a route of your own: the key says for which tenant it speaks. */
export function buildApi(service: BillingService): FastifyInstance {
  const app = fastify()
  app.setErrorHandler(async (error, request, reply) => {
    const problem = toProblem(error, request.id)
    return reply.code(problem.status).type('application/problem+json').send(problem)
  })

  app.post('/subscriptions', async (request, reply) => {
    const [, key = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
    const grant = await service.authenticate(key)
    requireScope(grant, 'subscriptions:write')
    const caller = { actor: `key:${grant.keyId}`, requestId: request.id, grant }
    const billing = service.forTenant(grant.tenantId, caller)
    const { id, status } = await billing.subscriptions.create(input.parse(request.body))
    return reply.code(201).send({ id, status })
  })
  return app
}
