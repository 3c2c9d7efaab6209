import { randomBytes } from 'node:crypto'
import { type CoreServices, createPlatform, type Platform } from '@gramkit/core'
import {
  answerNow,
  createBot,
  findWebhookProblems,
  reachComposer,
  setUpBot,
  telegramInbox,
  telegramWebhook,
} from '@gramkit/core/bot'
import { joinSharedClock, sharedClockRoute } from '@gramkit/core/clock'
import type { Config } from '@gramkit/core/config'
import { coreRoutes, forgetIdempotencyKeys } from '@gramkit/core/http'
import { Inbox } from '@gramkit/core/inbox'
import {
  adaptJob,
  adaptSubscription,
  alertSubscriptions,
  CORE_DUE_WORK,
  CORE_JOBS,
  coreHost,
  type JobsRole,
  type JobTransport,
  startJobs,
} from '@gramkit/core/jobs'
import { systemClock, VirtualClock } from '@gramkit/core/kernel'
import type { Logger } from '@gramkit/core/log'
import {
  YOOKASSA_SOURCES,
  yookassaInbox,
  yookassaWebhook,
} from '@gramkit/core/payments/yookassa-webhook'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { botHttp } from './bot/bot.http.ts'
import { SHOP_COMMANDS, shopComposers } from './bot/shop-bot.ts'
import { MINI_APP_PATH, miniApp } from './mini-app.ts'
import { noticeSubscriptions, offerFollowingPlan } from './notifications/notice-subscriptions.ts'
import { notificationWork, shopPace } from './notifications/notifications.ts'
import { shopNotifications, shopTemplates } from './notifications/templates.ts'
import { ordersHttp } from './orders/orders.http.ts'
import { orderFulfilment } from './orders/orders.service.ts'
import { SHOP_PEOPLE } from './people.ts'
import { SHOP_PRODUCTS } from './products.ts'
import { ShopServices } from './services.ts'

/** A shop: its platform, its routes, and the roles that this process plays. */
export interface Shop extends AsyncDisposable {
  readonly platform: Platform<ShopServices>
  readonly inbox: Inbox<CoreServices>
  /** What the roles of this process serve. */
  readonly routes: FastifyPluginAsyncZod
  /** Begins to work; call it once the routes are reachable, as Telegram is told of them here. */
  start(): Promise<void>
  close(): Promise<void>
}

/** Makes a shop out of its configuration; connects on first use. */
export async function openShop(config: Config, logger: Logger): Promise<Shop> {
  const { telegram, yookassa, http } = config
  const miniAppUrl = `${http.publicUrl}${MINI_APP_PATH}`
  const clock = config.devClockUrl ? new VirtualClock(new Date(), { frozen: false }) : systemClock
  const lost = (what: string) => (error: Error) =>
    logger.warn({ err: error }, `a connection to ${what} was lost`)
  const templates = shopTemplates(miniAppUrl)
  const platform = await createPlatform({
    databaseUrl: config.database.url,
    directDatabaseUrl: config.database.directUrl,
    poolSize: config.database.poolSize,
    clock,
    telegram,
    ownerTelegramIds: config.ownerTelegramIds,
    ...(yookassa ? { yookassa } : {}),
    ...(config.mail ? { mail: config.mail } : {}),
    codeSecret: config.codeSecret,
    products: SHOP_PRODUCTS,
    notifications: shopNotifications(templates, config.paidBroadcastStars),
    fulfilments: { order: orderFulfilment },
    returnUrls: [miniAppUrl, ...config.returnUrls],
    spentCredits: config.spentCredits,
    people: SHOP_PEOPLE,
    compose: (core) => new ShopServices(core),
    onDatabaseError: lost('the database'),
  })
  const pace = shopPace(config, platform.core)
  const bot = createBot({
    ...(config.messagesPerSecond > 0 ? { pace } : {}),
    token: telegram.botToken,
    apiRoot: telegram.apiRoot,
    composers: [
      reachComposer(platform.core),
      ...shopComposers(platform.core, { miniAppUrl, supportContact: telegram.supportContact }),
    ],
  })
  const host = coreHost(platform)
  const inbox = new Inbox({ host, handlers: [telegramInbox(bot), yookassaInbox], logger })
  const roles = config.roles.filter(isJobsRole)
  const jobs = await startJobs({
    database: platform.database,
    host,
    jobs: [...CORE_JOBS, adaptJob(offerFollowingPlan, platform.servicesOf)],
    subscriptions: [
      ...alertSubscriptions(logger),
      ...noticeSubscriptions.map((subscription) =>
        adaptSubscription(subscription, platform.servicesOf),
      ),
    ],
    dueWork: [
      ...CORE_DUE_WORK,
      ...notificationWork({
        ...{ config, core: platform.core, templates, pace, clock },
        api: bot.api,
      }),
      inbox.retries(),
      forgetIdempotencyKeys(platform),
    ],
    ...(await transportFor(config, roles.length > 0, lost('the queue'))),
    logger,
    roles,
  })
  const clockToken = randomBytes(32).toString('base64url')

  const routes: FastifyPluginAsyncZod = async (app) => {
    if (config.roles.includes('api')) {
      await app.register(
        coreRoutes(platform, {
          adminToken: http.adminToken,
          loginsPerMinute: http.loginsPerMinute,
          origins: [new URL(http.publicUrl).origin, ...http.corsOrigins],
          inbox,
          routes: [botHttp(bot), ordersHttp(platform)],
        }),
      )
      await app.register(miniApp)
    }
    if (config.roles.includes('bot')) {
      await app.register(
        telegramWebhook({
          secret: telegram.webhookSecret,
          answerNow: (update) => answerNow(bot, platform.core, update),
          receive: async (updateId, body) => {
            // Each bot counts its updates by itself.
            const botId = telegram.botToken.split(':')[0]
            await inbox.receive({ provider: 'telegram', key: `${botId}:${updateId}`, body })
          },
        }),
      )
    }
    if (config.roles.includes('api') && yookassa) {
      await app.register(
        yookassaWebhook({
          sources: yookassa.webhookSources ?? YOOKASSA_SOURCES,
          receive: async (key, body) => {
            await inbox.receive({ provider: 'yookassa', key, body })
          },
        }),
      )
    }
    if (clock instanceof VirtualClock) {
      await app.register(
        sharedClockRoute({ clock, token: clockToken, settle: () => jobs.settle() }),
      )
    }
  }

  const start = async (): Promise<void> => {
    if (config.roles.includes('api') || config.roles.includes('bot')) {
      await platform.core.roles.syncOwners()
    }
    if (clock instanceof VirtualClock && config.devClockUrl) {
      await joinSharedClock({
        clockUrl: config.devClockUrl,
        platformUrl: `http://127.0.0.1:${http.port}`,
        token: clockToken,
        clock,
      })
    }
    if (config.roles.includes('bot')) {
      const webhookUrl = `${http.publicUrl}/webhooks/telegram`
      await setUpBot(bot, {
        webhookUrl,
        webhookSecret: telegram.webhookSecret,
        // One text for all languages, so a wordless one.
        menu: { text: '🛍', url: miniAppUrl },
        commands: { ...SHOP_COMMANDS, ownerTelegramIds: config.ownerTelegramIds },
      })
      for (const problem of await findWebhookProblems(bot, { webhookUrl })) {
        logger.error({ problem }, 'Telegram does not reach the bot as it should')
      }
    }
  }

  const close = async (): Promise<void> => {
    await jobs.close()
    await platform.close()
  }
  return { platform, inbox, routes, start, close, [Symbol.asyncDispose]: close }
}

function isJobsRole(role: string): role is JobsRole {
  return role === 'relay' || role === 'worker'
}

/** The queue's SDKs are heavy: a process that neither relays nor works never loads them. */
async function transportFor(
  config: Config,
  isNeeded: boolean,
  onError: (error: Error) => void,
): Promise<{ transport?: JobTransport }> {
  if (!isNeeded) return {}
  const { bullmqOnPostgres, bullmqOnRedis } = await import('@gramkit/core/jobs/bullmq')
  const transport = config.redisUrl
    ? bullmqOnRedis({ url: config.redisUrl, onError })
    : bullmqOnPostgres({ url: config.database.directUrl, onError })
  return { transport }
}
