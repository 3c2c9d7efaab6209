import { z } from 'zod'
import { CURRENCIES } from '../../kernel/index.ts'
import { defineEvent } from '../../platform/outbox/index.ts'
import { SUBSCRIPTION_STATUSES } from './subscription.ts'

/** ISO 8601. */
const instantText = z.string()

const schema = z.object({
  subscriptionId: z.uuid(),
  productId: z.string(),
  status: z.enum(SUBSCRIPTION_STATUSES),
  currentPeriodEnd: instantText,
})

/** A subscription began, paid, as a trial or as a gift. */
export const subscriptionStarted = defineEvent('subscription.started', { version: 1, schema })

/** A further period was paid. */
export const subscriptionRenewed = defineEvent('subscription.renewed', { version: 1, schema })

/** A charge for the next period comes soon. */
export const subscriptionRenewalUpcoming = defineEvent('subscription.renewal_upcoming', {
  version: 1,
  schema: schema.extend({
    chargeAt: instantText,
    /** Minor units. */
    amount: z.string().regex(/^\d+$/),
    currency: z.enum(CURRENCIES),
  }),
})

const endingSchema = schema.extend({ accessUntil: instantText })

/** A trial ends soon. */
export const subscriptionTrialEnding = defineEvent('subscription.trial_ending', {
  version: 1,
  schema: endingSchema,
})

/** Access ends soon, as nobody renews it. */
export const subscriptionEnding = defineEvent('subscription.ending', {
  version: 1,
  schema: endingSchema,
})

/** A renewal was declined. */
export const subscriptionPastDue = defineEvent('subscription.past_due', {
  version: 1,
  schema: schema.extend({
    /** The provider's words. */
    reason: z.string().nullable(),
    /** The same method is not tried again. */
    isFinal: z.boolean(),
    nextTryAt: instantText.nullable(),
    accessUntil: instantText,
  }),
})

/** The subscription will not be renewed; access stays until the period's end. */
export const subscriptionCanceled = defineEvent('subscription.canceled', { version: 1, schema })

/** Its time stands still, without access. */
export const subscriptionPaused = defineEvent('subscription.paused', { version: 1, schema })

/** A canceled or paused subscription goes on after all. */
export const subscriptionResumed = defineEvent('subscription.resumed', { version: 1, schema })

/** Another plan was chosen: from now on, or from the next period on. */
export const subscriptionChanged = defineEvent('subscription.changed', {
  version: 1,
  schema: schema.extend({ nextProductId: z.string().nullable() }),
})

/** The charge for another plan was declined: everything stays as it was. */
export const subscriptionChangeDeclined = defineEvent('subscription.change_declined', {
  version: 1,
  schema: schema.extend({ reason: z.string().nullable() }),
})

/** Time was given for nothing. */
export const subscriptionGifted = defineEvent('subscription.gifted', {
  version: 1,
  schema: schema.extend({ giftId: z.uuid(), accessUntil: instantText.nullable() }),
})

/** What is left of a gift was taken back. */
export const subscriptionGiftTakenBack = defineEvent('subscription.gift_taken_back', {
  version: 1,
  schema: schema.extend({ giftId: z.uuid(), accessUntil: instantText.nullable() }),
})

/** Access ended. */
export const subscriptionExpired = defineEvent('subscription.expired', {
  version: 1,
  /** The plan that was chosen to follow, which its user has to buy. */
  schema: schema.extend({ nextProductId: z.string().nullable() }),
})
