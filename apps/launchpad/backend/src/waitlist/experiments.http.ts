import { actorOf, adminSecurity, problemResponses, requireAdmin } from '@gramkit/core/http'
import { COHORTS, PERSONAS, weightsSchema } from '@gramkit/core/waitlist'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'

const route = { onRequest: requireAdmin } as const
const shared = { tags: ['waitlist'], security: adminSecurity }
const reason = z.string().trim().min(1).max(500)

const simulationWire = z
  .object({
    people: z.int(),
    /** How many of them were ranked; of fewer than all, the next two are estimates. */
    ranked: z.int(),
    moved: z.int(),
    /** Mean positions. */
    by_persona: z.array(
      z.object({ persona: z.enum(PERSONAS), now: z.number(), after: z.number() }),
    ),
    /** Of the next batch of the plan. */
    next_batch: z.object({ stay: z.int(), leave: z.int(), enter: z.int() }),
  })
  .meta({ id: 'Simulation' })

const experimentWire = z
  .object({
    version: z.int(),
    /** The last one, running or not; null before there was one. */
    value: z
      .object({
        weights: weightsSchema,
        sharePercent: z.int(),
        startedAt: z.string(),
        stoppedAt: z.string().nullable(),
      })
      .nullable(),
    report: z.array(
      z.object({
        cohort: z.enum(COHORTS),
        joined: z.int(),
        invited: z.int(),
        admitted: z.int(),
        hours_to_invite: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'Experiment' })

/** Routes of administrators for other weights: simulated, and tried; below `/api/waitlist`. */
export function experimentsHttp({ platform }: ServiceRoutesOptions): FastifyPluginAsyncZod {
  const { experiments } = platform.services
  const read = async () => {
    const { version, value } = await experiments.get()
    const report = await experiments.report()
    return {
      ...{ version, value },
      report: report.map(({ hoursToInvite, ...counted }) => ({
        ...counted,
        hours_to_invite: hoursToInvite,
      })),
    }
  }

  return async (app) => {
    app.post(
      '/weights/simulate',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'What other weights would do to those who wait',
          body: z.object({ value: z.unknown() }),
          response: { 200: simulationWire, ...problemResponses },
        },
      },
      async ({ body }) => {
        const { people, ranked, moved, byPersona, nextBatch } = await experiments.simulate(
          body.value,
        )
        return { people, ranked, moved, by_persona: [...byPersona], next_batch: nextBatch }
      },
    )

    app.get(
      '/experiment',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'The last experiment, and how its cohorts fare',
          response: { 200: experimentWire, ...problemResponses },
        },
      },
      read,
    )

    app.put(
      '/experiment',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Score a share of those who join by other weights',
          body: z.strictObject({
            weights: weightsSchema,
            share_percent: z.int().min(1).max(99),
            reason,
          }),
          response: { 200: experimentWire, ...problemResponses },
        },
      },
      async (request) => {
        const { weights, share_percent: sharePercent } = request.body
        const decision = { actor: actorOf(request), reason: request.body.reason }
        await experiments.start({ weights, sharePercent }, decision)
        return read()
      },
    )

    app.delete(
      '/experiment',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Score everybody by the same weights again',
          body: z.strictObject({ reason }),
          response: { 200: experimentWire, ...problemResponses },
        },
      },
      async (request) => {
        await experiments.stop({ actor: actorOf(request), reason: request.body.reason })
        return read()
      },
    )
  }
}
