import { billingPlugIns, configureBilling, createPlatform } from '@gramkit/core'
import { type CustomerNotice, definePlugIn, noticeText } from '@gramkit/core/billing'
import { z } from 'zod'

/** Makes a platform that tells customers by whatever `post` is: an SMS, a chat, a letter. */
export async function openWithNotices(
  databaseUrl: string,
  post: (to: string, text: string) => Promise<void>,
) {
  const plugIns = billingPlugIns()
  plugIns.notificationServices.register(
    'post',
    definePlugIn({
      options: z.strictObject({ sender: z.string() }),
      open: ({ sender }) => ({
        // Called by a job that comes again when it fails: `notice.id` tells a repetition.
        async send(notice: CustomerNotice) {
          const { subject } = noticeText(notice)
          await post(notice.customer.email, `${sender}: ${subject}`)
          return 'sent'
        },
      }),
    }),
  )
  const configured = await configureBilling(
    { notifications: { type: 'post', options: { sender: 'Acme' } } },
    plugIns,
  )
  return createPlatform({ databaseUrl, ...configured })
}
