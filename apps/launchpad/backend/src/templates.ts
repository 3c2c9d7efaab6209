import { type AnyTemplate, anyTemplate } from '@gramkit/core/notifications'
import { alertEscalatedTemplate, alertOpenedTemplate } from '@gramkit/core/quality'

/** What people are told. */
export const TEMPLATES: readonly AnyTemplate[] = [
  anyTemplate(alertOpenedTemplate),
  anyTemplate(alertEscalatedTemplate),
]
