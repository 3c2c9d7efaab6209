import { CoreRepositories, createPlatform } from '@gramkit/core'
import {
  configuredPlatform,
  notificationChannels,
  type PlayedRoles,
  paceOf,
  playRoles,
} from '@gramkit/core/app'
import { createBot } from '@gramkit/core/bot'
import { coreApi, coreEdge } from '@gramkit/core/http'
import {
  alertSubscriptions,
  GROWTH_DUE_WORK,
  GROWTH_SUBSCRIPTIONS,
  referralSubscriptions,
} from '@gramkit/core/jobs'
import type { Logger } from '@gramkit/core/log'
import { sendDueNotifications } from '@gramkit/core/notifications'
import { webhooksOut } from '@gramkit/core/webhooks'
import { LAUNCHPAD_COMMANDS, launchpadComposers } from './bot/launchpad-bot.ts'
import type { LaunchpadConfig } from './config.ts'
import { LOOP_EVENTS } from './loop-events.ts'
import { JOIN_PATH, joinPages } from './pages.ts'
import { PREMIUM } from './products.ts'
import { serviceRoutes } from './service-routes.ts'
import { LaunchpadServices } from './services.ts'
import { statusHttp } from './status.http.ts'
import { TEMPLATES } from './templates.ts'
import type { Service } from './variables.ts'

/** A launchpad: its platform, its routes, and the roles that this process plays. */
export type Launchpad = PlayedRoles<LaunchpadServices>

/** The cookie of its sessions: a shop may be on the same origin. */
export const SESSION_COOKIE = 'gramkit_launchpad_session'

/** What a process that serves these calls itself. */
export function nameOf(services: readonly Service[]): string {
  const [only] = services
  return only !== undefined && services.length === 1 ? only : 'launchpad'
}

/** Makes a launchpad out of its configuration; connects on first use. */
export async function openLaunchpad(config: LaunchpadConfig, logger: Logger): Promise<Launchpad> {
  const { telegram, http, services } = config
  const pageUrl = `${http.publicUrl}${JOIN_PATH}/`
  const platform = await createPlatform({
    ...configuredPlatform(config, logger),
    returnUrls: [pageUrl, ...config.returnUrls],
    notifications: { templates: TEMPLATES },
    products: [PREMIUM],
    rewards: { premiumProductId: PREMIUM.id },
    Services: LaunchpadServices,
    Repositories: CoreRepositories,
  })
  const { services: core } = platform
  const pace = paceOf(config, core)
  const bot = createBot({
    ...(config.messagesPerSecond > 0 ? { pace } : {}),
    token: telegram.botToken,
    apiRoot: telegram.apiRoot,
    composers: launchpadComposers(core, { pageUrl }),
  })
  const webhooks = config.webhook
    ? webhooksOut({ ...config.webhook, events: LOOP_EVENTS })
    : { jobs: [], subscriptions: [] }
  const routes = serviceRoutes({ platform, joinUrl: pageUrl })
  return playRoles(config, logger, {
    ...{ platform, bot, jobs: webhooks.jobs },
    subscriptions: [
      ...alertSubscriptions(logger),
      ...GROWTH_SUBSCRIPTIONS,
      ...referralSubscriptions,
      ...webhooks.subscriptions,
    ],
    dueWork: [sendDueNotifications(notificationChannels(config, core, bot)), ...GROWTH_DUE_WORK],
    api: (inbox) => async (app) => {
      await coreEdge(app, platform, {
        adminToken: http.adminToken,
        loginsPerMinute: http.loginsPerMinute,
        origins: [new URL(http.publicUrl).origin, ...http.corsOrigins],
        sessionCookie: SESSION_COOKIE,
      })
      for (const service of services) {
        for (const route of routes[service]) {
          await app.register(route, { prefix: `/api/${service}` })
        }
      }
      if (services.includes('waitlist')) {
        await app.register(coreApi(platform, { inbox }), { prefix: `${JOIN_PATH}/api/v1` })
        await app.register(joinPages)
      }
      const statusOf = async () => {
        const { statusCode } = await app.inject('/ready')
        const status = statusCode === 200 ? ('healthy' as const) : ('unhealthy' as const)
        return Object.fromEntries(services.map((service) => [service, status]))
      }
      await app.register(statusHttp({ service: nameOf(services), clock: platform.clock, statusOf }))
    },
    path: JOIN_PATH,
    // One text for all languages, so a wordless one.
    menu: { text: '🚀', url: pageUrl },
    commands: LAUNCHPAD_COMMANDS,
  })
}
