import { FUNNEL_STEPS, type GrowthAnalytics } from '@gramkit/core'
import { adminSecurity, problemResponses, requireAdmin, seldom } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'
import { analyticsCsv, CSV_TABLES } from './analytics-csv.ts'

const stepCounts = {
  joined: z.int(),
  confirmed: z.int(),
  invited: z.int(),
  admitted: z.int(),
  referred: z.int(),
  qualified: z.int(),
}

const analyticsWire = z
  .object({
    funnel: z.array(
      z.object({
        step: z.enum(FUNNEL_STEPS),
        people: z.int(),
        of_previous: z.number().nullable(),
      }),
    ),
    /** How many people one person brings in two weeks. */
    k_factor: z.number().nullable(),
    cohorts: z.array(
      z.object({
        /** Monday of the week in which they joined. */
        week: z.string(),
        ...stepCounts,
        /** How many came in the first week after they were let in, the second and so on. */
        active_by_week: z.array(z.int()),
      }),
    ),
    /** In days. */
    time_to_invite: z.object({ p50: z.number().nullable(), p90: z.number().nullable() }),
    series: z.array(
      z.object({ day: z.string(), joined: z.int(), invited: z.int(), admitted: z.int() }),
    ),
  })
  .meta({ id: 'Analytics' })

const admin = { onRequest: requireAdmin } as const
const shared = { tags: ['waitlist'], security: adminSecurity }

/** Routes by which administrators read how the launch goes; register under `/api/waitlist`. */
export function analyticsHttp({
  platform,
}: Pick<ServiceRoutesOptions, 'platform'>): FastifyPluginAsyncZod {
  const { growth } = platform.services
  const analytics = seldom(() => growth.analytics())
  return async (app) => {
    app.get(
      '/analytics',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'How the launch goes',
          response: { 200: analyticsWire, ...problemResponses },
        },
      },
      async () => toWire(await analytics()),
    )

    app.get(
      '/analytics.csv',
      {
        ...admin,
        schema: {
          ...shared,
          summary: 'The same as a file',
          querystring: z.object({ table: z.enum(CSV_TABLES) }),
          response: {
            200: { content: { 'text/csv': { schema: z.string() } } },
            ...problemResponses,
          },
        },
      },
      async ({ query: { table } }, reply) => {
        const csv = analyticsCsv(await analytics(), table)
        reply.type('text/csv; charset=utf-8')
        reply.header('content-disposition', `attachment; filename="${table}.csv"`)
        return reply.send(csv)
      },
    )
  }
}

function toWire({ funnel, kFactor, cohorts, timeToInvite, series }: GrowthAnalytics) {
  return {
    funnel: funnel.map(({ step, people, ofPrevious }) => ({
      ...{ step, people, of_previous: ofPrevious },
    })),
    k_factor: kFactor,
    cohorts: cohorts.map(({ activeByWeek, ...cohort }) => ({
      ...{ ...cohort, active_by_week: [...activeByWeek] },
    })),
    time_to_invite: { ...timeToInvite },
    series: [...series],
  }
}
