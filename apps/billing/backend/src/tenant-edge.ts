import {
  type ApiScope,
  type BillingService,
  requireScope,
  type TenantBilling,
} from '@gramkit/core/billing'
import { bearerToken, type HttpAnswer, idempotently } from '@gramkit/core/http'
import { assert, newId } from '@gramkit/core/kernel'
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { z } from 'zod'

declare module 'fastify' {
  interface FastifyInstance {
    tenants: Pick<BillingService, 'authenticate' | 'forTenant'>
  }
  interface FastifyRequest {
    /** Set by {@link withScope}. */
    billing: TenantBilling | null
  }
}

/** Gives the routes registered beside it the tenants whose keys they let pass. */
export const tenantEdge = fastifyPlugin<{
  readonly tenants: Pick<BillingService, 'authenticate' | 'forTenant'>
}>(async (app, { tenants }) => {
  app.decorate('tenants', tenants)
  app.decorateRequest('billing', null)
})

/**
 * Lets keys with a scope pass, before anything else of the request is read, and says so in the OpenAPI
 * document; {@link billingOf} is the billing of the key's tenant.
 *
 * @throws {@link CredentialsMissing}
 * @throws {@link ApiKeyInvalid}
 * @throws {@link ScopeMissing}
 */
export function withScope<Schema extends FastifySchema>(scope: ApiScope, schema: Schema) {
  return {
    onRequest: async (request: FastifyRequest): Promise<void> => {
      const { tenants } = request.server
      const grant = await tenants.authenticate(bearerToken(request))
      requireScope(grant, scope)
      const { tenantId, keyId } = grant
      request.asker = `tenant:${tenantId}`
      const caller = { actor: `key:${keyId}`, requestId: request.id, grant }
      request.billing = tenants.forTenant(tenantId, caller)
    },
    schema: { ...schema, security: [{ apiKey: [scope] }] },
  }
}

/** All of billing for the tenant whose key the request brought. */
export function billingOf({ billing }: FastifyRequest): TenantBilling {
  assert(billing, 'A route of a tenant names the scope that it needs')
  return billing
}

/** The header of a request that is answered once for each key; read by {@link answerOnce} alone. */
export const takesKey = z.looseObject({
  'idempotency-key': z
    .string()
    .optional()
    .meta({ description: 'Does the work once for each key, however often it is sent' }),
})

/** As {@link takesKey}, of a request that is refused without a key; {@link answerMoney} refuses it. */
export const needsKey = takesKey.meta({ required: ['idempotency-key'] })

/**
 * Does the work of a request and answers with its result: once for each `Idempotency-Key`, where the
 * request brings one. The work gets an id for what it makes.
 *
 * @throws {@link IdempotencyKeyInvalid}
 * @throws {@link IdempotencyConflict}
 * @throws {@link IdempotencyInProgress}
 */
export async function answerOnce<Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  { status }: Pick<HttpAnswer, 'status'>,
  work: (operationId: string) => Promise<Body>,
): Promise<Body> {
  if (request.headers['idempotency-key'] !== undefined) {
    return answerMoney(request, reply, { status }, work)
  }
  reply.code(status)
  return work(newId())
}

/**
 * As {@link answerOnce}, for what must not happen twice when an answer was lost: the key is required.
 *
 * @throws {@link IdempotencyKeyRequired}
 * @throws {@link IdempotencyKeyInvalid}
 * @throws {@link IdempotencyConflict}
 * @throws {@link IdempotencyInProgress}
 */
export function answerMoney<Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  { status }: Pick<HttpAnswer, 'status'>,
  work: (operationId: string) => Promise<Body>,
): Promise<Body> {
  return idempotently(request, reply, async (operationId) => ({
    status,
    body: await work(operationId),
  }))
}
