import { API_SCOPES, apiKeyFields } from '@gramkit/core/billing'
import { idParams, instantWire, pageOf, pageQuery, problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { billingOf, withScope } from '../tenant-edge.ts'
import { bodyOf, dayWire } from '../wire.ts'

const apiKey = {
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.enum(API_SCOPES)).readonly(),
  /** The last four letters of the key. */
  ending: z.string(),
  expiresAt: instantWire.nullable(),
  revokedAt: instantWire.nullable(),
  lastUsedOn: dayWire.nullable(),
  createdAt: instantWire,
}
const apiKeyWire = z.object(apiKey).meta({ id: 'ApiKey' })
/** A key with its text, shown once. */
export const newApiKeyWire = z.object({ ...apiKey, key: z.string() }).meta({ id: 'NewApiKey' })

/** What a key is made from. */
export const readApiKey = bodyOf(apiKeyFields, { expiresAt: instantWire.nullable().optional() })

const tags = ['api keys']

/** Routes for the keys by which programs act for a tenant. */
export const apiKeysHttp: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api-keys',
    withScope('api-keys:read', {
      tags,
      summary: 'Keys, oldest first; without their texts, which are not kept',
      querystring: pageQuery,
      response: { 200: pageOf(apiKeyWire), ...problemResponses },
    }),
    (request) => billingOf(request).apiKeys.list(request.query),
  )

  app.post(
    '/api-keys',
    withScope('api-keys:write', {
      tags,
      summary: 'Makes a key and shows it this once: no Idempotency-Key brings it back',
      body: readApiKey,
      response: { 201: newApiKeyWire, ...problemResponses },
    }),
    (request, reply) => {
      reply.code(201)
      return billingOf(request).apiKeys.create(request.body)
    },
  )

  app.delete(
    '/api-keys/:id',
    withScope('api-keys:write', {
      tags,
      summary: 'Takes a key back at once; again is no failure',
      params: idParams,
      response: { 204: z.void(), ...problemResponses },
    }),
    async (request, reply) => {
      await billingOf(request).apiKeys.revoke(request.params.id)
      reply.code(204)
    },
  )
}
