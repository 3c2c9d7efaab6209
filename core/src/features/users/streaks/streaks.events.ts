import { z } from 'zod'
import { defineEvent } from '../../../platform/outbox/index.ts'

/** Somebody came 3, 7, 14, 30 or 100 days in a row. */
export const streakMilestoneReached = defineEvent('streak.milestone_reached', {
  version: 1,
  schema: z.object({
    userId: z.uuid(),
    days: z.int().positive(),
    /** Whether they never came more days in a row. */
    isBest: z.boolean(),
  }),
})
