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
import { SUBSCRIPTION_STATUSES } from './subscription.ts'
import type { SubscriptionsService } from './subscriptions.service.ts'

/** All that the routes of subscriptions may touch. */
export interface SubscriptionsHttpScope {
  readonly subscriptions: SubscriptionsService
}

const subscriptionWire = z
  .object({
    id: z.uuid(),
    productId: z.string(),
    title: z.string(),
    gateway: z.string(),
    status: z.enum(SUBSCRIPTION_STATUSES),
    currentPeriodStart: instantWire,
    currentPeriodEnd: instantWire,
    canceledAt: instantWire.nullable(),
  })
  .meta({ id: 'Subscription' })

const tags = ['subscriptions']

/** Routes for one's subscriptions; register under `/api/v1`. */
export function subscriptionsHttp({
  services,
}: ServicesHost<SubscriptionsHttpScope>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/subscriptions',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'One’s subscriptions, newest first',
          security: userSecurity,
          querystring: pageQuery,
          response: { 200: pageOf(subscriptionWire), ...problemResponses },
        },
      },
      (request) => services.subscriptions.list(principalOf(request).user.id, request.query),
    )

    app.post(
      '/subscriptions/:id/cancel',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Stop renewals; access stays until the end of the paid period',
          security: userSecurity,
          params: idParams,
          body: z.strictObject({ reason: z.string().max(500).optional() }).nullish(),
          response: { 200: subscriptionWire, ...problemResponses },
        },
      },
      (request) =>
        services.subscriptions.cancel(
          principalOf(request).user.id,
          request.params.id,
          request.body?.reason,
        ),
    )

    app.post(
      '/subscriptions/:id/resume',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Take a cancellation back',
          security: userSecurity,
          params: idParams,
          response: { 200: subscriptionWire, ...problemResponses },
        },
      },
      (request) => services.subscriptions.resume(principalOf(request).user.id, request.params.id),
    )
  }
}
