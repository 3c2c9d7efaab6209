import { type AnyTemplate, anyTemplate } from '@gramkit/core/notifications'
import { alertEscalatedTemplate, alertOpenedTemplate } from '@gramkit/core/quality'
import { referralJoinedTemplate, rewardEarnedTemplate } from '@gramkit/core/referrals'
import { WAITLIST_TEMPLATES } from '@gramkit/core/waitlist'

/** What people are told. */
export const TEMPLATES: readonly AnyTemplate[] = [
  anyTemplate(alertOpenedTemplate),
  anyTemplate(alertEscalatedTemplate),
  anyTemplate(referralJoinedTemplate),
  anyTemplate(rewardEarnedTemplate),
  ...Object.values(WAITLIST_TEMPLATES).map(anyTemplate),
]
