import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { InvalidValue } from '../../kernel/index.ts'
import { isWebhookSecret } from '../config/index.ts'
import { WebhookSecretInvalid } from './telegram.errors.ts'

/** How updates of one bot come in. */
export interface TelegramWebhookOptions {
  /** The text that Telegram repeats in a header of each delivery. */
  readonly secret: string
  /** Answers what cannot wait, and tells whether that is all there is to do. */
  answerNow(update: unknown): Promise<boolean>
  /** Stores an update; a throw makes Telegram deliver it again. */
  receive(updateId: number, update: unknown): Promise<void>
}

const updateSchema = z.looseObject({ update_id: z.int().nonnegative() })

/**
 * The route that Telegram delivers updates to. Stores, answers 200, and lets the inbox do the rest:
 * one update that cannot be handled must not hold up those behind it in its chat.
 *
 * Without a secret, or with one that may be guessed, there is no route: everybody could then claim
 * to have paid.
 *
 * @throws {@link InvalidValue}
 */
export function telegramWebhook(options: TelegramWebhookOptions): FastifyPluginAsyncZod {
  if (!isWebhookSecret(options.secret)) {
    throw new InvalidValue({
      field: 'secret of the Telegram webhook',
      problem: 'is missing or weak',
      remedy: 'make one of 16 to 256 random letters, digits, - and _',
    })
  }
  return async (app) => {
    app.post(
      '/webhooks/telegram',
      {
        schema: {
          hide: true,
          body: updateSchema,
        },
        onRequest: async (request) => {
          const given = request.headers['x-telegram-bot-api-secret-token']
          if (typeof given !== 'string' || !isSameText(given, options.secret)) {
            throw new WebhookSecretInvalid()
          }
        },
      },
      async (request, reply) => {
        const update = request.body
        if (!(await options.answerNow(update))) await options.receive(update.update_id, update)
        return reply.code(200).send()
      },
    )
  }
}

/** Compares in constant time; hashing first makes the lengths equal. */
function isSameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}
