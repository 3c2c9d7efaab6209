import type { InlineKeyboardMarkup, Message, MessageEntity, Update } from '@grammyjs/types'
import type { SandboxContext } from '../context.ts'
import { ControlError } from '../control/control-error.ts'
import type { Blocks } from './blocks.ts'
import type { Bot, Bots } from './bots.ts'
import type { SentCounts } from './sent-counts.ts'
import { badRequest } from './telegram-error.ts'
import { type Customer, type Customers, toUser } from './users.ts'

/** A message of a private chat, and who wrote it. */
export interface StoredMessage {
  readonly botId: number
  readonly userId: number
  readonly by: 'bot' | 'user'
  /** The invoice that the message's Pay button pays. */
  readonly invoice?: string | undefined
  readonly message: Message & Update.NonChannel
}

/** What a bot says to a pressed button. */
export interface PressAnswer {
  readonly text?: string | undefined
  readonly show_alert?: boolean | undefined
  readonly url?: string | undefined
}

/** What a message holds besides its number, date and sender. */
export type Content = Omit<Partial<Message>, 'message_id' | 'date' | 'chat' | 'from'>

const MESSAGE_LIFE_SECONDS = 86_400
const CALLBACK_LIFE_SECONDS = 150

/** The private chats between customers and bots. */
export class Chats {
  readonly #context: SandboxContext
  readonly #bots: Bots
  readonly #customers: Customers
  readonly #blocks: Blocks
  readonly #counts: SentCounts
  readonly #messages
  readonly #answers = new Map<string, PressAnswer>()

  constructor(
    context: SandboxContext,
    parts: {
      readonly bots: Bots
      readonly customers: Customers
      readonly blocks: Blocks
      readonly counts: SentCounts
    },
  ) {
    this.#context = context
    this.#bots = parts.bots
    this.#customers = parts.customers
    this.#blocks = parts.blocks
    this.#counts = parts.counts
    this.#messages = context.store.collection<StoredMessage>('messages', {
      owner: ({ botId, userId }) => `${botId}:${userId}`,
    })
  }

  /** Adds a message of the bot to a chat. */
  send(
    bot: Bot,
    chatId: number,
    content: Content,
    options: { readonly invoice?: string | undefined; readonly isPaid?: boolean } = {},
  ): Message & Update.NonChannel {
    const customer = this.#reach(bot, chatId)
    this.#counts.add(bot.id, chatId, options.isPaid ?? false)
    return this.#add(bot, customer, 'bot', content, options.invoice)
  }

  /** Adds a message of the customer to the chat, and tells the bot. */
  receive(bot: Bot, customer: Customer, content: Content): Message & Update.NonChannel {
    this.#blocks.refuseMessage(bot, customer.id)
    const message = this.#add(bot, customer, 'user', content)
    const options = { chatId: customer.id, lifeSeconds: MESSAGE_LIFE_SECONDS }
    this.#bots.notify(bot, 'message', message, options)
    return message
  }

  /** Sends what a person types, perhaps in reply to a message of the chat. */
  type(bot: Bot, customer: Customer, text: string, replyTo?: number): Message {
    const entities = findCommands(text)
    return this.receive(bot, customer, {
      text,
      ...(entities.length ? { entities } : {}),
      ...(replyTo === undefined ? {} : { reply_to_message: this.#quote(bot, customer, replyTo) }),
    })
  }

  /** Presses an inline button that carries data. */
  press(bot: Bot, customer: Customer, messageId: number, data: string): { id: string } {
    const { message } = this.get(bot, customer.id, messageId)
    const hasButton = message.reply_markup?.inline_keyboard
      .flat()
      .some((button) => 'callback_data' in button && button.callback_data === data)
    if (!hasButton) throw new ControlError(409, `Message ${messageId} has no button "${data}"`)
    const id = String(this.#context.store.next('callback', 4_000_000_000_000))
    this.#bots.notify(
      bot,
      'callback_query',
      { id, from: toUser(customer), message, chat_instance: `${bot.id}${customer.id}`, data },
      { chatId: customer.id, lifeSeconds: CALLBACK_LIFE_SECONDS, queue: 'callback' },
    )
    return { id }
  }

  /** Notes what a bot answered to a pressed button. */
  answerPress(id: string, answer: PressAnswer): void {
    this.#answers.set(id, answer)
    this.#context.activity.changed('chat')
  }

  /** What a bot answered to a pressed button, or undefined. */
  pressAnswer(id: string): PressAnswer | undefined {
    return this.#answers.get(id)
  }

  /** Changes a message of the bot. */
  edit(
    bot: Bot,
    chatId: number,
    messageId: number,
    change: { text: string; reply_markup?: InlineKeyboardMarkup | undefined },
  ): Message & Update.NonChannel {
    this.#reach(bot, chatId)
    const stored = this.#messages.get(`${bot.id}:${messageId}`)
    if (!stored || stored.userId !== chatId) throw badRequest('message to edit not found')
    if (stored.by !== 'bot') throw badRequest("message can't be edited")
    const { reply_markup: before, ...rest } = stored.message
    const isSame =
      rest.text === change.text && JSON.stringify(before) === JSON.stringify(change.reply_markup)
    if (isSame) {
      throw badRequest(
        'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      )
    }
    const message = {
      ...rest,
      text: change.text,
      edit_date: this.#context.clock.seconds(),
      ...(change.reply_markup ? { reply_markup: change.reply_markup } : {}),
    }
    this.#messages.put(`${bot.id}:${messageId}`, { ...stored, message })
    this.#context.activity.changed('chat')
    return message
  }

  /** Removes a message. */
  remove(bot: Bot, chatId: number, messageId: number): void {
    const stored = this.#messages.get(`${bot.id}:${messageId}`)
    if (!stored || stored.userId !== chatId) throw badRequest('message to delete not found')
    this.#messages.remove(`${bot.id}:${messageId}`)
    this.#context.activity.changed('chat')
  }

  /** A message of a chat, which must exist. */
  get(bot: Bot, userId: number, messageId: number): StoredMessage {
    const stored = this.#messages.get(`${bot.id}:${messageId}`)
    if (!stored || stored.userId !== userId) {
      throw new ControlError(404, `There is no message ${messageId} in the chat`)
    }
    return stored
  }

  /** All messages of a chat, oldest first. */
  list(bot: Bot, userId: number): StoredMessage[] {
    return this.#messages.ownedBy(`${bot.id}:${userId}`)
  }

  /** A message as a reply shows it: without what it is itself a reply to. */
  #quote(
    bot: Bot,
    customer: Customer,
    messageId: number,
  ): NonNullable<Message['reply_to_message']> {
    const { message } = this.get(bot, customer.id, messageId)
    return Object.assign({}, message, { reply_to_message: undefined })
  }

  #reach(bot: Bot, chatId: number): Customer {
    const customer = this.#customers.find(chatId)
    if (!customer) throw badRequest('chat not found')
    this.#blocks.refuseCall(bot, chatId)
    return customer
  }

  #add(
    bot: Bot,
    customer: Customer,
    by: 'bot' | 'user',
    content: Content,
    invoice?: string,
  ): Message & Update.NonChannel {
    const messageId = this.#context.store.next(`message:${bot.id}`)
    const { first_name, last_name, username } = toUser(customer)
    const message = {
      message_id: messageId,
      from: by === 'user' ? toUser(customer) : this.#bots.me(bot),
      chat: {
        id: customer.id,
        type: 'private' as const,
        first_name,
        ...(last_name ? { last_name } : {}),
        ...(username ? { username } : {}),
      },
      date: this.#context.clock.seconds(),
      ...content,
    }
    this.#messages.put(`${bot.id}:${messageId}`, {
      botId: bot.id,
      userId: customer.id,
      by,
      invoice,
      message,
    })
    this.#messages.keepNewest(this.#context.limits.messagesKept)
    this.#context.activity.changed('chat')
    return message
  }
}

function findCommands(text: string): MessageEntity[] {
  return [...text.matchAll(/(?<=^|\s)\/[A-Za-z0-9_]{1,32}(@\w+)?/g)].map((match) => ({
    type: 'bot_command' as const,
    offset: match.index,
    length: match[0].length,
  }))
}
