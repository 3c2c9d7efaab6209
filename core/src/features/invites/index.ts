/**
 * Invitations: codes that let people in, single-use, for a number of uses or for any, each once for
 * each person. Usable alone with `openInvites`, over any storage that passes the contract.
 *
 * @module
 */

export { type Guesser, GuessingService } from './guessing.service.ts'
export { invitation, invitationUse } from './invitation.table.ts'
export {
  INVITATION_STATUSES,
  type Invitation,
  type InvitationMetadata,
  type InvitationStatus,
  type InvitationUse,
  refusalOf,
  type UseRefusal,
  useOnce,
} from './invitation.ts'
export { codeKey } from './invitation-code.ts'
export type {
  InvitationUsed,
  Revocation,
  UseRequest,
  Validation,
  ValidationRequest,
} from './invitation-requests.ts'
export type {
  InvitationFilter,
  InvitationStats,
  InvitationStorage,
  UseAttempt,
  UseDecision,
  UseOutcome,
} from './invitation-storage.ts'
export { InvitationsRepository } from './invitations.repository.ts'
export {
  GuestsNotInvited,
  InvalidInvitationCode,
  InvitationAlreadyUsed,
  InvitationCodeTaken,
  InvitationExpired,
  InvitationNotActive,
  InvitationNotFound,
  InvitedMember,
  OwnInvitation,
} from './invites.errors.ts'
export {
  invitationBatchCreated,
  invitationCreated,
  invitationExpired,
  invitationLimitReached,
  invitationRevoked,
  invitationUsed,
} from './invites.events.ts'
export { expireDueInvitations } from './invites.jobs.ts'
export type { InvitesScope } from './invites.scope.ts'
export { InvitesService } from './invites.service.ts'
export { MemoryInvitations } from './memory-invitations.ts'
export type {
  InvitationBatch,
  InvitationTerms,
  NewBatch,
  NewInvitation,
} from './new-invitation.ts'
export { openInvites, type StandaloneInvites } from './open-invites.ts'
export { invitesPart } from './person-part.ts'
