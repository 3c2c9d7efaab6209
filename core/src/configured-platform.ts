import type { Bot } from './bot.ts'
import { emailChannel } from './features/notifications/channels/email.ts'
import { telegramChannel } from './features/notifications/channels/telegram.ts'
import { webhookChannel } from './features/notifications/channels/webhook.ts'
import type { sendDueNotifications } from './features/notifications/index.ts'
import { type Clock, systemClock, VirtualClock } from './kernel/index.ts'
import { readSharedClock } from './platform/clock/index.ts'
import type { Config } from './platform/config/index.ts'
import { debugLog, type Logger } from './platform/log/index.ts'
import { SendPace } from './platform/telegram/index.ts'
import type { CommonOptions } from './platform.ts'
import type { CoreServices } from './services.ts'

/** What the configuration says of a platform, for `createPlatform`; the app adds what it is. */
export function configuredPlatform(config: Config, logger: Pick<Logger, 'child' | 'warn'>) {
  const { database, yookassa, stripe, mail } = config
  return {
    databaseUrl: database.url,
    directDatabaseUrl: database.directUrl,
    poolSize: database.poolSize,
    clock: config.devClockUrl ? new VirtualClock(new Date(), { frozen: false }) : systemClock,
    telegram: config.telegram,
    ownerTelegramIds: config.ownerTelegramIds,
    ...(yookassa ? { yookassa } : {}),
    ...(stripe ? { stripe } : {}),
    ...(mail ? { mail } : {}),
    codeSecret: config.codeSecret,
    billing: {
      defaultTenantId: config.defaultTenantId,
      debug: debugLog(logger, config.logDebug),
    },
    spentCredits: config.spentCredits,
    onDatabaseError: (error) =>
      logger.warn({ err: error }, 'a connection to the database was lost'),
  } satisfies CommonOptions<never>
}

/** Takes over the sandbox's time once, where there is one, for a process that nobody can call. */
export async function followSharedClock(
  { devClockUrl: clockUrl }: Pick<Config, 'devClockUrl'>,
  { clock }: { readonly clock: Clock },
): Promise<void> {
  if (clock instanceof VirtualClock && clockUrl) await readSharedClock({ clockUrl, clock })
}

/** How fast the bot of the configuration writes, in step with the app's other processes. */
export function paceOf(
  { telegram, messagesPerSecond }: Config,
  { limiter }: Pick<CoreServices, 'limiter'>,
): SendPace {
  const [botId = ''] = telegram.botToken.split(':')
  return new SendPace({ limiter, botId, ...(messagesPerSecond > 0 ? { messagesPerSecond } : {}) })
}

/** How people are reached by what the configuration names: the bot, mails, a webhook. */
export function notificationChannels(
  config: Config,
  core: Pick<CoreServices, 'clock' | 'mailer' | 'repos'>,
  { api }: Pick<Bot, 'api'>,
): Parameters<typeof sendDueNotifications>[0] {
  const { clock, mailer, repos } = core
  const addressOf = async (userId: string) => (await repos.emails.find(userId))?.email
  return {
    telegram: telegramChannel(api),
    ...(mailer ? { email: emailChannel({ mailer, addressOf }) } : {}),
    ...(config.webhook ? { webhook: webhookChannel({ ...config.webhook, clock }) } : {}),
  }
}
