import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'

/** Somebody was seen for the first time. */
export const userCreated = defineEvent('user.created', {
  version: 1,
  schema: z.object({ userId: z.uuid(), kind: z.enum(['guest', 'registered']) }),
})
