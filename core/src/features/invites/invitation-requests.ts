import type { Invitation, InvitationStatus, UseRefusal } from './invitation.ts'

/** Who uses which code. */
export interface UseRequest {
  readonly code: string
  /** Who: in the platform a user's id, elsewhere any name. */
  readonly usedBy: string
}

/** A use that succeeded. */
export interface InvitationUsed {
  readonly invitationId: string
  readonly code: string
  readonly createdBy: string
  readonly usedBy: string
  readonly usedAt: Date
  readonly useCount: number
  /** How often it may still be used, or null for any number of times. */
  readonly remainingUses: number | null
  /** This was the last time. */
  readonly isExhausted: boolean
  readonly metadata: Invitation['metadata']
  /** The group that was joined. */
  readonly groupId: string | null
  /** It makes friends of who used it and who made it. */
  readonly makesFriends: boolean
}

/** Which invitation is taken back, by whom and why. */
export type Revocation = ({ readonly id: string } | { readonly code: string }) & {
  readonly by: string
  /** In words, up to 500 characters. [none] */
  readonly reason?: string | undefined
}

/** Which code is asked about. */
export interface ValidationRequest {
  readonly code: string
  /** Who would use it. [anybody: only the code itself is looked at] */
  readonly usedBy?: string | undefined
}

/** Whether a code could be used now, and why not. */
export interface Validation {
  readonly isValid: boolean
  readonly reason:
    | Exclude<UseRefusal, 'for_somebody_else'>
    | 'not_found'
    | 'malformed'
    /** The code's group takes nobody now. */
    | 'group_full'
    | null
  /** As it is stored; null when there is no such invitation. */
  readonly status: InvitationStatus | null
  readonly remainingUses: number | null
  readonly expiresAt: Date | null
}
