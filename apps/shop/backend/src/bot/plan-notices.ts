import { defineJob, type EventSubscription, subscribe } from '@gramkit/core/jobs'
import { deriveId, newId } from '@gramkit/core/kernel'
import { subscriptionEvents } from '@gramkit/core/subscriptions'
import { type Api, InlineKeyboard } from 'grammy'
import { z } from 'zod'
import type { ShopServices } from '../services.ts'
import { dayText, planTextsFor } from './plan-texts.ts'
import { sendNotice } from './send-notice.ts'

const noticeSchema = z.object({
  /** Of the event: a notice that is tried again sends the same link. */
  noticeId: z.uuid(),
  userId: z.uuid(),
  productId: z.string(),
  notice: z.enum([
    'declined',
    'declinedFinally',
    'changeDeclined',
    'expired',
    'followed',
    'gifted',
  ]),
  /** ISO 8601. */
  at: z.string(),
})

type Notice = Omit<z.output<typeof noticeSchema>, 'noticeId' | 'userId'>

/** Makes the job that tells a person in the chat what becomes of their subscription. */
export function planNoticeJob(api: Pick<Api, 'sendMessage'>) {
  return defineJob({
    name: 'shop.send_plan_notice',
    schema: noticeSchema,
    attemptsMax: 5,
    async runOutside(services: ShopServices, notice) {
      const user = await services.users.getById(notice.userId)
      if (user.telegramId === null) return
      const texts = planTextsFor(user.languageCode)
      const product = services.products.find(notice.productId)
      if (!product) return
      const text = texts[notice.notice]({
        title: product.title,
        day: dayText(user.languageCode, notice.at),
      })
      const link = notice.notice === 'followed' ? await linkFor(services, notice) : null
      await sendNotice(api, services, user, {
        text,
        ...(link ? { keyboard: { reply_markup: new InlineKeyboard().url(texts.pay, link) } } : {}),
      })
    },
  })
}

/** Where the plan that was chosen to follow is paid: Telegram cannot change a plan by itself. */
async function linkFor(
  services: ShopServices,
  { noticeId, userId, productId }: z.output<typeof noticeSchema>,
): Promise<string | null> {
  const payment = await services.payments.start({
    id: deriveId(noticeId, 'link'),
    ...{ userId, productId, gateway: 'telegram-stars', currency: 'XTR', surface: 'telegram' },
  })
  return payment.confirmationUrl
}

/** Writes a notice for whatever a person should know of a subscription. */
export function planNoticeSubscriptions(
  job: ReturnType<typeof planNoticeJob>,
): EventSubscription<ShopServices>[] {
  const send = async (
    tx: ShopServices,
    { userId }: { readonly userId: string | null },
    notice: Notice,
  ): Promise<void> => {
    if (userId) await tx.repos.jobs.enqueue(job, { ...notice, userId, noticeId: newId() })
  }
  return [
    subscribe({
      event: subscriptionEvents.subscriptionPastDue,
      consumer: 'shop.notice_past_due',
      handle: (tx: ShopServices, event) => {
        const { productId, isFinal, nextTryAt, accessUntil } = event.payload
        const notice = isFinal ? 'declinedFinally' : 'declined'
        return send(tx, event, { productId, notice, at: nextTryAt ?? accessUntil })
      },
    }),
    subscribe({
      event: subscriptionEvents.subscriptionChangeDeclined,
      consumer: 'shop.notice_change_declined',
      handle: (tx: ShopServices, event) => {
        const { productId, currentPeriodEnd: at } = event.payload
        return send(tx, event, { productId, notice: 'changeDeclined', at })
      },
    }),
    subscribe({
      event: subscriptionEvents.subscriptionGifted,
      consumer: 'shop.notice_gift',
      handle: (tx: ShopServices, event) => {
        const { productId, currentPeriodEnd, accessUntil } = event.payload
        return send(tx, event, { productId, notice: 'gifted', at: accessUntil ?? currentPeriodEnd })
      },
    }),
    subscribe({
      event: subscriptionEvents.subscriptionExpired,
      consumer: 'shop.notice_expired',
      handle: (tx: ShopServices, event) => {
        const { productId, nextProductId, currentPeriodEnd: at } = event.payload
        return nextProductId
          ? send(tx, event, { productId: nextProductId, notice: 'followed', at })
          : send(tx, event, { productId, notice: 'expired', at })
      },
    }),
  ]
}
