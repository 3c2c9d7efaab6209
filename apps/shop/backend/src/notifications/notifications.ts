import type { CoreServices } from '@gramkit/core'
import { notificationChannels } from '@gramkit/core/app'
import type { Bot, SendPace } from '@gramkit/core/bot'
import type { Config } from '@gramkit/core/config'
import type { DueWork } from '@gramkit/core/jobs'
import {
  inactiveSlot,
  newcomerSlot,
  notifySlots,
  sendBroadcasts,
  sendDueNotifications,
  streakSlot,
} from '@gramkit/core/notifications'
import { telegramChannel } from '@gramkit/core/notifications/telegram'
import { Api } from 'grammy'
import type { ShopTemplates } from './templates.ts'

/** Hour of their day at which people are reminded. */
const EVENING = 20
const MISSED_AFTER_DAYS = 7
/** Below the lease of whoever is being written to. */
const API_TIMEOUT_SECONDS = 8

/** What a worker of the shop sends: notifications, reminders of the evening, broadcasts. */
export function notificationWork(options: {
  readonly config: Config
  readonly core: CoreServices
  readonly templates: ShopTemplates
  readonly pace: SendPace
  /** Keeps the pace by itself. */
  readonly bot: Bot
}): readonly DueWork<CoreServices>[] {
  const { config, core, templates, pace, bot } = options
  const { botToken, apiRoot } = config.telegram
  const unpaced = new Api(botToken, { apiRoot, timeoutSeconds: API_TIMEOUT_SECONDS })
  return [
    sendDueNotifications(notificationChannels(config, core, bot)),
    notifySlots([
      newcomerSlot({ template: templates.welcome, hour: EVENING }),
      streakSlot({ template: templates.streakEnding, hour: EVENING }),
      inactiveSlot({ template: templates.missed, hour: EVENING, days: MISSED_AFTER_DAYS }),
    ]),
    sendBroadcasts({ channel: telegramChannel(unpaced), pace }),
  ]
}
