import { isAppError } from '../../../kernel/index.ts'
import { assertNoTransaction } from '../../../platform/database/index.ts'
import type { Mailer } from '../../../platform/mail/index.ts'
import type { NotificationChannel, SendOutcome } from '../channel.ts'
import type { MessageContent } from '../template.ts'

/** How notifications are mailed. */
export interface EmailChannelOptions {
  readonly mailer: Mailer
  /** The address that somebody confirmed, or undefined. */
  readonly addressOf: (userId: string) => Promise<string | undefined>
}

/**
 * Mails to people who have confirmed an address.
 *
 * @example
 * const channel = emailChannel({ mailer, addressOf })
 */
export function emailChannel({ mailer, addressOf }: EmailChannelOptions): NotificationChannel {
  return {
    name: 'email',
    // A mailbox may tell a repetition by the id of the mail; many show both.
    isRepeatable: false,
    async send({ id, user, ...content }) {
      assertNoTransaction('emailChannel.send')
      const to = await addressOf(user.id)
      if (to === undefined) return { kind: 'unreachable', reason: 'no address' }
      try {
        await mailer.send({ id, to, subject: content.title, text: textOf(content) })
        return { kind: 'sent' }
      } catch (error) {
        return readFailure(error)
      }
    },
  }
}

function textOf({ text, buttons = [] }: MessageContent): string {
  return [text, ...buttons.map((button) => `${button.text}: ${button.url}`)].join('\n\n')
}

function readFailure(error: unknown): SendOutcome {
  if (!isAppError(error)) throw error
  if (error.code === 'mail.refused') return { kind: 'unreachable', reason: error.message }
  if (error.code === 'mail.unclear') return { kind: 'unclear', reason: error.message }
  return { kind: 'later', reason: error.message }
}
