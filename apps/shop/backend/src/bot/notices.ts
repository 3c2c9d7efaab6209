import { defineJob, type EventSubscription, subscribe } from '@gramkit/core/jobs'
import { paymentRefunded, paymentSucceeded } from '@gramkit/core/payments'
import type { Api } from 'grammy'
import { z } from 'zod'
import type { ShopServices } from '../services.ts'
import { sendNotice } from './send-notice.ts'
import { textsFor } from './texts.ts'

/** Makes the job that tells a buyer in the chat what became of a payment. */
export function noticeJob(api: Pick<Api, 'sendMessage'>) {
  return defineJob({
    name: 'shop.send_notice',
    schema: z.object({ paymentId: z.uuid(), notice: z.enum(['paid', 'renewed', 'refunded']) }),
    attemptsMax: 5,
    async runOutside(services: ShopServices, { paymentId, notice }) {
      const payment = await services.payments.getById(paymentId)
      const user = await services.users.getById(payment.userId)
      const text = textsFor(user.languageCode)[notice](payment.product.title)
      await sendNotice(api, services, user, { text })
    },
  })
}

/** Writes a notice for each payment that moved money. */
export function noticeSubscriptions(
  job: ReturnType<typeof noticeJob>,
): EventSubscription<ShopServices>[] {
  return [
    subscribe({
      event: paymentSucceeded,
      consumer: 'shop.notice_payment',
      handle: (tx: ShopServices, { payload: { paymentId, isRenewal } }) =>
        tx.repos.jobs.enqueue(job, { paymentId, notice: isRenewal ? 'renewed' : 'paid' }),
    }),
    subscribe({
      event: paymentRefunded,
      consumer: 'shop.notice_refund',
      handle: (tx: ShopServices, { payload: { paymentId } }) =>
        tx.repos.jobs.enqueue(job, { paymentId, notice: 'refunded' }),
    }),
  ]
}
