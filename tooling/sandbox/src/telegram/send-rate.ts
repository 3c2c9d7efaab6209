import type { Limits } from '../options.ts'
import { TelegramError } from './telegram-error.ts'

interface Bucket {
  tokens: number
  at: number
}

/** How many messages a bot may send, in all and to one chat; counted in the machine's time. */
export class SendRate {
  readonly #limits: Limits
  readonly #buckets = new Map<string, Bucket>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Counts one message, or refuses it with the time to wait. */
  take(botId: number, chatId: number): void {
    const { messagesPerSecond, messagesPerSecondPerChat, messageBurstPerChat } = this.#limits
    const waits = [
      this.#wait(`${botId}`, messagesPerSecond, messagesPerSecond),
      this.#wait(`${botId}:${chatId}`, messagesPerSecondPerChat, messageBurstPerChat),
    ]
    const seconds = Math.ceil(Math.max(...waits))
    if (seconds > 0) throw tooManyRequests(seconds)
    for (const key of [`${botId}`, `${botId}:${chatId}`]) {
      const bucket = this.#buckets.get(key)
      if (bucket) bucket.tokens--
    }
  }

  #wait(key: string, perSecond: number, burst: number): number {
    const now = performance.now() / 1_000
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now }
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perSecond)
    bucket.at = now
    this.#buckets.set(key, bucket)
    return bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) / perSecond
  }
}

/** Telegram's answer to a bot that is too fast. */
export function tooManyRequests(seconds: number): TelegramError {
  return new TelegramError(429, `Too Many Requests: retry after ${seconds}`, {
    retry_after: seconds,
  })
}
