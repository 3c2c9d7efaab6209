import { z } from 'zod'
import { defineEvent } from '../../../platform/outbox/index.ts'
import { ALERT_METRICS, SEVERITIES } from './alert.ts'

/** Somebody has to look at something. */
export const alertOpened = defineEvent('alert.opened', {
  version: 1,
  schema: z.object({
    alertId: z.uuid(),
    metric: z.enum(ALERT_METRICS),
    severity: z.enum(SEVERITIES),
    value: z.number(),
    threshold: z.number(),
  }),
})

/** Nobody has acknowledged a critical alert for so many minutes. */
export const alertEscalated = defineEvent('alert.escalated', {
  version: 1,
  schema: z.object({ alertId: z.uuid(), minutes: z.int().positive() }),
})

/** What an alert was about is over. */
export const alertResolved = defineEvent('alert.resolved', {
  version: 1,
  schema: z.object({ alertId: z.uuid() }),
})
