import { z } from 'zod'
import { idSchema } from '../../kernel/index.ts'
import { type DomainEvent, defineEvent } from '../../platform/outbox/index.ts'
import type { Invitation } from './invitation.ts'
import type { UseAttempt, UseDecision } from './invitation-storage.ts'

const instant = z.iso.datetime()
const invitation = { invitationId: z.uuid(), code: z.string() }

/** An invitation was made. */
export const invitationCreated = defineEvent('invitation.created', {
  version: 1,
  schema: z.object({
    ...invitation,
    createdBy: z.string(),
    createdAt: instant,
    expiresAt: instant.nullable(),
    usageLimit: z.int().nullable(),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
})

/** Many invitations were made at once; none of them has an event of its own. */
export const invitationBatchCreated = defineEvent('invitation.batch_created', {
  version: 1,
  schema: z.object({
    batchId: z.uuid(),
    createdBy: z.string(),
    createdAt: instant,
    count: z.int(),
  }),
})

/** Somebody used an invitation. */
export const invitationUsed = defineEvent('invitation.used', {
  version: 1,
  schema: z.object({
    ...invitation,
    usedBy: z.string(),
    usedAt: instant,
    useCount: z.int(),
    /** Null for any number. */
    remainingUses: z.int().nullable(),
    isExhausted: z.boolean(),
  }),
})

/** An invitation was taken back. */
export const invitationRevoked = defineEvent('invitation.revoked', {
  version: 1,
  schema: z.object({
    ...invitation,
    revokedBy: z.string(),
    revokedAt: instant,
    reason: z.string().nullable(),
  }),
})

/** The time of an invitation is over. */
export const invitationExpired = defineEvent('invitation.expired', {
  version: 1,
  schema: z.object({ ...invitation, expiredAt: instant }),
})

/** An invitation was used as often as it may be. */
export const invitationLimitReached = defineEvent('invitation.limit_reached', {
  version: 1,
  schema: z.object({
    ...invitation,
    usageLimit: z.int(),
    finalUsedBy: z.string(),
    reachedAt: instant,
  }),
})

/** Tells that an invitation was made. */
export function tellCreated(invitation: Invitation): DomainEvent {
  const { createdBy, createdAt, expiresAt, usageLimit, metadata } = invitation
  return invitationCreated.create({
    ...about(invitation, createdAt),
    payload: {
      ...named(invitation),
      createdBy,
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      usageLimit,
      metadata,
    },
  })
}

/** Tells what an attempt to use an invitation has changed. */
export function tellUses({ uses, at }: UseAttempt, decision: UseDecision): DomainEvent[] {
  const { invitation, isExpiryNew, outcomes } = decision
  const { usageLimit } = invitation
  return [
    ...(isExpiryNew ? [tellExpired(invitation, at)] : []),
    ...uses.flatMap(({ usedBy }, index): DomainEvent[] => {
      const outcome = outcomes[index]
      if (!outcome || 'refusal' in outcome) return []
      const { useCount } = outcome
      const isExhausted = useCount === usageLimit
      const used = invitationUsed.create({
        ...about(invitation, at),
        payload: {
          ...named(invitation),
          usedBy,
          usedAt: at.toISOString(),
          useCount,
          remainingUses: usageLimit === null ? null : usageLimit - useCount,
          isExhausted,
        },
      })
      if (!isExhausted) return [used]
      const reached = invitationLimitReached.create({
        ...about(invitation, at),
        payload: {
          ...named(invitation),
          usageLimit,
          finalUsedBy: usedBy,
          reachedAt: at.toISOString(),
        },
      })
      return [used, reached]
    }),
  ]
}

/** Tells that an invitation was taken back. */
export function tellRevoked(
  invitation: Invitation,
  { at, by, reason }: { readonly at: Date; readonly by: string; readonly reason: string | null },
): DomainEvent {
  return invitationRevoked.create({
    ...about(invitation, at),
    payload: { ...named(invitation), revokedBy: by, revokedAt: at.toISOString(), reason },
  })
}

/** Tells that the time of an invitation is over: stored now, not when it passed. */
export function tellExpired(invitation: Invitation, at: Date): DomainEvent {
  const expiredAt = (invitation.expiresAt ?? at).toISOString()
  return invitationExpired.create({
    ...about(invitation, at),
    payload: { ...named(invitation), expiredAt },
  })
}

/** Where makers are users, their open screens read again. */
function about({ id, createdBy }: Invitation, occurredAt: Date) {
  const userId = idSchema.safeParse(createdBy).data ?? null
  return { occurredAt, subjectId: id, userId }
}

function named({ id, code }: Invitation) {
  return { invitationId: id, code }
}
