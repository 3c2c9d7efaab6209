import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'
import { SUBSCRIPTION_STATUSES } from './subscription.ts'

const schema = z.object({
  subscriptionId: z.uuid(),
  productId: z.string(),
  status: z.enum(SUBSCRIPTION_STATUSES),
  /** ISO 8601. */
  currentPeriodEnd: z.string(),
})

/** A subscription began. */
export const subscriptionStarted = defineEvent('subscription.started', { version: 1, schema })

/** A further period was paid. */
export const subscriptionRenewed = defineEvent('subscription.renewed', { version: 1, schema })

/** A renewal was declined. */
export const subscriptionPastDue = defineEvent('subscription.past_due', { version: 1, schema })

/** The subscription will not be renewed; access stays until the period's end. */
export const subscriptionCanceled = defineEvent('subscription.canceled', { version: 1, schema })

/** A canceled subscription goes on after all. */
export const subscriptionResumed = defineEvent('subscription.resumed', { version: 1, schema })

/** Access ended. */
export const subscriptionExpired = defineEvent('subscription.expired', { version: 1, schema })
