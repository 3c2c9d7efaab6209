import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'

/** Somebody joined the waitlist; `inviterEntryId` is whose link they came by. */
export const waitlistJoined = defineEvent('waitlist.joined', {
  version: 1,
  schema: z.object({
    entryId: z.uuid(),
    inviterEntryId: z.uuid().nullable(),
    /** They proved who they are already, so they wait. */
    isConfirmed: z.boolean(),
  }),
})

/** Somebody proved their address and waits from now on. */
export const waitlistConfirmed = defineEvent('waitlist.confirmed', {
  version: 1,
  schema: z.object({ entryId: z.uuid() }),
})

/** Somebody is on the waitlist no more, or never confirmed that they want to be. */
export const waitlistLeft = defineEvent('waitlist.left', {
  version: 1,
  schema: z.object({ entryId: z.uuid(), reason: z.enum(['asked', 'unconfirmed', 'erased']) }),
})

/** Somebody was invited by a code of a batch. */
export const waitlistInvited = defineEvent('waitlist.invited', {
  version: 1,
  schema: z.object({ entryId: z.uuid(), batchId: z.uuid(), invitationId: z.uuid() }),
})

/** Somebody was let in; `inviterEntryId` is who had earned the code. */
export const waitlistAdmitted = defineEvent('waitlist.admitted', {
  version: 1,
  schema: z.object({
    entryId: z.uuid(),
    userId: z.uuid(),
    invitationId: z.uuid(),
    inviterEntryId: z.uuid().nullable(),
  }),
})

/** The next of the waitlist were invited. */
export const batchGenerated = defineEvent('batch.generated', {
  version: 1,
  schema: z.object({ batchId: z.uuid(), requested: z.int(), generated: z.int() }),
})

/** An invitation expired unused, and its entry waits again, at the place it had. */
export const waitlistRequeued = defineEvent('waitlist.requeued', {
  version: 1,
  schema: z.object({ entryId: z.uuid(), requeues: z.int() }),
})

/** Somebody is not invited any more unless they join again: too many invitations expired, or one was revoked. */
export const waitlistLapsed = defineEvent('waitlist.lapsed', {
  version: 1,
  schema: z.object({ entryId: z.uuid(), reason: z.enum(['expired', 'revoked']) }),
})
