import { z } from 'zod'
import { instantWire, pageQuery } from '../../platform/http/index.ts'
import { INVITATION_STATUSES } from './invitation.ts'

/** Facts of the app’s own about an invitation. */
export const metadataWire = z.record(
  z.string().max(255),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
)

/** An invitation as its maker sees it. */
export const invitationWire = z
  .object({
    id: z.uuid(),
    code: z.string(),
    createdBy: z.string(),
    status: z.enum(INVITATION_STATUSES),
    /** Null for any number of times. */
    usageLimit: z.int().nullable(),
    useCount: z.int(),
    expiresAt: instantWire.nullable(),
    metadata: metadataWire,
    groupId: z.uuid().nullable(),
    makesFriends: z.boolean(),
    recipient: z.string().nullable(),
    batchId: z.uuid().nullable(),
    revokedAt: instantWire.nullable(),
    revokedBy: z.string().nullable(),
    revocationReason: z.string().nullable(),
    createdAt: instantWire,
  })
  .meta({ id: 'Invitation' })

/** One use of an invitation. */
export const useWire = z
  .object({ id: z.uuid(), usedBy: z.string(), usedAt: instantWire })
  .meta({ id: 'InvitationUse' })

/** How many invitations there are in each state. */
export const statsWire = z
  .object({
    active: z.int(),
    used: z.int(),
    expired: z.int(),
    revoked: z.int(),
    total: z.int(),
    uses: z.int(),
  })
  .meta({ id: 'InvitationStats' })

/** What may be said of any new invitation. */
export const termsBody = {
  /** Null for any number of times. [1] */
  usageLimit: z.int().min(1).max(1_000_000_000).nullable().optional(),
  expiresAt: instantWire.nullable().optional(),
  metadata: metadataWire.optional(),
}

/** Why an invitation is taken back. */
export const revocationBody = z.strictObject({ reason: z.string().max(500).optional() })

/** Which invitations are listed. */
export const filterQuery = pageQuery.extend({ status: z.enum(INVITATION_STATUSES).optional() })
