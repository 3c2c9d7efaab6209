import { createPlatform } from '@gramkit/core'
import { configuredPlatform, type PlayedRoles, paceOf, playRoles } from '@gramkit/core/app'
import { createBot, reachComposer } from '@gramkit/core/bot'
import type { Config } from '@gramkit/core/config'
import { coreRoutes } from '@gramkit/core/http'
import { adaptJob, adaptSubscription, alertSubscriptions } from '@gramkit/core/jobs'
import type { Logger } from '@gramkit/core/log'
import { botHttp } from './bot/bot.http.ts'
import { SHOP_COMMANDS, shopComposers } from './bot/shop-bot.ts'
import { MINI_APP_PATH, miniApp } from './mini-app.ts'
import { noticeSubscriptions, offerFollowingPlan } from './notifications/notice-subscriptions.ts'
import { notificationWork } from './notifications/notifications.ts'
import { shopNotifications, shopTemplates } from './notifications/templates.ts'
import { ordersHttp } from './orders/orders.http.ts'
import { orderFulfilment } from './orders/orders.service.ts'
import { SHOP_PEOPLE } from './people.ts'
import { SHOP_PRODUCTS } from './products.ts'
import { ShopServices } from './services.ts'

/** A shop: its platform, its routes, and the roles that this process plays. */
export type Shop = PlayedRoles<ShopServices>

/** Makes a shop out of its configuration; connects on first use. */
export async function openShop(config: Config, logger: Logger): Promise<Shop> {
  const { telegram, http } = config
  const miniAppUrl = `${http.publicUrl}${MINI_APP_PATH}`
  const templates = shopTemplates(miniAppUrl)
  const platform = await createPlatform({
    ...configuredPlatform(config, logger),
    products: SHOP_PRODUCTS,
    notifications: shopNotifications(templates, config.paidBroadcastStars),
    fulfilments: { order: orderFulfilment },
    returnUrls: [miniAppUrl, ...config.returnUrls],
    people: SHOP_PEOPLE,
    compose: (core) => new ShopServices(core),
  })
  const { core } = platform
  const pace = paceOf(config, core)
  const bot = createBot({
    ...(config.messagesPerSecond > 0 ? { pace } : {}),
    token: telegram.botToken,
    apiRoot: telegram.apiRoot,
    composers: [
      reachComposer(core),
      ...shopComposers(core, { miniAppUrl, supportContact: telegram.supportContact }),
    ],
  })
  return playRoles(config, logger, {
    ...{ platform, bot },
    jobs: [adaptJob(offerFollowingPlan, platform.servicesOf)],
    subscriptions: [
      ...alertSubscriptions(logger),
      ...noticeSubscriptions.map((subscription) =>
        adaptSubscription(subscription, platform.servicesOf),
      ),
    ],
    dueWork: notificationWork({ config, core, templates, pace, bot }),
    api: (inbox) => async (app) => {
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
    },
    // One text for all languages, so a wordless one.
    menu: { text: '🛍', url: miniAppUrl },
    commands: SHOP_COMMANDS,
  })
}
