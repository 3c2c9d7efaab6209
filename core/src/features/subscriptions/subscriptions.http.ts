import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CURRENCIES } from '../../kernel/index.ts'
import type { ServicesHost } from '../../platform/database/index.ts'
import {
  actorOf,
  adminSecurity,
  amountWire,
  idempotently,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  principalOf,
  problemResponses,
  requireAdmin,
  requireUser,
  userSecurity,
} from '../../platform/http/index.ts'
import { PRORATIONS } from './changes/change.ts'
import { SUBSCRIPTION_STATUSES, type Subscription } from './subscription.ts'
import type { SubscriptionsService } from './subscriptions.service.ts'

/** All that the routes of subscriptions may touch. */
export interface SubscriptionsHttpScope {
  readonly subscriptions: SubscriptionsService
}

const currency = z.enum(CURRENCIES)

const subscriptionWire = z
  .object({
    id: z.uuid(),
    productId: z.string(),
    title: z.string(),
    planGroup: z.string(),
    gateway: z.string().nullable(),
    status: z.enum(SUBSCRIPTION_STATUSES),
    currentPeriodStart: instantWire,
    currentPeriodEnd: instantWire,
    /** When access ends unless something happens before. */
    accessUntil: instantWire.nullable(),
    nextCharge: z
      .object({ at: instantWire, productId: z.string(), amount: amountWire, currency })
      .nullable(),
    /** The plan that follows this one. */
    nextProductId: z.string().nullable(),
    /** Its user may take it up again in Telegram's own settings, and only there. */
    isResumableInTelegram: z.boolean(),
    /** A method is kept for it with the buyer's consent. */
    hasSavedMethod: z.boolean(),
    pausedAt: instantWire.nullable(),
    canceledAt: instantWire.nullable(),
  })
  .meta({ id: 'Subscription' })

const changeBody = z.strictObject({
  productId: z.string().max(64),
  proration: z.enum(PRORATIONS),
})

const previewWire = z
  .object({
    productId: z.string(),
    title: z.string(),
    proration: z.enum(PRORATIONS),
    startsAt: instantWire,
    until: instantWire,
    charge: z
      .object({
        at: instantWire,
        amount: amountWire,
        currency,
        by: z.enum(['saved_method', 'buyer']),
      })
      .nullable(),
    /** Time of the old plan that is given up, in milliseconds. */
    lostMs: z.int(),
  })
  .meta({ id: 'ChangePreview' })

const tags = ['subscriptions']

const keyed = z.object({ 'idempotency-key': z.string().optional() })

/** Routes for one's subscriptions and for gifts; register under `/api/v1`. */
export function subscriptionsHttp({
  services,
}: ServicesHost<SubscriptionsHttpScope>): FastifyPluginAsyncZod {
  const toWire = (subscription: Subscription) => ({
    ...subscription,
    accessUntil: subscription.expiresAt,
    nextCharge: services.subscriptions.nextCharge(subscription),
    isResumableInTelegram: subscription.status === 'canceled' && subscription.canceledAt === null,
    hasSavedMethod: subscription.savedMethodId !== null,
  })

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
      async (request) => {
        const page = await services.subscriptions.list(principalOf(request).user.id, request.query)
        return { ...page, items: page.items.map(toWire) }
      },
    )

    app.post(
      '/subscriptions/trials',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Try a plan for nothing, once',
          security: userSecurity,
          body: z.strictObject({ productId: z.string().max(64) }),
          response: { 201: subscriptionWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const { user } = principalOf(request)
        const started = await services.subscriptions.startTrial(user.id, request.body.productId)
        return reply.code(201).send(toWire(started))
      },
    )

    app.post(
      '/subscriptions/:id/cancel',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Stop renewals; access stays until the end of the paid time',
          security: userSecurity,
          params: idParams,
          body: z
            .strictObject({
              reason: z.string().max(500).optional(),
              feedback: z.string().max(2_000).optional(),
            })
            .nullish(),
          response: { 200: subscriptionWire, ...problemResponses },
        },
      },
      async (request) =>
        toWire(
          await services.subscriptions.cancel(
            principalOf(request).user.id,
            request.params.id,
            request.body ?? {},
          ),
        ),
    )

    for (const [action, summary] of [
      ['resume', 'Take a cancellation back, or go on after a pause'],
      ['pause', 'Stop time: no access and no charge until it is resumed'],
      ['withdrawConsent', 'Take back the consent to be charged again; the method is forgotten'],
    ] as const) {
      const path = action === 'withdrawConsent' ? 'withdraw-consent' : action
      app.post(
        `/subscriptions/:id/${path}`,
        {
          onRequest: requireUser,
          schema: {
            tags,
            summary,
            security: userSecurity,
            params: idParams,
            response: { 200: subscriptionWire, ...problemResponses },
          },
        },
        async (request) =>
          toWire(
            await services.subscriptions[action](principalOf(request).user.id, request.params.id),
          ),
      )
    }

    app.post(
      '/subscriptions/:id/change/preview',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'What a change of plan would do',
          security: userSecurity,
          params: idParams,
          body: changeBody,
          response: { 200: previewWire, ...problemResponses },
        },
      },
      (request) =>
        services.subscriptions.previewChange(
          principalOf(request).user.id,
          request.params.id,
          request.body,
        ),
    )

    app.post(
      '/subscriptions/:id/change',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Change the plan',
          description: 'May charge the saved method. Needs an Idempotency-Key.',
          security: userSecurity,
          headers: keyed,
          params: idParams,
          body: changeBody,
          response: { 200: subscriptionWire, ...problemResponses },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async () => {
          const { user } = principalOf(request)
          const { id } = request.params
          const changed = await services.subscriptions.change(user.id, id, request.body)
          return { status: 200, body: toWire(changed) }
        }),
    )

    app.post(
      '/admin/subscriptions/gifts',
      {
        onRequest: requireAdmin,
        schema: {
          tags: ['admin'],
          summary: 'Give somebody a period of a plan',
          description: 'Needs an Idempotency-Key: the same key gives once.',
          security: adminSecurity,
          headers: keyed,
          body: z.strictObject({
            userId: z.uuid(),
            productId: z.string().max(64),
            note: z.string().max(500).optional(),
          }),
          response: { 200: subscriptionWire, ...problemResponses },
        },
      },
      (request, reply) =>
        idempotently(request, reply, async (operationId) => {
          const gift = { ...request.body, id: operationId, actor: actorOf(request) }
          return { status: 200, body: toWire(await services.subscriptions.gift(gift)) }
        }),
    )
  }
}
