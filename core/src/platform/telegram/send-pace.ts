import type { Limiter, Taken } from '../limits/index.ts'

/** How fast a bot may write, by Telegram's rules unless told otherwise. */
export interface SendPaceOptions {
  readonly limiter: Pick<Limiter, 'take' | 'takeEach' | 'pause'>
  /** Number of the bot, the part of its token before the colon. */
  readonly botId: string
  /** To all chats together. [30] */
  readonly messagesPerSecond?: number
  /** To all chats together when the bot pays for what goes beyond. [1 000] */
  readonly paidMessagesPerSecond?: number
}

/**
 * Part of a second that a bot may use up at once: what Telegram counts as one second is a little
 * more, so that messages that overtake each other on the way are not refused.
 */
const BURST_SECONDS = 0.8
const CHAT = { limit: 16, perMs: 16_000 }
const GROUP = { limit: 20, perMs: 60_000 }

/**
 * Gives leave to write, shared by all processes of a bot: so many messages a second to everybody
 * (30, or 1 000 when it pays), one a second to one chat after a few at once, 20 a minute to a group.
 * What Telegram refuses with `retry_after` holds all of them back.
 */
export class SendPace {
  readonly #limiter: SendPaceOptions['limiter']
  readonly #botId: string
  readonly #rates: { readonly free: number; readonly paid: number }

  constructor({
    limiter,
    botId,
    messagesPerSecond = 30,
    paidMessagesPerSecond = 1_000,
  }: SendPaceOptions) {
    this.#limiter = limiter
    this.#botId = botId
    this.#rates = { free: messagesPerSecond, paid: paidMessagesPerSecond }
  }

  /** Messages that one asks leave for at once: about a quarter of a second, at most 25. */
  sliceOf(isPaid: boolean): number {
    const rate = isPaid ? this.#rates.paid : this.#rates.free
    return Math.max(1, Math.min(25, Math.floor(rate / 4)))
  }

  /** Asks leave for some messages to anybody, all of them or none. */
  async takeAll(count: number, isPaid: boolean): Promise<Taken> {
    const rate = isPaid ? this.#rates.paid : this.#rates.free
    const limit = Math.max(1, rate * BURST_SECONDS)
    const perMs = (limit / rate) * 1_000
    const name = isPaid ? 'telegram.paid' : 'telegram.all'
    return this.#limiter.take(name, this.#botId, { limit, perMs, cost: Math.min(count, limit) })
  }

  /** Asks leave for one message to a chat. */
  takeChat(chatId: number | string): Promise<Taken> {
    const rate = Number(chatId) < 0 ? GROUP : CHAT
    return this.#limiter.take('telegram.chat', `${this.#botId}:${chatId}`, rate)
  }

  /** Asks leave for one message to each of some people, in one go; the answers are in their order. */
  takeEach(telegramIds: readonly string[]): Promise<Taken[]> {
    const subjects = telegramIds.map((telegramId) => `${this.#botId}:${telegramId}`)
    return this.#limiter.takeEach('telegram.chat', subjects, CHAT)
  }

  /** Waits, no longer than so much, for leave for some messages; 0 with leave, else how long it takes. */
  waitForAll(
    count: number,
    { isPaid, maxMs }: { readonly isPaid: boolean; readonly maxMs: number },
  ): Promise<number> {
    return waitFor(() => this.takeAll(count, isPaid), maxMs)
  }

  /** Waits, no longer than so much, for leave to write to a chat; 0 with leave, else how long it takes. */
  waitForChat(chatId: number | string, maxMs: number): Promise<number> {
    return waitFor(() => this.takeChat(chatId), maxMs)
  }

  /** Holds all processes back, as Telegram asked. */
  async hold(durationMs: number): Promise<void> {
    await this.#limiter.pause('telegram.all', this.#botId, durationMs)
    await this.#limiter.pause('telegram.paid', this.#botId, durationMs)
  }
}

async function waitFor(take: () => Promise<Taken>, maxMs: number): Promise<number> {
  const deadline = performance.now() + maxMs
  for (;;) {
    const { isAllowed, retryAfterMs } = await take()
    if (isAllowed) return 0
    if (performance.now() + retryAfterMs > deadline) return retryAfterMs
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
  }
}
