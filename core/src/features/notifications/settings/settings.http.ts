import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ServicesHost } from '../../../platform/database/index.ts'
import {
  principalOf,
  problemResponses,
  requireUser,
  userSecurity,
} from '../../../platform/http/index.ts'
import type { SettingsService } from './settings.service.ts'

/** All that the routes of settings may touch. */
export interface SettingsHttpScope {
  readonly notificationSettings: SettingsService
}

const timeOfDay = z.string().meta({ examples: ['22:00'] })
const quietHoursWire = z.strictObject({ from: timeOfDay, until: timeOfDay }).nullable()

const settingsWire = z
  .object({
    topics: z.array(
      z.object({
        id: z.string(),
        /** In the person's language. */
        title: z.string(),
        isEnabled: z.boolean(),
      }),
    ),
    /** By the clock of the person's time zone. */
    quietHours: quietHoursWire,
  })
  .meta({ id: 'NotificationPreferences' })

const changesBody = z.strictObject({
  topics: z.record(z.string().max(64), z.boolean()).optional(),
  quietHours: quietHoursWire.optional(),
})

const tags = ['notifications']

/** Routes for what people say about being notified; register under `/api/v1`. */
export function settingsHttp(host: ServicesHost<SettingsHttpScope>): FastifyPluginAsyncZod {
  const { services } = host
  return async (app) => {
    app.get(
      '/notifications/preferences',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'How one wants to be notified',
          security: userSecurity,
          response: { 200: settingsWire, ...problemResponses },
        },
      },
      async (request) => {
        const { topics, quietHours } = await services.notificationSettings.read(
          principalOf(request).user.id,
        )
        return { topics: [...topics], quietHours }
      },
    )

    app.patch(
      '/notifications/preferences',
      {
        onRequest: requireUser,
        schema: {
          tags,
          summary: 'Turn topics on and off, and set quiet hours',
          description: 'What is not given stays; null takes the quiet hours away.',
          security: userSecurity,
          body: changesBody,
          response: { 200: settingsWire, ...problemResponses },
        },
      },
      async (request) => {
        const { topics, quietHours } = await services.notificationSettings.update(
          principalOf(request).user.id,
          request.body,
        )
        return { topics: [...topics], quietHours }
      },
    )
  }
}
