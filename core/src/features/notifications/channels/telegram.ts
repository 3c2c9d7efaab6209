import { type Api, GrammyError, HttpError, InlineKeyboard } from 'grammy'
import { z } from 'zod'
import { isAppError } from '../../../kernel/index.ts'
import { assertNoTransaction } from '../../../platform/database/index.ts'
import type { NotificationChannel, SendOutcome } from '../channel.ts'
import type { MessageButton } from '../template.ts'

/**
 * Messages in the chat with the bot.
 *
 * @example
 * const channel = telegramChannel(bot.api)
 */
export function telegramChannel(api: Pick<Api, 'sendMessage'>): NotificationChannel {
  return {
    name: 'telegram',
    // Telegram knows no key that tells a repetition.
    isRepeatable: false,
    async send({ user, text, buttons, isPaid }) {
      assertNoTransaction('telegramChannel.send')
      if (user.telegramId === null) return { kind: 'unreachable', reason: 'not on Telegram' }
      try {
        await api.sendMessage(Number(user.telegramId), text, {
          ...(isPaid ? { allow_paid_broadcast: true } : {}),
          ...(buttons?.length ? { reply_markup: keyboardOf(buttons) } : {}),
        })
        return { kind: 'sent' }
      } catch (error) {
        return readRefusal(error)
      }
    },
  }
}

/** Buttons below a message, one a line. */
export function keyboardOf(buttons: readonly MessageButton[]): InlineKeyboard {
  return new InlineKeyboard(
    buttons.map(({ text, url, isMiniApp }) => [
      isMiniApp ? InlineKeyboard.webApp(text, url) : InlineKeyboard.url(text, url),
    ]),
  )
}

/** The connection never came about. */
const NOT_CONNECTED = z.object({
  error: z.object({ code: z.enum(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND']) }),
})

/** What a call that threw says about the message. */
function readRefusal(error: unknown): SendOutcome {
  // Telegram was not called: leave to write could not be asked for, or nobody was reached.
  if (isAppError(error) && error.kind === 'unavailable') {
    return { kind: 'later', reason: error.message }
  }
  if (error instanceof HttpError && NOT_CONNECTED.safeParse(error).success) {
    return { kind: 'later', reason: 'no connection' }
  }
  // No answer, so the message may have arrived.
  if (!(error instanceof GrammyError)) return { kind: 'unclear', reason: 'no answer' }
  const { error_code: status, description: reason, parameters } = error
  if (status === 429) {
    return { kind: 'later', reason, retryAfterMs: (parameters.retry_after ?? 1) * 1_000 }
  }
  if (status === 403) return { kind: 'unreachable', reason, isBlocked: true }
  if (status === 400 && /chat not found/i.test(reason)) {
    return { kind: 'unreachable', reason, isBlocked: true }
  }
  if (status >= 500) return { kind: 'unclear', reason }
  return { kind: 'refused', reason }
}
