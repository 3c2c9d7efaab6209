import {
  anyTemplate,
  defineTemplate,
  type MessageContent,
  type NotificationOptions,
  type NotificationTemplate,
} from '@gramkit/core/notifications'
import { z } from 'zod'
import { dayText, moneyText, planTextsFor } from '../bot/plan-texts.ts'

const DAY_MS = 86_400_000
/** A reminder of the evening says nothing true any more when the next day begins. */
const EVENING_MS = 9 * 3_600_000

type Days = { readonly days: number }
/** A subscription that ends or costs something soon; amount and currency are empty for a trial. */
interface Ending extends Readonly<Record<string, string>> {
  readonly title: string
  /** ISO 8601. */
  readonly at: string
  readonly amount: string
  readonly currency: string
}

/** What the shop tells people by itself, with a button that opens it. */
export interface ShopTemplates {
  readonly welcome: NotificationTemplate<Record<string, never>>
  readonly streakEnding: NotificationTemplate<Days>
  readonly missed: NotificationTemplate<Days>
  readonly renewing: NotificationTemplate<Ending>
  readonly trialEnding: NotificationTemplate<Ending>
}

/** Makes the shop's templates around the address of its Mini App. */
export function shopTemplates(miniAppUrl: string): ShopTemplates {
  const en = { buttons: [{ text: 'Open the shop', url: miniAppUrl, isMiniApp: true }] }
  const ru = { buttons: [{ text: 'Открыть магазин', url: miniAppUrl, isMiniApp: true }] }
  const days = z.object({ days: z.int() })
  const ending = z.object({
    title: z.string(),
    at: z.iso.datetime(),
    amount: z.string(),
    currency: z.string(),
  })
  const endingText =
    (language: 'en' | 'ru', which: 'upcoming' | 'trialEnding') =>
    ({ title, at, amount, currency }: Ending): MessageContent => ({
      title,
      text: planTextsFor(language)[which]({
        title,
        day: dayText(language, at),
        price: moneyText(amount, currency),
      }),
    })
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
    renewing: defineTemplate({
      id: 'subscription.renewing',
      topic: null,
      priority: 'high',
      channels: ['telegram', 'webhook'],
      validMs: 3 * DAY_MS,
      schema: ending,
      texts: { en: endingText('en', 'upcoming'), ru: endingText('ru', 'upcoming') },
    }),
    trialEnding: defineTemplate({
      id: 'subscription.trial_ending',
      topic: null,
      priority: 'high',
      channels: ['telegram', 'webhook'],
      validMs: 3 * DAY_MS,
      schema: ending,
      texts: { en: endingText('en', 'trialEnding'), ru: endingText('ru', 'trialEnding') },
    }),
  }
}

/** What the shop declares about notifications. */
export function shopNotifications(
  templates: ShopTemplates,
  paidBroadcastStarsMax: number,
): NotificationOptions {
  const { welcome, streakEnding, missed, renewing, trialEnding } = templates
  return {
    templates: [
      anyTemplate(welcome),
      anyTemplate(streakEnding),
      anyTemplate(missed),
      anyTemplate(renewing),
      anyTemplate(trialEnding),
    ],
    topics: [
      { id: 'reminders', title: { en: 'Reminders', ru: 'Напоминания' } },
      { id: 'tips', title: { en: 'Tips', ru: 'Советы' } },
    ],
    paidBroadcastStarsMax,
  }
}
