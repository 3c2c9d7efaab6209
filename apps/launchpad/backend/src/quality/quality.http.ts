import {
  actorOf,
  adminSecurity,
  idParams,
  instantWire,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from '@gramkit/core/http'
import { addMs, DAY_MS } from '@gramkit/core/kernel'
import { qualityThresholds } from '@gramkit/core/quality'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'
import { settingHttp } from '../settings.http.ts'
import {
  alertWire,
  evaluationWire,
  gateChangeWire,
  gateWire,
  rateWire,
  snapshotWire,
  toAlertWire,
  toEvaluationWire,
  toGateChangeWire,
  toGateWire,
  toSnapshotWire,
  toTrustWire,
  trustWire,
} from './quality-wire.http.ts'

const tags = ['quality']
const admin = { onRequest: requireAdmin } as const
const shared = { tags, security: adminSecurity }
const reasonWire = z.string().trim().min(1).max(500)

/** What charts show unless they ask for another time. */
const CHART_DAYS = 31

/** Routes of the growth gate; register under `/api/quality`. */
export function qualityHttp({
  platform,
}: Pick<ServiceRoutesOptions, 'platform'>): FastifyPluginAsyncZod {
  const { quality, qualitySnapshots, alerts, clock } = platform.services
  return async (app) => {
    app.get(
      '/trust-score',
      {
        schema: {
          tags,
          summary: 'How far the growth can be trusted',
          response: { 200: trustWire, ...problemResponses },
        },
      },
      async () => toTrustWire(await quality.standing()),
    )

    app.post(
      '/evaluate-gate',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'Hold the newest figures against the thresholds now',
          response: { 200: evaluationWire, ...problemResponses },
        },
      },
      async (request) => {
        await quality.evaluate(actorOf(request))
        const { items } = await alerts.list({ isOpen: true })
        return toEvaluationWire(await quality.standing(), items)
      },
    )

    app.post(
      '/metrics',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'Give figures instead of what is counted',
          description:
            'They count until the next snapshot, and the gate is evaluated by them at once.',
          body: z.object({
            churn_rate: rateWire,
            fraud_rate: rateWire,
            engagement_rate: rateWire,
            /** Of how many people the figures tell. [enough] */
            sample: z.int().min(0).max(2_000_000_000).optional(),
          }),
          response: { 201: trustWire, ...problemResponses },
        },
      },
      async (request, reply) => {
        const { churn_rate, fraud_rate, engagement_rate, sample } = request.body
        const metrics = {
          churn: churn_rate,
          fraud: fraud_rate,
          engagement: engagement_rate,
          sample,
        }
        await qualitySnapshots.post(metrics, actorOf(request))
        reply.code(201)
        return toTrustWire(await quality.standing())
      },
    )

    app.get(
      '/gate',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'What is issued and redeemed, and why',
          response: { 200: gateWire, ...problemResponses },
        },
      },
      async () => toGateWire(await quality.gate()),
    )

    app.put(
      '/override',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'Set the gate by hand until an instant within 30 days',
          body: z.strictObject({
            state: z.enum(['open', 'closed']),
            until: instantWire,
            reason: reasonWire,
          }),
          response: { 200: gateWire, ...problemResponses },
        },
      },
      async (request) =>
        toGateWire(await quality.override({ ...request.body, actor: actorOf(request) })),
    )

    app.delete(
      '/override',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'Let the gate take care of itself again',
          response: { 200: gateWire, ...problemResponses },
        },
      },
      async (request) =>
        toGateWire(
          await quality.endOverride({ actor: actorOf(request), reason: 'override_ended' }),
        ),
    )

    app.put(
      '/redeeming',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'Switch redeeming on or off, whatever the gate',
          body: z.strictObject({ allowed: z.boolean(), reason: reasonWire }),
          response: { 200: gateWire, ...problemResponses },
        },
      },
      async (request) => {
        const { allowed: isAllowed, reason } = request.body
        return toGateWire(
          await quality.setRedeeming({ isAllowed, reason, actor: actorOf(request) }),
        )
      },
    )

    app.get(
      '/history',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'What the gate was, newest first',
          querystring: pageQuery,
          response: { 200: pageOf(gateChangeWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { items, nextCursor } = await quality.history(query)
        return { items: items.map(toGateChangeWire), nextCursor }
      },
    )

    app.get(
      '/snapshots',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'Figures of a time, newest first, all of them at once',
          description: 'Of the last 31 days unless another time is asked for; of more, one a day.',
          querystring: z.object({ from: instantWire.optional(), to: instantWire.optional() }),
          response: { 200: pageOf(snapshotWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { to = clock.now() } = query
        const { from = addMs(to, -CHART_DAYS * DAY_MS) } = query
        const found = await qualitySnapshots.list({ from, to })
        return { items: found.map(toSnapshotWire).toReversed(), nextCursor: null }
      },
    )

    app.get(
      '/alerts',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'Alerts, newest first',
          querystring: pageQuery.extend({ open: z.stringbool().optional() }),
          response: { 200: pageOf(alertWire), ...problemResponses },
        },
      },
      async ({ query: { open: isOpen, ...page } }) => {
        const { items, nextCursor } = await alerts.list({ ...page, isOpen })
        return { items: items.map(toAlertWire), nextCursor }
      },
    )

    app.post(
      '/alerts/:id/acknowledge',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'Say that one looks at an alert',
          params: idParams,
          response: { 200: alertWire, ...problemResponses },
        },
      },
      async (request) =>
        toAlertWire(await alerts.acknowledge({ id: request.params.id, actor: actorOf(request) })),
    )

    await app.register(
      settingHttp(platform.services, { path: '/thresholds', setting: qualityThresholds }),
    )
  }
}
