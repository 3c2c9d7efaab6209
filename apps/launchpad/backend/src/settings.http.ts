import {
  actorOf,
  adminSecurity,
  pageOf,
  pageQuery,
  problemResponses,
  requireAdmin,
} from '@gramkit/core/http'
import type { Setting, SettingVersion } from '@gramkit/core/settings'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LaunchpadServices } from './services.ts'

/**
 * Routes of administrators for one setting: read it, change it, see who changed it and why.
 *
 * @example
 * app.register(settingHttp(services, { path: '/weights', setting: waitlistWeights }))
 */
export function settingHttp<Value>(
  { settings }: Pick<LaunchpadServices, 'settings'>,
  { path, setting }: { readonly path: string; readonly setting: Setting<Value> },
): FastifyPluginAsyncZod {
  const version = z.object({
    version: z.int(),
    value: z.unknown(),
    actor: z.string(),
    reason: z.string(),
    /** Null of version 0, which was always there. */
    created_at: z.string().nullable(),
  })
  const shared = { tags: ['settings'], security: adminSecurity }
  const route = { onRequest: requireAdmin } as const
  return async (app) => {
    app.get(
      path,
      {
        ...route,
        schema: {
          ...shared,
          summary: `What ${setting.name} is`,
          response: { 200: version, ...problemResponses },
        },
      },
      async () => toWire(await settings.get(setting)),
    )

    app.put(
      path,
      {
        ...route,
        schema: {
          ...shared,
          summary: `Change ${setting.name}`,
          body: z.strictObject({
            value: z.unknown(),
            reason: z.string().trim().min(1).max(500),
            /** The version that the change was made from; another one by now refuses it. [any] */
            expected_version: z.int().min(0).optional(),
          }),
          response: { 200: version, ...problemResponses },
        },
      },
      async (request) => {
        const { value, reason, expected_version: expectedVersion } = request.body
        const change = { value, reason, expectedVersion, actor: actorOf(request) }
        return toWire(await settings.change(setting, change))
      },
    )

    app.get(
      `${path}/history`,
      {
        ...route,
        schema: {
          ...shared,
          summary: `What ${setting.name} was, newest first`,
          querystring: pageQuery,
          response: { 200: pageOf(version), ...problemResponses },
        },
      },
      async ({ query }) => {
        const { items, nextCursor } = await settings.history(setting, query)
        return { items: items.map(toWire), nextCursor }
      },
    )
  }
}

function toWire({ version, value, actor, reason, createdAt }: SettingVersion<unknown>) {
  return { version, value, actor, reason, created_at: createdAt?.toISOString() ?? null }
}
