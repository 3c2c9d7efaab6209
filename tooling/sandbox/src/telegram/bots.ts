import type { MenuButton, Update, UserFromGetMe, WebhookInfo } from '@grammyjs/types'
import type { SandboxContext } from '../context.ts'
import { ControlError } from '../control/control-error.ts'
import type { BotOptions } from '../options.ts'

/** Kind of an update. */
export type UpdateKind = Exclude<keyof Update, 'update_id'>

/** What a bot told Telegram about itself. */
export interface BotSettings {
  readonly webhook?:
    | {
        readonly url: string
        readonly secret?: string | undefined
        readonly maxConnections: number
      }
    | undefined
  /** Kinds of updates the bot wants; absent for Telegram's default. */
  readonly allowedUpdates?: readonly string[] | undefined
  readonly lastError?: { readonly date: number; readonly message: string } | undefined
  readonly menuButton?: MenuButton
}

/** A bot with its number, the part of the token before the colon. */
export interface Bot extends BotOptions {
  readonly id: number
}

const NOT_BY_DEFAULT = ['chat_member', 'message_reaction', 'message_reaction_count']

/** The bots, their webhooks and the updates they get. */
export class Bots {
  readonly #context: SandboxContext
  readonly #settings
  readonly list: readonly Bot[]

  constructor(context: SandboxContext) {
    this.#context = context
    this.#settings = context.store.collection<BotSettings>('bots')
    this.list = context.bots.map((bot) => ({ ...bot, id: Number(bot.token.split(':')[0]) }))
    context.deliveries.route('telegram', ({ account }) => {
      const { webhook } = this.settings(Number(account))
      if (!webhook) return undefined
      return {
        url: webhook.url,
        headers: webhook.secret ? { 'x-telegram-bot-api-secret-token': webhook.secret } : {},
        maxConnections: webhook.maxConnections,
        accepts: (status) => status >= 200 && status < 300,
        onResult: ({ error }) => {
          if (!error) return
          const lastError = { date: context.clock.seconds(), message: error }
          this.change(Number(account), { lastError })
        },
      }
    })
  }

  /** The bot of a token, or undefined. */
  byToken(token: string): Bot | undefined {
    return this.list.find((bot) => bot.token === token)
  }

  /** The bot of a number or name; the first one if none is named. */
  pick(name?: string): Bot {
    const bot =
      name === undefined
        ? this.list[0]
        : this.list.find(({ id, username }) => String(id) === name || username === name)
    if (!bot) throw new ControlError(404, name ? `There is no bot ${name}` : 'There is no bot')
    return bot
  }

  /** The bot of a number. */
  get(id: number): Bot {
    return this.pick(String(id))
  }

  /** What a bot told about itself. */
  settings(botId: number): BotSettings {
    return this.#settings.get(String(botId)) ?? {}
  }

  /** Changes some of what a bot told about itself. */
  change(botId: number, changes: BotSettings): void {
    this.#settings.put(String(botId), { ...this.settings(botId), ...changes })
    this.#context.activity.changed('bots')
  }

  /** What getMe answers. */
  me(bot: Bot): UserFromGetMe {
    return {
      id: bot.id,
      is_bot: true,
      first_name: bot.name,
      username: bot.username,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_guest_queries: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: bot.miniAppUrl !== undefined,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
      can_manage_bots: false,
      supports_join_request_queries: false,
    }
  }

  /** What getWebhookInfo answers. */
  webhookInfo(bot: Bot): WebhookInfo {
    const { webhook, lastError, allowedUpdates } = this.settings(bot.id)
    return {
      url: webhook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: this.#context.deliveries.store.pending(String(bot.id)).length,
      ...(webhook ? { max_connections: webhook.maxConnections } : {}),
      ...(lastError
        ? { last_error_date: lastError.date, last_error_message: lastError.message }
        : {}),
      ...(allowedUpdates ? { allowed_updates: allowedUpdates.filter(isUpdateKind) } : {}),
    }
  }

  /** Sends an update to a bot, unless the bot does not want its kind. */
  notify<Kind extends UpdateKind>(
    bot: Bot,
    kind: Kind,
    content: NonNullable<Update[Kind]>,
    options: { readonly chatId: number; readonly lifeSeconds: number; readonly queue?: string },
  ): void {
    const { allowedUpdates } = this.settings(bot.id)
    const isWanted = allowedUpdates?.length
      ? allowedUpdates.includes(kind)
      : !NOT_BY_DEFAULT.includes(kind)
    if (!isWanted) return
    const { store, clock, deliveries } = this.#context
    deliveries.add({
      provider: 'telegram',
      account: String(bot.id),
      queue: `telegram:${bot.id}:${options.chatId}${options.queue ? `:${options.queue}` : ''}`,
      kind,
      url: null,
      body: JSON.stringify({ update_id: store.next('update', 700_000_000), [kind]: content }),
      expiresAt: clock.now() + options.lifeSeconds * 1_000,
    })
    this.#context.activity.changed('chat')
  }
}

function isUpdateKind(kind: string): kind is UpdateKind {
  return kind !== 'update_id'
}
