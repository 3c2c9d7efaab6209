import type { CoreServices, Platform } from '@gramkit/core'
import { createBot, telegramInbox } from '@gramkit/core/bot'
import { Inbox } from '@gramkit/core/inbox'
import { coreHost } from '@gramkit/core/jobs'
import { createLogger, type Logger } from '@gramkit/core/log'
import { BOT_INFO, countingComposer } from './bot.ts'

/** Opens the kit's inbox with a bot that counts texts and calls nobody. */
export function openKit(platform: Platform<CoreServices>): {
  readonly inbox: Inbox<CoreServices>
  readonly logger: Logger
} {
  const token = `${BOT_INFO.id}:AAtest-token-of-the-benchmark-only`
  const bot = createBot({
    token,
    apiRoot: 'http://127.0.0.1:9',
    composers: [countingComposer()],
  })
  bot.botInfo = BOT_INFO
  const logger = createLogger({ level: 'silent', secrets: [token] })
  return {
    logger,
    inbox: new Inbox({ host: coreHost(platform), handlers: [telegramInbox(bot)], logger }),
  }
}
