/**
 * The bot: what it does about updates, and how it is set up at Telegram.
 *
 * @module
 */
import { Bot, type Context as BotContext, BotError, type Composer } from 'grammy'
import { announceCommands, type BotCommands } from './commands.bot.ts'
import { answerPreCheckout } from './features/payments/gateways/pre-checkout.ts'
import {
  isAboutMoney,
  readPreCheckout,
  readRefundedPayment,
  readSubscription,
  readSuccessfulPayment,
} from './features/payments/gateways/telegram-updates.ts'
import { ReportUnreadable } from './features/payments/payments.errors.ts'
import { telegramSender } from './features/users/index.ts'
import type { InboxHandler } from './platform/inbox/index.ts'
import { paced, readSenderId, type SendPace } from './platform/telegram/index.ts'
import type { CoreServices } from './services.ts'

export { BROADCAST_COMMAND, broadcastComposer } from './broadcast.bot.ts'
export type { BotCommands, BotCommandTexts } from './commands.bot.ts'
export { type ReachBotScope, reachComposer } from './features/notifications/reach/reach.bot.ts'
export {
  PAY_SUPPORT_COMMAND,
  type PaySupportOptions,
  paymentReference,
  paySupportComposer,
} from './features/payments/payments.bot.ts'
export {
  type LoginLinkBotScope,
  loginLinkComposer,
} from './features/users/login-links/login-links.bot.ts'
export { HELP_COMMAND, type HelpOptions, helpComposer } from './help.bot.ts'
export {
  INVITE_COMMAND,
  type InviteOptions,
  inviteComposer,
} from './invite.bot.ts'
export { OWNER_COMMANDS, ownerComposer } from './owner.bot.ts'
export * from './platform/telegram/index.ts'
export { SETTINGS_COMMAND, settingsComposer } from './settings.bot.ts'
export { START_COMMAND, type StartBotOptions, startComposer } from './start.bot.ts'
export type { Bot, BotContext }

/** A call to Telegram that is not answered within this time has failed. */
const API_TIMEOUT_SECONDS = 8

/** How the bot is reached and what it answers. */
export interface BotOptions {
  readonly token: string
  readonly apiRoot: string
  /** How fast it writes, in step with the other processes. [as fast as it can] */
  readonly pace?: SendPace
  /** What the app's bot says and does; payments are taken care of. */
  readonly composers?: readonly Composer<BotContext>[]
}

/** Makes the bot without calling Telegram. */
export function createBot(options: BotOptions): Bot {
  const bot = new Bot(options.token, {
    client: { apiRoot: options.apiRoot, timeoutSeconds: API_TIMEOUT_SECONDS },
  })
  if (options.pace) bot.api.config.use(paced(options.pace))
  bot.use(...(options.composers ?? []))
  return bot
}

/** How the bot is announced to Telegram. */
export interface BotSetup {
  readonly webhookUrl: string
  readonly webhookSecret: string
  /** Opens the Mini App from the chat's menu. */
  readonly menu?: { readonly text: string; readonly url: string }
  readonly commands?: BotCommands
}

/** Kinds of updates the kit handles; Telegram keeps an older list unless it is told anew. */
export const ALLOWED_UPDATES = [
  'message',
  'callback_query',
  'my_chat_member',
  'pre_checkout_query',
  'subscription',
] as const

/** Tells Telegram where updates go and what the chat offers; repeating it is harmless. */
export async function setUpBot(bot: Bot, setup: BotSetup): Promise<void> {
  await bot.init()
  await bot.api.setWebhook(setup.webhookUrl, {
    secret_token: setup.webhookSecret,
    allowed_updates: [...ALLOWED_UPDATES],
  })
  if (setup.commands) await announceCommands(bot.api, setup.commands)
  if (setup.menu) {
    const { text, url } = setup.menu
    await bot.api.setChatMenuButton({ menu_button: { type: 'web_app', text, web_app: { url } } })
  }
}

/**
 * Compares how Telegram reaches the bot with how it should, and gives what differs: another process
 * or an older version may have set it since. An update that Telegram does not send is lost.
 */
export async function findWebhookProblems(
  bot: Pick<Bot, 'api'>,
  setup: Pick<BotSetup, 'webhookUrl'>,
): Promise<string[]> {
  const { url, allowed_updates = [] } = await bot.api.getWebhookInfo()
  const isHandled = (kind: string): boolean => ALLOWED_UPDATES.some((known) => known === kind)
  const missing = ALLOWED_UPDATES.filter((kind) => !allowed_updates.includes(kind))
  const unhandled = allowed_updates.filter((kind) => !isHandled(kind))
  return [
    ...(url === setup.webhookUrl ? [] : [`updates go to ${url || 'nobody'}`]),
    ...(missing.length === 0 ? [] : [`not sent: ${missing.join(', ')}`]),
    ...(unhandled.length === 0 ? [] : [`sent without a handler: ${unhandled.join(', ')}`]),
  ]
}

/** Answers what Telegram waits for; false for an update that the inbox takes. */
export async function answerNow(
  bot: Pick<Bot, 'api'>,
  services: Pick<CoreServices, 'payments'>,
  update: unknown,
): Promise<boolean> {
  const query = readPreCheckout(update)
  if (!query) return false
  await answerPreCheckout(bot.api, services.payments, query)
  return true
}

/**
 * Handles stored updates: payments, refunds and what becomes of subscriptions inside the transaction that finishes the delivery,
 * everything else by the bot's composers, which may call Telegram.
 */
export function telegramInbox(bot: Bot): InboxHandler<CoreServices> {
  return {
    provider: 'telegram',
    senderOf: (update) => {
      const id = readSenderId(update)
      return id === undefined ? undefined : telegramSender(id)
    },
    async prepare(_services, { body }) {
      const isOurs =
        readSuccessfulPayment(body) ?? readRefundedPayment(body) ?? readSubscription(body)
      if (isOurs) return undefined
      if (isAboutMoney(body)) {
        const problem = 'the update about money has another form'
        throw new ReportUnreadable({ gateway: 'telegram-stars', problem })
      }
      await bot.init()
      try {
        await bot.handleUpdate(body as Parameters<Bot['handleUpdate']>[0])
      } catch (error) {
        // The inbox judges what a composer threw, not what grammY wraps it in.
        throw error instanceof BotError ? error.error : error
      }
      return 'done'
    },
    async apply(tx, { body, receivedAt: heardAt }) {
      const paid = readSuccessfulPayment(body)
      if (paid) await tx.payments.apply(paid)
      const refunded = readRefundedPayment(body)
      if (refunded) await tx.refunds.apply(refunded)
      const word = readSubscription(body)
      if (word) await tx.subscriptions.hear({ ...word, heardAt })
    },
  }
}
