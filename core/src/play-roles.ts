import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  answerNow,
  type Bot,
  type BotSetup,
  findWebhookProblems,
  setUpBot,
  telegramInbox,
} from './bot.ts'
import { stripeInbox, stripeWebhook } from './features/payments/gateways/stripe-webhook.ts'
import {
  YOOKASSA_SOURCES,
  yookassaInbox,
  yookassaWebhook,
} from './features/payments/gateways/yookassa-webhook.ts'
import { forgetIdempotencyKeys } from './http.ts'
import {
  CORE_DUE_WORK,
  CORE_JOBS,
  coreHost,
  type DueWork,
  type EventSubscription,
  type Job,
  type JobsRole,
  type JobTransport,
  startJobs,
} from './jobs.ts'
import { VirtualClock } from './kernel/index.ts'
import { joinSharedClock, sharedClockRoute } from './platform/clock/index.ts'
import type { Config } from './platform/config/index.ts'
import { Inbox } from './platform/inbox/index.ts'
import type { Logger } from './platform/log/index.ts'
import { telegramWebhook } from './platform/telegram/index.ts'
import type { Platform } from './platform.ts'
import type { CoreServices } from './services.ts'

/** What an app gives the roles of its process to do. */
export interface Roles<Services> {
  readonly platform: Platform<Services>
  readonly bot: Bot
  /** Beside core's own. */
  readonly jobs?: readonly Job<CoreServices>[]
  readonly subscriptions: readonly EventSubscription<CoreServices>[]
  /** Beside core's own. */
  readonly dueWork: readonly DueWork<CoreServices>[]
  /** What the role `api` serves. */
  readonly api: (inbox: Inbox<CoreServices>) => FastifyPluginAsyncZod
  /** Where webhooks are, before `/webhooks/telegram`, `/webhooks/yookassa` and `/webhooks/stripe`. [the root] */
  readonly path?: string
  readonly menu: NonNullable<BotSetup['menu']>
  readonly commands: Omit<NonNullable<BotSetup['commands']>, 'ownerTelegramIds'>
}

/** An app: its platform, its routes, and the roles that this process plays. */
export interface PlayedRoles<Services> extends AsyncDisposable {
  readonly platform: Platform<Services>
  readonly inbox: Inbox<CoreServices>
  /** What the roles of this process serve. */
  readonly routes: FastifyPluginAsyncZod
  /** Begins to work; call it once the routes are reachable, as Telegram is told of them here. */
  start(): Promise<void>
  close(): Promise<void>
}

/** Plays the roles that the configuration gives to this process; connects on first use. */
export async function playRoles<Services>(
  config: Config,
  logger: Logger,
  app: Roles<Services>,
): Promise<PlayedRoles<Services>> {
  const { platform, bot, path = '' } = app
  const { clock } = platform
  const { telegram, yookassa, stripe, http } = config
  const host = coreHost(platform)
  const inbox = new Inbox({
    host,
    handlers: [telegramInbox(bot), yookassaInbox, stripeInbox],
    logger,
  })
  const roles = config.roles.filter(isJobsRole)
  const jobs = await startJobs({
    database: platform.database,
    host,
    jobs: [...CORE_JOBS, ...(app.jobs ?? [])],
    subscriptions: app.subscriptions,
    dueWork: [...CORE_DUE_WORK, ...app.dueWork, inbox.retries(), forgetIdempotencyKeys(platform)],
    ...(await transportFor(config, roles.length > 0, (error) =>
      logger.warn({ err: error }, 'a connection to the queue was lost'),
    )),
    logger,
    roles,
  })
  const clockToken = randomBytes(32).toString('base64url')

  const routes: FastifyPluginAsyncZod = async (server) => {
    if (config.roles.includes('api')) await server.register(app.api(inbox))
    if (config.roles.includes('bot')) {
      const webhook = telegramWebhook({
        secret: telegram.webhookSecret,
        answerNow: (update) => answerNow(bot, platform.core, update),
        receive: async (updateId, body) => {
          // Each bot counts its updates by itself.
          const botId = telegram.botToken.split(':')[0]
          await inbox.receive({ provider: 'telegram', key: `${botId}:${updateId}`, body })
        },
      })
      await server.register(webhook, { prefix: path })
    }
    if (config.roles.includes('api') && yookassa) {
      const webhook = yookassaWebhook({
        sources: yookassa.webhookSources ?? YOOKASSA_SOURCES,
        receive: async (key, body) => {
          await inbox.receive({ provider: 'yookassa', key, body })
        },
      })
      await server.register(webhook, { prefix: path })
    }
    if (config.roles.includes('api') && stripe) {
      const webhook = stripeWebhook({
        secret: stripe.webhookSecret,
        clock,
        receive: async (key, body) => {
          await inbox.receive({ provider: 'stripe', key, body })
        },
      })
      await server.register(webhook, { prefix: path })
    }
    if (clock instanceof VirtualClock) {
      await server.register(
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
      const webhookUrl = `${http.publicUrl}${path}/webhooks/telegram`
      await setUpBot(bot, {
        webhookUrl,
        webhookSecret: telegram.webhookSecret,
        menu: app.menu,
        commands: { ...app.commands, ownerTelegramIds: config.ownerTelegramIds },
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
  const { bullmqOnPostgres, bullmqOnRedis } = await import('./platform/jobs/bullmq.ts')
  const transport = config.redisUrl
    ? bullmqOnRedis({ url: config.redisUrl, onError })
    : bullmqOnPostgres({ url: config.database.directUrl, onError })
  return { transport }
}
