import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import type { Bot } from './bots.ts'
import type { Content } from './chats.ts'
import { commandsForSchema } from './commands.ts'
import { invoiceSchema, linkOf } from './invoices.ts'
import { flag, integer, keyboardSchema, menuButtonSchema, plainText } from './parameters.ts'
import type { Telegram } from './telegram.ts'
import { badRequest } from './telegram-error.ts'

/** A method of the Bot API: checks its parameters, has its effect, gives the result. */
export interface Method {
  call(bot: Bot, parameters: unknown): unknown
}

const chat = { chat_id: integer }
const recipient = { ...chat, allow_paid_broadcast: flag.optional() }
interface Recipient {
  readonly chat_id: number
  readonly allow_paid_broadcast?: boolean | undefined
}
const markup = { reply_markup: keyboardSchema.optional() }

function method<Schema extends z.ZodType>(
  schema: Schema,
  call: (bot: Bot, parameters: z.output<Schema>) => unknown,
): Method {
  return {
    call(bot, parameters) {
      const read = schema.safeParse(parameters)
      if (read.success) return call(bot, read.data)
      const [issue] = read.error.issues
      throw badRequest(`parameter "${issue?.path.join('.')}" is invalid: ${issue?.message}`)
    },
  }
}

const nothing = z.object({})

/** The methods that the sandbox has, by lower-case name; long polling is apart. */
export function botMethods(context: SandboxContext, telegram: Telegram): Map<string, Method> {
  const { bots, chats, commands, invoices, stars, subscriptions, checkout, customers, sendRate } =
    telegram

  const send = (
    bot: Bot,
    { chat_id, allow_paid_broadcast }: Recipient,
    content: Content,
    invoice?: string,
  ) => {
    const { isPaid } = sendRate.take(bot.id, chat_id, allow_paid_broadcast)
    return chats.send(bot, chat_id, content, { invoice, isPaid })
  }

  const methods: Record<string, Method> = {
    getMe: method(nothing, (bot) => bots.me(bot)),

    setWebhook: method(
      z.object({
        url: z.string(),
        secret_token: z
          .string()
          .regex(/^[\w-]{1,256}$/)
          .optional(),
        allowed_updates: z.array(z.string()).optional(),
        max_connections: integer.pipe(z.int().min(1).max(100)).default(40),
        drop_pending_updates: flag.optional(),
      }),
      (bot, { url, secret_token, allowed_updates, max_connections, drop_pending_updates }) => {
        if (url !== '' && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
          throw badRequest('bad webhook: invalid webhook URL specified')
        }
        const webhook = url
          ? { url, secret: secret_token, maxConnections: max_connections }
          : undefined
        bots.change(bot.id, {
          webhook,
          lastError: undefined,
          // An omitted list keeps the one before; an empty one means the default again.
          ...(allowed_updates ? { allowedUpdates: allowed_updates } : {}),
        })
        if (drop_pending_updates) dropPending(bot)
        setImmediate(() => context.deliveries.startAll())
        return true
      },
    ),
    deleteWebhook: method(z.object({ drop_pending_updates: flag.optional() }), (bot, input) => {
      bots.change(bot.id, { webhook: undefined })
      if (input.drop_pending_updates) dropPending(bot)
      return true
    }),
    getWebhookInfo: method(nothing, (bot) => bots.webhookInfo(bot)),

    setMyCommands: method(
      commandsForSchema.extend({
        commands: z
          .array(
            z.object({
              command: z.string().regex(/^[a-z0-9_]{1,32}$/),
              description: z.string().min(1).max(256),
            }),
          )
          .max(100),
      }),
      (bot, { commands: announced, ...whom }) => {
        commands.set(bot, whom, announced)
        return true
      },
    ),
    getMyCommands: method(commandsForSchema, (bot, whom) => commands.get(bot, whom)),
    setChatMenuButton: method(
      z.object({ chat_id: integer.optional(), menu_button: menuButtonSchema.optional() }),
      (bot, { chat_id, menu_button }) => {
        if (chat_id === undefined) {
          bots.change(bot.id, { menuButton: menu_button ?? { type: 'default' } })
        }
        return true
      },
    ),
    getChat: method(z.object(chat), (_bot, { chat_id }) => {
      const customer = customers.find(chat_id)
      if (!customer) throw badRequest('chat not found')
      const { id, first_name, last_name, username } = customer
      const names = { first_name, ...(last_name ? { last_name } : {}) }
      return {
        id,
        type: 'private',
        ...names,
        ...(username ? { username } : {}),
        accent_color_id: 0,
        max_reaction_count: 11,
        accepted_gift_types: {
          unlimited_gifts: true,
          limited_gifts: true,
          unique_gifts: true,
          premium_subscription: true,
          gifts_from_channels: true,
        },
      }
    }),

    sendMessage: method(
      z.object({ ...recipient, ...markup, text: z.string(), parse_mode: z.string().optional() }),
      (bot, { text, parse_mode, reply_markup, ...to }) =>
        send(bot, to, {
          text: checkText(plainText(text, parse_mode)),
          ...keyboard(reply_markup),
        }),
    ),
    editMessageText: method(
      z.object({
        ...chat,
        ...markup,
        message_id: integer,
        text: z.string(),
        parse_mode: z.string().optional(),
      }),
      (bot, { chat_id, message_id, text, parse_mode, reply_markup }) =>
        chats.edit(bot, chat_id, message_id, {
          text: checkText(plainText(text, parse_mode)),
          ...keyboard(reply_markup),
        }),
    ),
    sendPhoto: method(
      z.object({
        ...recipient,
        ...markup,
        photo: z.string(),
        caption: z.string().max(1024).optional(),
      }),
      (bot, { photo, caption, reply_markup, ...to }) =>
        send(bot, to, {
          photo: [{ ...fileIds(photo), width: 640, height: 640 }],
          ...(caption ? { caption } : {}),
          ...keyboard(reply_markup),
        }),
    ),
    sendDocument: method(
      z.object({
        ...recipient,
        ...markup,
        document: z.string(),
        caption: z.string().max(1024).optional(),
      }),
      (bot, { document, caption, reply_markup, ...to }) =>
        send(bot, to, {
          document: { ...fileIds(document), file_name: document.split('/').at(-1) ?? document },
          ...(caption ? { caption } : {}),
          ...keyboard(reply_markup),
        }),
    ),
    deleteMessage: method(
      z.object({ ...chat, message_id: integer }),
      (bot, { chat_id, message_id }) => {
        chats.remove(bot, chat_id, message_id)
        return true
      },
    ),
    answerCallbackQuery: method(
      z.object({
        callback_query_id: z.string(),
        text: z.string().max(200).optional(),
        show_alert: flag.optional(),
        url: z.string().optional(),
      }),
      (_bot, { callback_query_id, ...answer }) => {
        chats.answerPress(callback_query_id, answer)
        return true
      },
    ),

    createInvoiceLink: method(invoiceSchema, (bot, input) =>
      linkOf(invoices.create(bot.id, input)),
    ),
    sendInvoice: method(
      invoiceSchema.extend({ ...recipient, ...markup, start_parameter: z.string().default('') }),
      (bot, { chat_id, allow_paid_broadcast, reply_markup, start_parameter, ...input }) => {
        if (input.subscription_period !== undefined) throw badRequest('SUBSCRIPTION_PERIOD_INVALID')
        const { slug, title, description, amount } = invoices.create(bot.id, input)
        const invoice = {
          title,
          description,
          start_parameter,
          currency: 'XTR',
          total_amount: amount,
        }
        const pay = { inline_keyboard: [[{ text: `Pay ⭐️${amount}`, pay: true as const }]] }
        const content = { invoice, ...keyboard(reply_markup ?? pay) }
        return send(bot, { chat_id, allow_paid_broadcast }, content, slug)
      },
    ),
    answerPreCheckoutQuery: method(
      z.object({
        pre_checkout_query_id: z.string(),
        ok: flag,
        error_message: z.string().optional(),
      }),
      (bot, { pre_checkout_query_id, ok, error_message }) => {
        checkout.answer(bot.id, pre_checkout_query_id, ok, error_message)
        return true
      },
    ),
    refundStarPayment: method(
      z.object({ user_id: integer, telegram_payment_charge_id: z.string() }),
      (bot, { user_id, telegram_payment_charge_id }) => {
        stars.refund(bot, user_id, telegram_payment_charge_id)
        return true
      },
    ),
    editUserStarSubscription: method(
      z.object({ user_id: integer, telegram_payment_charge_id: z.string(), is_canceled: flag }),
      (bot, { user_id, telegram_payment_charge_id, is_canceled }) => {
        subscriptions.edit(bot, user_id, telegram_payment_charge_id, is_canceled)
        return true
      },
    ),
    getStarTransactions: method(
      z.object({
        offset: integer.pipe(z.int().min(0)).default(0),
        limit: integer.pipe(z.int().min(1).max(100)).default(100),
      }),
      (bot, { offset, limit }) => ({ transactions: stars.transactions(bot, offset, limit) }),
    ),
    getMyStarBalance: method(nothing, (bot) => ({ amount: stars.balance(bot) })),
  }

  function dropPending(bot: Bot): void {
    const { store } = context.deliveries
    for (const { seq } of store.pending(String(bot.id))) store.finish(seq, 'dropped')
  }

  return new Map(Object.entries(methods).map(([name, value]) => [name.toLowerCase(), value]))
}

function checkText(text: string): string {
  if (text.trim() === '') throw badRequest('message text is empty')
  if (text.length > 4_096) throw badRequest('message is too long')
  return text
}

function keyboard(
  given: z.output<typeof keyboardSchema> | undefined,
): Pick<Content, 'reply_markup'> {
  return given ? { reply_markup: given } : {}
}

function fileIds(name: string): { file_id: string; file_unique_id: string } {
  if (name === '') throw badRequest('there is no file in the request')
  const unique = randomBytes(9).toString('base64url')
  return { file_id: `AgAC${unique}`, file_unique_id: unique }
}
