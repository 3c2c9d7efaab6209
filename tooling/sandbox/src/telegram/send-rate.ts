import type { Limits } from '../options.ts'
import { TelegramError } from './telegram-error.ts'

interface Bucket {
  tokens: number
  at: number
  readonly perSecond: number
  readonly burst: number
}

/** Chats that are remembered before those that may send all they like again are forgotten. */
const BUCKETS_MIN = 10_000

/** How many messages a bot may send, in all and to one chat; counted in the machine's time. */
export class SendRate {
  readonly #limits: Limits
  readonly #buckets = new Map<string, Bucket>()
  #forgetAt = BUCKETS_MIN

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** Counts one message and tells whether it costs Stars, or refuses it with the time to wait. */
  take(botId: number, chatId: number, allowPaid = false): { readonly isPaid: boolean } {
    const limits = this.#limits
    const perSecond = limits.messagesPerSecond
    const free = this.#bucket(`${botId}`, perSecond, perSecond)
    const isPaid = allowPaid && free.tokens < 1
    const paidRate = limits.paidMessagesPerSecond
    const all = isPaid ? this.#bucket(`${botId}:paid`, paidRate, paidRate) : free
    const chatRate = limits.messagesPerSecondPerChat
    const chat = this.#bucket(`${botId}:${chatId}`, chatRate, limits.messageBurstPerChat)
    const seconds = Math.ceil(Math.max(waitOf(all), waitOf(chat)))
    if (seconds > 0) throw tooManyRequests(seconds)
    all.tokens--
    chat.tokens--
    if (this.#buckets.size > this.#forgetAt) this.#forget()
    return { isPaid }
  }

  #bucket(key: string, perSecond: number, burst: number): Bucket {
    const now = performance.now() / 1_000
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now, perSecond, burst }
    refill(bucket, now)
    this.#buckets.set(key, bucket)
    return bucket
  }

  #forget(): void {
    const now = performance.now() / 1_000
    for (const [key, bucket] of this.#buckets) {
      refill(bucket, now)
      if (bucket.tokens === bucket.burst) this.#buckets.delete(key)
    }
    this.#forgetAt = Math.max(BUCKETS_MIN, 2 * this.#buckets.size)
  }
}

function refill(bucket: Bucket, now: number): void {
  bucket.tokens = Math.min(bucket.burst, bucket.tokens + (now - bucket.at) * bucket.perSecond)
  bucket.at = now
}

function waitOf({ tokens, perSecond }: Bucket): number {
  return tokens >= 1 ? 0 : (1 - tokens) / perSecond
}

/** Telegram's answer to a bot that is too fast. */
export function tooManyRequests(seconds: number): TelegramError {
  return new TelegramError(429, `Too Many Requests: retry after ${seconds}`, {
    retry_after: seconds,
  })
}
