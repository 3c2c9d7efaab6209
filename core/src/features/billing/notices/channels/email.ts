import { isAppError } from '../../../../kernel/index.ts'
import type { Mailer } from '../../../../platform/mail/index.ts'
import type { CustomerNotifier } from '../notice.ts'
import { noticeText } from '../notice-texts.ts'

/** Mails customers, in plain text and the language of their tenant's documents. */
export function emailNotifier(mailer: Mailer): CustomerNotifier {
  return {
    async send(notice) {
      try {
        await mailer.send({ id: notice.id, to: notice.customer.email, ...noticeText(notice) })
        return 'sent'
      } catch (error) {
        if (isAppError(error) && error.code === 'mail.refused') return 'refused'
        throw error
      }
    },
  }
}
