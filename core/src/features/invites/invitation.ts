import { InvalidValue } from '../../kernel/index.ts'

/** Every state of an invitation; only an `active` one can be used or revoked. */
export const INVITATION_STATUSES = ['active', 'used', 'expired', 'revoked'] as const

/** State of an invitation. */
export type InvitationStatus = (typeof INVITATION_STATUSES)[number]

/** Facts of the app's own about an invitation: no place for personal data, as events carry them. */
export type InvitationMetadata = Readonly<Record<string, string | number | boolean | null>>

/** A code that lets people in, and how far it was used. */
export interface Invitation {
  readonly id: string
  /** As it was given or drawn; compared without case. */
  readonly code: string
  /** Who made it: in the platform a user's id, elsewhere any name. */
  readonly createdBy: string
  readonly status: InvitationStatus
  /** How often it may be used, or null for any number of times. */
  readonly usageLimit: number | null
  readonly useCount: number
  /** The first instant at which it cannot be used any more, or null for never. */
  readonly expiresAt: Date | null
  readonly metadata: InvitationMetadata
  /** The group that its users join. */
  readonly groupId: string | null
  /** Its users and who made it become friends. */
  readonly makesFriends: boolean
  /** The only one who may use it. */
  readonly recipient: string | null
  /** The batch that it was made in. */
  readonly batchId: string | null
  readonly revokedAt: Date | null
  readonly revokedBy: string | null
  readonly revocationReason: string | null
  readonly createdAt: Date
}

/** One use of an invitation. */
export interface InvitationUse {
  readonly id: string
  readonly invitationId: string
  readonly usedBy: string
  readonly usedAt: Date
}

/** Why an invitation cannot be used by somebody now. */
export type UseRefusal =
  | Exclude<InvitationStatus, 'active'>
  | 'for_somebody_else'
  | 'already_used'
  | 'own_code'

const NAME_LENGTH_MAX = 255
const REASON_LENGTH_MAX = 500

/** Tells whether the time of an invitation is over; the boundary instant is too late. */
export function isExpiredAt(invitation: Pick<Invitation, 'expiresAt'>, instant: Date): boolean {
  return invitation.expiresAt !== null && invitation.expiresAt <= instant
}

/** How often an invitation may still be used, or null for any number of times. */
export function remainingUses({ usageLimit, useCount }: Invitation): number | null {
  return usageLimit === null ? null : usageLimit - useCount
}

/** Tells whether an invitation is for somebody: for anybody, or bound to them. */
export function isFor({ recipient }: Pick<Invitation, 'recipient'>, userId: string): boolean {
  return recipient === null || recipient === userId
}

/**
 * Decides whether somebody may use an invitation now; undefined says yes.
 *
 * To a person whom it is not for, an invitation tells nothing about itself. Who has used it before
 * hears of that first: their first request may have succeeded without them learning of it.
 */
export function refusalOf(
  invitation: Invitation,
  use: { readonly usedBy: string; readonly hasUsed: boolean; readonly at: Date },
): UseRefusal | undefined {
  if (!isFor(invitation, use.usedBy)) return 'for_somebody_else'
  if (use.hasUsed) return 'already_used'
  const over = endOf(invitation, use.at)
  if (over) return over
  return invitation.createdBy === use.usedBy ? 'own_code' : undefined
}

/** What ended an invitation, or undefined while it can be used. */
export function endOf(
  invitation: Invitation,
  at: Date,
): Exclude<InvitationStatus, 'active'> | undefined {
  if (invitation.status !== 'active') return invitation.status
  return isExpiredAt(invitation, at) ? 'expired' : undefined
}

/** The invitation after one more use. */
export function useOnce(invitation: Invitation): Invitation {
  const useCount = invitation.useCount + 1
  const status = useCount === invitation.usageLimit ? 'used' : invitation.status
  return { ...invitation, useCount, status }
}

/**
 * Refuses what is no name of anybody.
 *
 * @throws {@link InvalidValue}
 */
export function checkName(field: string, name: string): void {
  if (name.length < 1 || name.length > NAME_LENGTH_MAX) {
    refuse(field, 'names nobody', 'send 1 to 255 characters')
  }
  checkText(field, name)
}

/**
 * Refuses a text that no storage takes.
 *
 * @throws {@link InvalidValue}
 */
export function checkText(field: string, text: string): void {
  if (text.isWellFormed() && !text.includes('\u0000')) return
  refuse(field, 'is no text', 'send well-formed Unicode without zero characters')
}

/**
 * Refuses a reason that is too long.
 *
 * @throws {@link InvalidValue}
 */
export function checkReason(reason: string): void {
  if (reason.length > REASON_LENGTH_MAX) {
    refuse('reason', 'is too long', 'send at most 500 characters')
  }
  checkText('reason', reason)
}

function refuse(field: string, problem: string, remedy: string): never {
  throw new InvalidValue({ field, problem, remedy })
}
