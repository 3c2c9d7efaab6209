import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'

/** Somebody wants to be the friend of `userId`, who may see it. */
export const friendshipRequested = defineEvent('friendship.requested', {
  version: 1,
  schema: z.object({ requestedBy: z.uuid(), userId: z.uuid() }),
})

/** Two people are friends now. */
export const friendshipAccepted = defineEvent('friendship.accepted', {
  version: 1,
  schema: z.object({ requestedBy: z.uuid(), userId: z.uuid() }),
})

/** Two people are friends no more. */
export const friendshipRemoved = defineEvent('friendship.removed', {
  version: 1,
  schema: z.object({ removedBy: z.uuid(), userId: z.uuid() }),
})
