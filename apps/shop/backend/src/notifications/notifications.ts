import type { CoreServices } from '@gramkit/core'
import { SendPace } from '@gramkit/core/bot'
import type { Config } from '@gramkit/core/config'
import type { DueWork } from '@gramkit/core/jobs'
import type { Clock } from '@gramkit/core/kernel'
import {
  inactiveSlot,
  newcomerSlot,
  notifySlots,
  sendBroadcasts,
  sendDueNotifications,
  streakSlot,
} from '@gramkit/core/notifications'
import { emailChannel } from '@gramkit/core/notifications/email'
import { telegramChannel } from '@gramkit/core/notifications/telegram'
import { webhookChannel } from '@gramkit/core/notifications/webhook'
import { Api } from 'grammy'
import type { ShopTemplates } from './templates.ts'

/** Hour of their day at which people are reminded. */
const EVENING = 20
const MISSED_AFTER_DAYS = 7
/** Below the lease of whoever is being written to. */
const API_TIMEOUT_SECONDS = 8

/** How fast the shop's bot writes, in step with the shop's other processes. */
export function shopPace(
  { telegram, messagesPerSecond }: Config,
  { limiter }: Pick<CoreServices, 'limiter'>,
): SendPace {
  const [botId = ''] = telegram.botToken.split(':')
  return new SendPace({ limiter, botId, ...(messagesPerSecond > 0 ? { messagesPerSecond } : {}) })
}

/** What a worker of the shop sends: notifications, reminders of the evening, broadcasts. */
export function notificationWork(options: {
  readonly config: Config
  readonly core: Pick<CoreServices, 'mailer' | 'repos'>
  readonly templates: ShopTemplates
  readonly pace: SendPace
  /** Keeps the pace by itself. */
  readonly api: Api
  readonly clock: Clock
}): readonly DueWork<CoreServices>[] {
  const { config, core, templates, pace, api, clock } = options
  const { mailer, repos } = core
  const { botToken, apiRoot } = config.telegram
  const addressOf = async (userId: string) => (await repos.emails.find(userId))?.email
  const unpaced = new Api(botToken, { apiRoot, timeoutSeconds: API_TIMEOUT_SECONDS })
  return [
    sendDueNotifications({
      telegram: telegramChannel(api),
      ...(mailer ? { email: emailChannel({ mailer, addressOf }) } : {}),
      ...(config.webhook ? { webhook: webhookChannel({ ...config.webhook, clock }) } : {}),
    }),
    notifySlots([
      newcomerSlot({ template: templates.welcome, hour: EVENING }),
      streakSlot({ template: templates.streakEnding, hour: EVENING }),
      inactiveSlot({ template: templates.missed, hour: EVENING, days: MISSED_AFTER_DAYS }),
    ]),
    sendBroadcasts({ channel: telegramChannel(unpaced), pace }),
  ]
}
