import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { ClockMover } from '../clock/clock-mover.ts'
import { type Platforms, platformSchema } from '../clock/platforms.ts'
import type { SandboxContext } from '../context.ts'
import { faultSchema } from '../faults.ts'
import type { Mailboxes } from '../mail/mailbox.ts'
import type { Stripe } from '../stripe/stripe.ts'
import { StripeError } from '../stripe/stripe-error.ts'
import type { StoredMessage } from '../telegram/chats.ts'
import { linkOf } from '../telegram/invoices.ts'
import type { Telegram } from '../telegram/telegram.ts'
import { TelegramError } from '../telegram/telegram-error.ts'
import { newCustomerSchema } from '../telegram/users.ts'
import type { Yookassa } from '../yookassa/yookassa.ts'
import { YookassaError } from '../yookassa/yookassa-error.ts'
import { ControlError } from './control-error.ts'
import { eventStream } from './event-stream.ts'
import { stripeControl } from './stripe-control.http.ts'
import { TRANSACTION_PROVIDERS, transactionsOf } from './transactions.ts'

const DELIVERIES_MAX = 200
const CUSTOMERS_AT_ONCE_MAX = 200_000
const MAILS_MAX = 200

const idParams = z.object({ id: z.coerce.number().int() })
const chargeParams = idParams.extend({ chargeId: z.string() })
const botQuery = z.object({ bot: z.string().optional() })
const paySchema = z.union([
  z.object({ link: z.string() }),
  z.object({ message_id: z.int(), bot: z.string().optional() }),
])

const moveSchema = z.union([
  z.object({ to: z.iso.datetime() }),
  z.object({
    seconds: z
      .number()
      .nonnegative()
      .max(10 ** 9),
  }),
])

/** What the control API works with. */
export interface ControlOptions {
  readonly context: SandboxContext
  readonly telegram: Telegram
  readonly yookassa: Yookassa
  readonly stripe: Stripe
  readonly mailboxes: Mailboxes
  readonly mover: ClockMover
  readonly platforms: Platforms
}

/** The control API: what a customer does, and what tests want to arrange or know. */
export async function controlRoutes(app: FastifyInstance, options: ControlOptions): Promise<void> {
  const { context, telegram, yookassa, stripe, mailboxes, mover, platforms } = options
  const { activity, clock, faults, store, deliveries } = context
  const {
    blocks,
    bots,
    counts,
    customers,
    chats,
    commands,
    stars,
    subscriptions,
    invoices,
    checkout,
    initData,
  } = telegram

  app.setErrorHandler((error, _request, reply) => {
    const { status, message } = readError(error)
    const body = { type: 'about:blank', title: message, status, detail: message }
    return reply.code(status).type('application/problem+json').send(body)
  })
  app.setNotFoundHandler((request, reply) => {
    const message = `The control API has no ${request.method} ${request.url}`
    const body = { type: 'about:blank', title: message, status: 404, detail: message }
    return reply.code(404).type('application/problem+json').send(body)
  })

  const wallet = (id: number) => ({
    ...customers.get(id),
    charges: stars.chargesOf(id),
    subscriptions: subscriptions.listOf(id).map(({ invoice, untilMs, ...rest }) => ({
      ...rest,
      title: invoice.title,
      amount: invoice.amount,
      payload: invoice.payload,
      until: new Date(untilMs).toISOString(),
    })),
  })

  // Customers
  app.post('/users', async (request, reply) => {
    const input = newCustomerSchema.parse(request.body)
    return reply.code(201).send(store.transaction(() => customers.add(input)))
  })
  app.post('/users/bulk', async (request, reply) => {
    const schema = newCustomerSchema.extend({ count: z.int().min(1).max(CUSTOMERS_AT_ONCE_MAX) })
    const { count, ...input } = schema.parse(request.body)
    return reply.code(201).send(store.transaction(() => customers.addMany(count, input)))
  })
  app.get('/users', async () => ({ items: customers.list() }))
  app.get('/users/:id', async ({ params }) => wallet(idParams.parse(params).id))
  app.post('/users/:id/stars', async ({ params, body }) => {
    const { id } = idParams.parse(params)
    customers.addStars(id, z.object({ amount: z.int() }).parse(body).amount)
    return wallet(id)
  })
  app.post('/users/:id/init-data', async ({ params, body }) => {
    const schema = botQuery.extend({ start_param: z.string().max(512).optional() })
    const { bot, start_param } = schema.parse(body ?? {})
    const customer = customers.get(idParams.parse(params).id)
    return { initData: initData.make(bots.pick(bot), customer, start_param) }
  })

  // Chat
  app.post('/users/:id/messages', async ({ params, body }, reply) => {
    const schema = botQuery.extend({
      text: z.string().min(1).max(4_096),
      reply_to: z.int().optional(),
    })
    const { bot, text, reply_to } = schema.parse(body)
    const customer = customers.get(idParams.parse(params).id)
    const message = store.transaction(() => chats.type(bots.pick(bot), customer, text, reply_to))
    return reply.code(201).send(message)
  })
  app.post('/users/:id/callback', async ({ params, body }, reply) => {
    const schema = botQuery.extend({ message_id: z.int(), data: z.string().min(1).max(64) })
    const { bot, message_id, data } = schema.parse(body)
    const customer = customers.get(idParams.parse(params).id)
    const press = store.transaction(() => chats.press(bots.pick(bot), customer, message_id, data))
    return reply.code(201).send(press)
  })
  app.get('/callbacks/:id', async ({ params }) => ({
    answer: chats.pressAnswer(z.object({ id: z.string() }).parse(params).id) ?? null,
  }))
  app.get('/users/:id/chat', async ({ params, query }) => {
    const { id } = customers.get(idParams.parse(params).id)
    return { items: chats.list(bots.pick(botQuery.parse(query).bot), id).map(show) }
  })

  for (const [action, isBlocked] of [
    ['block', true],
    ['unblock', false],
  ] as const) {
    app.post(`/users/:id/${action}`, async ({ params, body }, reply) => {
      const bot = bots.pick(botQuery.parse(body ?? {}).bot)
      const customer = customers.get(idParams.parse(params).id)
      store.transaction(() => blocks.set(bot, customer, isBlocked))
      return reply.code(204).send()
    })
  }
  app.get('/chats/counts', async ({ query }) => ({
    items: counts.list(bots.pick(botQuery.parse(query).bot).id),
  }))

  // Stars
  app.post('/users/:id/pay', async ({ params, body }) => {
    const customer = customers.get(idParams.parse(params).id)
    const target = paySchema.parse(body)
    if ('link' in target) return checkout.pay(customer, invoices.byLink(target.link))
    const { invoice } = chats.get(bots.pick(target.bot), customer.id, target.message_id)
    if (!invoice) throw new ControlError(409, `Message ${target.message_id} is no invoice`)
    return checkout.pay(customer, invoices.byLink(invoice))
  })
  app.get('/invoices', async ({ query }) => {
    const { link } = z.object({ link: z.string() }).parse(query)
    return invoices.byLink(link)
  })
  app.post('/users/:id/subscriptions/:chargeId/cancel', async ({ params }) => {
    const { id, chargeId } = chargeParams.parse(params)
    store.transaction(() => subscriptions.cancel(id, chargeId))
    return wallet(id)
  })
  app.post('/users/:id/subscriptions/:chargeId/resume', async ({ params }) => {
    const { id, chargeId } = chargeParams.parse(params)
    store.transaction(() => subscriptions.resume(id, chargeId))
    return wallet(id)
  })
  app.post('/users/:id/chargeback', async ({ params, body }) => {
    const { charge_id } = z.object({ charge_id: z.string() }).parse(body)
    const { id } = idParams.parse(params)
    return store.transaction(() => stars.chargeBack(id, charge_id))
  })

  // YooKassa
  app.get('/yookassa/payments', async () => ({
    items: context.shops.flatMap(({ shopId }) =>
      yookassa.payments.entries(shopId).map(({ value }) => value),
    ),
  }))
  app.post('/yookassa/payments/:id/:action', async ({ params, body }) => {
    const schema = z.object({ id: z.string(), action: z.enum(['succeed', 'decline', 'expire']) })
    const { id, action } = schema.parse(params)
    const { reason } = z.object({ reason: z.string().optional() }).parse(body ?? {})
    return store.transaction(() =>
      action === 'decline' ? yookassa.payments.decline(id, reason) : yookassa.payments[action](id),
    )
  })
  app.get('/yookassa/receipts', async () => ({
    items: yookassa.receipts
      .list()
      .map(({ shopId, receipt, customer }) => ({ ...receipt, shopId, customer })),
  }))
  app.post('/yookassa/payment_methods/:id/revoke', async ({ params }) => {
    yookassa.payments.revoke(z.object({ id: z.string() }).parse(params).id)
    return { revoked: true }
  })

  await app.register(stripeControl, { prefix: '/stripe', context, stripe })

  // Mail
  app.get('/mail', async ({ query }) => {
    const { address } = z.object({ address: z.string().optional() }).parse(query)
    return { items: mailboxes.latest(MAILS_MAX, address) }
  })

  // Clock
  app.get('/clock', async () => ({ ...clock.state(), platforms: platforms.list() }))
  app.post('/clock/advance', async ({ body }) => {
    const move = moveSchema.parse(body)
    return 'to' in move ? mover.advanceTo(Date.parse(move.to)) : mover.advance(move.seconds)
  })
  app.post('/clock/platforms', async ({ body }) => {
    platforms.register(platformSchema.parse(body))
    return clock.state()
  })

  // Trouble
  app.post('/faults', async ({ body }, reply) => {
    const fault = faults.add(faultSchema.parse(body))
    activity.changed('faults')
    return reply.code(201).send(fault)
  })
  app.get('/faults', async () => ({ items: faults.list() }))
  app.delete('/faults', async (_request, reply) => {
    faults.clear()
    deliveries.startAll()
    activity.changed('faults')
    return reply.code(204).send()
  })
  app.delete('/faults/:id', async ({ params }, reply) => {
    faults.remove(z.object({ id: z.string() }).parse(params).id)
    deliveries.startAll()
    activity.changed('faults')
    return reply.code(204).send()
  })
  app.post('/redeliver', async ({ body }) => {
    const { provider, times, shuffle } = z
      .object({
        provider: z.enum(['telegram', 'telegram-stars', 'yookassa', 'stripe']),
        times: z.int().min(1).max(100).default(1),
        shuffle: z.boolean().default(false),
      })
      .parse(body)
    const sender = provider === 'telegram-stars' ? 'telegram' : provider
    return deliveries.redeliver(sender, { times, shuffle })
  })

  app.get('/deliveries', async () => ({
    items: deliveries.store.latest(DELIVERIES_MAX).map(({ body, expiresAt, ...delivery }) => ({
      ...delivery,
      expires_at: new Date(expiresAt).toISOString(),
      body: JSON.parse(body),
    })),
  }))
  app.post('/deliveries/:seq/send', async ({ params }) =>
    deliveries.send(z.object({ seq: z.coerce.number().int() }).parse(params).seq),
  )

  // What happened
  app.get('/transactions', async ({ query }) => {
    const schema = z.object({ provider: z.enum(TRANSACTION_PROVIDERS).optional() })
    return {
      items: transactionsOf(context, { telegram, yookassa, stripe }, schema.parse(query).provider),
    }
  })
  app.get('/log', async ({ query }) => {
    const { after } = z.object({ after: z.coerce.number().default(0) }).parse(query)
    return { items: activity.entries(after), missing: activity.missing() }
  })
  app.get('/missing', async () => ({ items: activity.missing() }))
  app.get('/bots', async () => ({
    items: bots.list.map((bot) => {
      const { id, username, name, miniAppUrl } = bot
      const { menuButton, webhook } = bots.settings(id)
      return {
        id,
        username,
        name,
        miniAppUrl: miniAppUrl ?? null,
        commands: commands.get(bot, { scope: { type: 'default' }, language_code: '' }),
        menuButton: menuButton ?? { type: 'default' },
        webhookUrl: webhook?.url ?? null,
        stars: stars.balance(bot),
      }
    }),
  }))
  app.get('/public-key', async () => ({ publicKey: initData.publicKey() }))
  app.get('/stream', (request, reply) => eventStream(activity, request, reply))
}

function show({ message, by, invoice }: StoredMessage): Record<string, unknown> {
  return { ...message, by, ...(invoice ? { invoice_link: linkOf({ slug: invoice }) } : {}) }
}

function readError(error: unknown): { status: number; message: string } {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return { status: 400, message: `${issue?.path.join('.') || 'body'}: ${issue?.message}` }
  }
  if (
    error instanceof ControlError ||
    error instanceof YookassaError ||
    error instanceof StripeError
  ) {
    const isConflict = !(error instanceof ControlError) && error.status === 400
    return { status: isConflict ? 409 : error.status, message: error.message }
  }
  if (error instanceof TelegramError) return { status: 409, message: error.message }
  if (!(error instanceof Error)) return { status: 500, message: String(error) }
  const { statusCode } = z.object({ statusCode: z.int().default(500) }).parse(error)
  return { status: statusCode, message: error.message }
}
