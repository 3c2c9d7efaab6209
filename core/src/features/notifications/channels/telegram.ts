import { type Api, GrammyError, InlineKeyboard } from 'grammy'
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

/** What a call that threw says about the message. */
export function readRefusal(error: unknown): SendOutcome {
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
