import {
  anyTemplate,
  defineTemplate,
  type NotificationOptions,
  type NotificationTemplate,
} from '@gramkit/core/notifications'
import { z } from 'zod'
import { NOTICES } from './notices.ts'

/** A reminder of the evening says nothing true any more when the next day begins. */
const EVENING_MS = 9 * 3_600_000

type Days = { readonly days: number }

/** What the shop tells people by itself, with a button that opens it. */
export interface ShopTemplates {
  readonly welcome: NotificationTemplate<Record<string, never>>
  readonly streakEnding: NotificationTemplate<Days>
  readonly missed: NotificationTemplate<Days>
}

/** Makes the shop's templates around the address of its Mini App. */
export function shopTemplates(miniAppUrl: string): ShopTemplates {
  const en = { buttons: [{ text: 'Open the shop', url: miniAppUrl, isMiniApp: true }] }
  const ru = { buttons: [{ text: 'Открыть магазин', url: miniAppUrl, isMiniApp: true }] }
  const days = z.object({ days: z.int() })
  return {
    welcome: defineTemplate({
      id: 'shop.welcome',
      topic: 'tips',
      priority: 'low',
      schema: z.object({}),
      isFor: ({ kind }) => kind === 'registered',
      texts: {
        en: () => ({
          ...en,
          title: 'Welcome',
          text: 'Good to have you! Come by every day to keep your streak, and send /invite to bring a friend.',
        }),
        ru: () => ({
          ...ru,
          title: 'Добро пожаловать',
          text: 'Рады вам! Заглядывайте каждый день, чтобы не прервать серию, а командой /invite позовите друга.',
        }),
      },
    }),
    streakEnding: defineTemplate({
      id: 'streak.ending',
      topic: 'reminders',
      validMs: EVENING_MS,
      schema: days,
      texts: {
        en: (facts) => ({
          ...en,
          title: 'Your streak ends tonight',
          text: `Days in a row: ${facts.days}. Open the shop before the night is over to keep your streak.`,
        }),
        ru: (facts) => ({
          ...ru,
          title: 'Серия прервётся этой ночью',
          text: `Дней подряд: ${facts.days}. Загляните в магазин до конца ночи, чтобы не прервать серию.`,
        }),
      },
    }),
    missed: defineTemplate({
      id: 'user.missed',
      topic: 'reminders',
      priority: 'low',
      schema: days,
      texts: {
        en: () => ({ ...en, title: 'We miss you', text: 'We have not seen you for a while.' }),
        ru: () => ({ ...ru, title: 'Мы скучаем', text: 'Вас давно не было видно.' }),
      },
    }),
  }
}

/** What the shop declares about notifications. */
export function shopNotifications(
  templates: ShopTemplates,
  paidBroadcastStarsMax: number,
): NotificationOptions {
  const { welcome, streakEnding, missed } = templates
  return {
    templates: [
      anyTemplate(welcome),
      anyTemplate(streakEnding),
      anyTemplate(missed),
      anyTemplate(NOTICES.paid),
      anyTemplate(NOTICES.renewed),
      anyTemplate(NOTICES.refunded),
      anyTemplate(NOTICES.renewing),
      anyTemplate(NOTICES.trialEnding),
      anyTemplate(NOTICES.ending),
      anyTemplate(NOTICES.declined),
      anyTemplate(NOTICES.declinedFinally),
      anyTemplate(NOTICES.changeDeclined),
      anyTemplate(NOTICES.expired),
      anyTemplate(NOTICES.followed),
      anyTemplate(NOTICES.gifted),
    ],
    topics: [
      { id: 'reminders', title: { en: 'Reminders', ru: 'Напоминания' } },
      { id: 'tips', title: { en: 'Tips', ru: 'Советы' } },
    ],
    paidBroadcastStarsMax,
  }
}
