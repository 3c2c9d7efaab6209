import type { Transformer } from 'grammy'
import type { SendPace } from './send-pace.ts'

/** Longest that a call waits for leave; beyond it the caller is told as Telegram would. */
const WAIT_MAX_MS = 5_000

/**
 * Makes everything a bot writes keep its pace, together with all other processes of the bot. What
 * Telegram waits for, such as the answer to a pre-checkout, is not a message and never waits.
 *
 * @example
 * bot.api.config.use(paced(new SendPace({ limiter, botId })))
 */
export function paced(pace: SendPace): Transformer {
  return async (call, method, payload, signal) => {
    const chatId: unknown = Reflect.get(Object(payload), 'chat_id')
    if (!isMessage(method) || chatId === undefined) return call(method, payload, signal)
    const waitMs =
      (await pace.waitForChat(String(chatId), WAIT_MAX_MS)) ||
      (await pace.waitForAll(1, { isPaid: false, maxMs: WAIT_MAX_MS }))
    if (waitMs > 0) return refusal(waitMs)
    const answer = await call(method, payload, signal)
    const retryAfter = answer.ok ? undefined : answer.parameters?.retry_after
    if (retryAfter !== undefined) await pace.hold(retryAfter * 1_000)
    return answer
  }
}

function isMessage(method: string): boolean {
  return /^(send(?!ChatAction)|copy|forward)/.test(method)
}

function refusal(waitMs: number) {
  const retry_after = Math.ceil(waitMs / 1_000)
  return {
    ok: false as const,
    error_code: 429,
    description: `Too Many Requests: retry after ${retry_after}`,
    parameters: { retry_after },
  }
}
