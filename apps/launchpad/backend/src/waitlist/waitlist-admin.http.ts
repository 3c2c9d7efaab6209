import {
  adminSecurity,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from '@gramkit/core/http'
import {
  ENTRY_STATUSES,
  type Entry,
  waitlistPlan,
  waitlistWaits,
  waitlistWeights,
} from '@gramkit/core/waitlist'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServiceRoutesOptions } from '../service-options.ts'
import { settingHttp } from '../settings.http.ts'
import { entryWire } from './waitlist-wire.http.ts'

const route = { onRequest: requireAdmin } as const
const shared = { tags: ['waitlist'], security: adminSecurity }

const auditWire = z
  .object({
    id: z.uuid(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    facts: z.record(z.string(), z.string()),
    created_at: z.string(),
  })
  .meta({ id: 'AuditEntry' })

/** Routes of administrators for the waitlist; register under `/api/waitlist`. */
export function waitlistAdminHttp({ platform }: ServiceRoutesOptions): FastifyPluginAsyncZod {
  const { services } = platform
  const describe = async (entry: Entry): Promise<z.output<typeof entryWire>> => {
    const { persona, cohort } = await services.repos.waitlistEntries.featuresOf(entry.classId)
    const { score, components, position } = await services.waitlist.position(entry.id)
    const user = entry.userId ? await services.repos.users.findById(entry.userId) : undefined
    return {
      ...{ id: entry.id, email: entry.email, telegram: user?.username ?? user?.firstName ?? null },
      ...{ persona, use_case: entry.useCase, score, components, status: entry.status },
      ...{ cohort, position, joined_at: entry.joinedAt.toISOString() },
    }
  }

  return async (app) => {
    app.get(
      '/entries',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'People on the waitlist, the last who joined first',
          querystring: pageQuery.extend({
            status: z.enum(ENTRY_STATUSES).exclude(['left']).optional(),
            /** How their address begins. */
            q: z.string().max(254).optional(),
          }),
          response: { 200: pageOf(entryWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { status, q: email, limit, cursor } = query
        const page = await services.waitlist.list({ status, email }, { limit, cursor })
        return { ...page, items: await Promise.all(page.items.map(describe)) }
      },
    )

    app.get(
      '/audit',
      {
        ...route,
        schema: {
          ...shared,
          summary: 'Who did what, newest first',
          querystring: pageQuery,
          response: { 200: pageOf(auditWire), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { items, nextCursor } = await services.audit.list(query)
        return {
          items: items.map(({ id, actor, action, subject, facts, createdAt }) => ({
            ...{ id, actor, action, subject, facts, created_at: createdAt.toISOString() },
          })),
          nextCursor,
        }
      },
    )

    await app.register(settingHttp(services, { path: '/weights', setting: waitlistWeights }))
    await app.register(settingHttp(services, { path: '/plan', setting: waitlistPlan }))
    await app.register(settingHttp(services, { path: '/waits', setting: waitlistWaits }))
  }
}
