import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import type { Bot, Bots } from './bots.ts'
import { flag, integer } from './parameters.ts'
import { TelegramError } from './telegram-error.ts'

const schema = z.object({
  offset: integer.default(0),
  limit: integer.pipe(z.int().min(1).max(100)).default(100),
  timeout: integer.pipe(z.int().min(0).max(50)).default(0),
  allowed_updates: z.array(z.string()).optional(),
  drop_pending_updates: flag.optional(),
})

const updateSchema = z.looseObject({ update_id: z.number() })

/** Long polling: getUpdates for a bot without a webhook. */
export class Polling {
  readonly #context: SandboxContext
  readonly #bots: Bots
  readonly #pollers = new Map<number, () => void>()

  constructor(context: SandboxContext, bots: Bots) {
    this.#context = context
    this.#bots = bots
  }

  /** Confirms what lies before the offset and gives what lies after it, waiting if there is none. */
  async getUpdates(bot: Bot, parameters: unknown, gone: AbortSignal): Promise<unknown[]> {
    const { offset, limit, timeout, allowed_updates } = schema.parse(parameters)
    if (this.#bots.settings(bot.id).webhook) {
      throw new TelegramError(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      )
    }
    if (allowed_updates) this.#bots.change(bot.id, { allowedUpdates: allowed_updates })
    this.#pollers.get(bot.id)?.()
    const other = Promise.withResolvers<'other'>()
    this.#pollers.set(bot.id, () => other.resolve('other'))
    const deadline = performance.now() + timeout * 1_000
    for (;;) {
      const updates = this.#take(bot, offset, limit)
      const left = deadline - performance.now()
      if (updates.length > 0 || left <= 0 || gone.aborted) return updates
      if ((await Promise.race([this.#news(left, gone), other.promise])) === 'other') {
        throw new TelegramError(
          409,
          'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
        )
      }
    }
  }

  /** Waits for a new update, the end of the poll, or the bot hanging up. */
  async #news(ms: number, gone: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    const unwatch = this.#context.activity.watch((topic) => topic === 'chat' && resolve())
    gone.addEventListener('abort', () => resolve(), { once: true })
    await promise
    clearTimeout(timer)
    unwatch()
  }

  #take(bot: Bot, offset: number, limit: number): unknown[] {
    const { store } = this.#context.deliveries
    const now = this.#context.clock.now()
    const waiting = []
    for (const delivery of store.pending(String(bot.id))) {
      const update = updateSchema.parse(JSON.parse(delivery.body))
      if (update.update_id < offset) store.finish(delivery.seq, 'delivered')
      else if (delivery.expiresAt <= now) store.finish(delivery.seq, 'expired')
      else waiting.push(update)
    }
    return waiting.slice(0, limit)
  }
}
