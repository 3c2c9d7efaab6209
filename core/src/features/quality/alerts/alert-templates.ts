import { z } from 'zod'
import type { Language } from '../../../kernel/index.ts'
import type { MessageContent, NotificationTemplate } from '../../notifications/index.ts'
import { ALERT_METRICS, type AlertMetric, SEVERITIES, type Severity } from './alert.ts'

const factsSchema = z.object({
  metric: z.enum(ALERT_METRICS),
  severity: z.enum(SEVERITIES),
  value: z.number(),
  threshold: z.number(),
  minutes: z.int().min(0),
})

/** What an alert's message is filled with. */
export type AlertFacts = z.infer<typeof factsSchema>

const METRIC_NAMES: Readonly<Record<Language, Readonly<Record<AlertMetric, string>>>> = {
  en: { trust: 'trust', churn: 'churn', fraud: 'fraud', engagement: 'engagement' },
  ru: { trust: 'доверие', churn: 'отток', fraud: 'мошенничество', engagement: 'вовлечённость' },
}

const SEVERITY_NAMES: Readonly<Record<Language, Readonly<Record<Severity, string>>>> = {
  en: { warning: 'Warning', critical: 'Critical' },
  ru: { warning: 'Внимание', critical: 'Критично' },
}

function write(language: Language, { metric, severity, ...facts }: AlertFacts): MessageContent {
  const percent = (share: number): string =>
    new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(share)
  const title = `${SEVERITY_NAMES[language][severity]}: ${METRIC_NAMES[language][metric]}`
  const [value, threshold] = [percent(facts.value), percent(facts.threshold)]
  const told =
    language === 'ru'
      ? `${title} ${value}, порог ${threshold}.`
      : `${title} is at ${value}, the threshold is ${threshold}.`
  if (facts.minutes === 0) return { title, text: told }
  const unseen =
    language === 'ru'
      ? `Прошло минут: ${facts.minutes}, и никто этим не занят. Подтвердите в консоли.`
      : `Nobody has looked at it for ${facts.minutes} minutes. Acknowledge it in the console.`
  return { title, text: `${told} ${unseen}` }
}

const shared = {
  // Whoever runs the app hears of it at any hour.
  topic: null,
  priority: 'high',
  validMs: 86_400_000,
  isFor: () => true,
  schema: factsSchema,
  texts: { en: (facts: AlertFacts) => write('en', facts), ru: (facts) => write('ru', facts) },
} as const satisfies Partial<NotificationTemplate<AlertFacts>>

/** Tells admins and owners of a new alert: in the chat with the bot, or else by mail. */
export const alertOpenedTemplate: NotificationTemplate<AlertFacts> = {
  ...shared,
  id: 'alert.opened',
  channels: ['telegram', 'email'],
}

/** Tells of an alert again, the other way round: by mail, or else in the chat with the bot. */
export const alertEscalatedTemplate: NotificationTemplate<AlertFacts> = {
  ...shared,
  id: 'alert.escalated',
  channels: ['email', 'telegram'],
}
