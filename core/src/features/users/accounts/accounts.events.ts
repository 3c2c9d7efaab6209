import { z } from 'zod'
import { defineEvent } from '../../../platform/outbox/index.ts'

/** A guest turned out to be a known user, who now has all that was the guest's. */
export const userMerged = defineEvent('user.merged', {
  version: 1,
  schema: z.object({ guestId: z.uuid(), userId: z.uuid() }),
})

/** Somebody was forgotten: what tells who they were is gone. */
export const userErased = defineEvent('user.erased', {
  version: 1,
  schema: z.object({ userId: z.uuid() }),
})
