import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'

/** What somebody may do for the app changed. */
export const userRoleChanged = defineEvent('user.role_changed', {
  version: 1,
  schema: z.object({ userId: z.uuid(), role: z.enum(['user', 'admin', 'owner']) }),
})

/** Somebody was seen for the first time. */
export const userCreated = defineEvent('user.created', {
  version: 1,
  schema: z.object({ userId: z.uuid(), kind: z.enum(['guest', 'registered']) }),
})

/** A guest proved who they are. */
export const userRegistered = defineEvent('user.registered', {
  version: 1,
  schema: z.object({ userId: z.uuid() }),
})

/**
 * It is known where somebody came from; once for each user. The source is text that anybody may have
 * written, so it stands in the row alone, where it can be forgotten.
 */
export const userAttributed = defineEvent('user.attributed', {
  version: 1,
  schema: z.object({
    userId: z.uuid(),
    via: z.enum(['start', 'startapp', 'web']),
  }),
})
