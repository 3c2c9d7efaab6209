import { defineJob, type EventSubscription, subscribe } from '@gramkit/core/jobs'
import { deriveId, NotFound } from '@gramkit/core/kernel'
import { notifyOn } from '@gramkit/core/notifications'
import { paymentRefunded, paymentSucceeded } from '@gramkit/core/payments'
import { subscriptionEvents } from '@gramkit/core/subscriptions'
import { z } from 'zod'
import type { ShopServices } from '../services.ts'
import { NOTICES } from './notices.ts'

/**
 * Offers the plan that was chosen to follow: Telegram cannot change a plan by itself, so its link is
 * asked for first.
 */
export const offerFollowingPlan = defineJob({
  name: 'shop.offer_following_plan',
  /** The occasion is the event: a job that is tried again sends the same link, once. */
  schema: z.object({ occasion: z.uuid(), userId: z.uuid(), productId: z.string() }),
  async runOutside(services: ShopServices, { occasion, userId, productId }) {
    const { product, confirmationUrl: link } = await services.payments.start({
      id: deriveId(occasion, 'link'),
      ...{ userId, productId, gateway: 'telegram-stars', currency: 'XTR', surface: 'telegram' },
    })
    // While Telegram is away there is none yet: the job is tried again.
    if (!link) throw new NotFound({ what: 'link to pay for', id: productId })
    const facts = { title: product.title, link }
    await services.notifications.send(NOTICES.followed, facts, { userId, occasion })
  },
})

/** Tells people of whatever they should know of a payment or a subscription. */
export const noticeSubscriptions: readonly EventSubscription<ShopServices>[] = [
  subscribe({
    event: paymentSucceeded,
    consumer: 'shop.notice_payment',
    async handle(tx: ShopServices, { id: occasion, userId, payload }) {
      if (!userId) return
      const template = payload.isRenewal ? NOTICES.renewed : NOTICES.paid
      const facts = await paymentFacts(tx, payload)
      await tx.notifications.send(template, facts, { userId, occasion })
    },
  }),
  notifyOn(paymentRefunded, {
    template: NOTICES.refunded,
    consumer: 'shop.notice_refund',
    facts: (tx: ShopServices, { payload }) => paymentFacts(tx, payload),
  }),
  notifyOn(subscriptionEvents.subscriptionRenewalUpcoming, {
    template: NOTICES.renewing,
    consumer: 'shop.notice_upcoming',
    facts: (tx: ShopServices, { payload: { productId, chargeAt: at, amount, currency } }) => ({
      ...planFacts(tx, productId),
      ...{ at, amount, currency },
    }),
  }),
  notifyOn(subscriptionEvents.subscriptionTrialEnding, {
    template: NOTICES.trialEnding,
    consumer: 'shop.notice_trial_ending',
    facts: (tx: ShopServices, { payload: { productId, accessUntil: at } }) => ({
      ...planFacts(tx, productId),
      at,
    }),
  }),
  notifyOn(subscriptionEvents.subscriptionEnding, {
    template: NOTICES.ending,
    consumer: 'shop.notice_ending',
    facts: (tx: ShopServices, { payload: { productId, accessUntil: at } }) => ({
      ...planFacts(tx, productId),
      at,
    }),
  }),
  subscribe({
    event: subscriptionEvents.subscriptionPastDue,
    consumer: 'shop.notice_past_due',
    async handle(tx: ShopServices, { id: occasion, userId, payload }) {
      if (!userId) return
      const { productId, isFinal, nextTryAt, accessUntil } = payload
      const template = isFinal ? NOTICES.declinedFinally : NOTICES.declined
      const facts = { ...planFacts(tx, productId), at: nextTryAt ?? accessUntil }
      await tx.notifications.send(template, facts, { userId, occasion })
    },
  }),
  notifyOn(subscriptionEvents.subscriptionChangeDeclined, {
    template: NOTICES.changeDeclined,
    consumer: 'shop.notice_change_declined',
    facts: (tx: ShopServices, { payload }) => planFacts(tx, payload.productId),
  }),
  notifyOn(subscriptionEvents.subscriptionGifted, {
    template: NOTICES.gifted,
    consumer: 'shop.notice_gift',
    facts: (tx: ShopServices, { payload: { productId, currentPeriodEnd, accessUntil } }) => ({
      ...planFacts(tx, productId),
      at: accessUntil ?? currentPeriodEnd,
    }),
  }),
  subscribe({
    event: subscriptionEvents.subscriptionExpired,
    consumer: 'shop.notice_expired',
    async handle(tx: ShopServices, { id: occasion, userId, payload }) {
      if (!userId) return
      const { productId, nextProductId } = payload
      if (nextProductId) {
        const offer = { occasion, userId, productId: nextProductId }
        return tx.repos.jobs.enqueue(offerFollowingPlan, offer)
      }
      await tx.notifications.send(NOTICES.expired, planFacts(tx, productId), { userId, occasion })
    },
  }),
]

async function paymentFacts(
  { payments }: ShopServices,
  { paymentId }: { readonly paymentId: string },
): Promise<{ title: string }> {
  return { title: (await payments.getById(paymentId)).product.title }
}

/** A plan that is no longer in the catalog goes by its id. */
function planFacts({ products }: ShopServices, productId: string): { title: string } {
  return { title: products.find(productId)?.title ?? productId }
}
