/** Invitations behind HTTP routes of your own, without a platform. */
import { toProblem } from '@gramkit/core/http'
import type { InvitesService } from '@gramkit/core/invites'
import fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'

const newInvitation = z.strictObject({
  code: z.string().optional(),
  createdBy: z.string(),
  usageLimit: z.int().nullable().optional(),
  expiresAt: z.coerce.date().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
})
const use = z.strictObject({ code: z.string(), usedBy: z.string() })
const codeOnly = z.strictObject({ code: z.string() })
const page = z.object({ cursor: z.string().optional() })

/** Makes the app; who may call it is for you to decide before you serve it. */
export function buildApp(invites: InvitesService): FastifyInstance {
  const app = fastify()
  app.setErrorHandler(async (error, request, reply) => {
    const problem = toProblem(error, request.id)
    return reply.code(problem.status).type('application/problem+json').send(problem)
  })

  app.post('/invitations', async (request, reply) => {
    const made = await invites.create(newInvitation.parse(request.body))
    return reply.code(201).send(made)
  })
  app.get('/invitations/stats', () => invites.stats())
  app.get<{ Params: { id: string } }>('/invitations/:id', ({ params }) =>
    invites.getById(params.id),
  )
  app.get<{ Params: { code: string } }>('/invitations/code/:code', ({ params }) =>
    invites.getByCode(params.code),
  )
  app.get<{ Params: { createdBy: string } }>('/invitations/creator/:createdBy', (request) =>
    invites.list(request.params, page.parse(request.query)),
  )
  app.post('/invitations/validate', ({ body }) => invites.validate(codeOnly.parse(body)))
  app.post('/invitations/use', ({ body }) => invites.use(use.parse(body)))
  app.post<{ Params: { id: string } }>('/invitations/:id/revoke', ({ params }) =>
    invites.revoke({ id: params.id, by: 'admin' }),
  )
  return app
}
