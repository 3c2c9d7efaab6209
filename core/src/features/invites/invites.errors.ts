import { AppError } from '../../kernel/index.ts'

/** The text cannot be the code of an invitation. */
export class InvalidInvitationCode extends AppError {
  readonly code = 'invites.code_invalid'
  readonly kind = 'invalid'

  constructor() {
    super('A code is 6 to 32 letters, digits, hyphens and underscores')
  }
}

/** Another invitation has this code, in whatever case it is written. */
export class InvitationCodeTaken extends AppError {
  readonly code = 'invites.code_taken'
  readonly kind = 'conflict'

  constructor() {
    super('Another invitation has this code: choose another, or let one be drawn')
  }
}

/** There is no such invitation, or it is bound to somebody else. */
export class InvitationNotFound extends AppError {
  readonly code = 'invites.not_found'
  readonly kind = 'not_found'

  constructor(facts: { invitationId?: string } = {}) {
    super('There is no such invitation', facts)
  }
}

/** The invitation has been used as often as it may be, or was revoked. */
export class InvitationNotActive extends AppError {
  readonly code = 'invites.not_active'
  readonly kind = 'conflict'

  constructor(facts: { invitationId: string; status: 'used' | 'revoked' }) {
    super(`The invitation is ${facts.status} and cannot be used any more`, facts)
  }
}

/** The time of the invitation is over. */
export class InvitationExpired extends AppError {
  readonly code = 'invites.expired'
  readonly kind = 'gone'

  constructor(facts: { invitationId: string }) {
    super('The invitation has expired', facts)
  }
}

/** Who asks has used this invitation before. */
export class InvitationAlreadyUsed extends AppError {
  readonly code = 'invites.already_used'
  readonly kind = 'conflict'

  constructor(facts: { invitationId: string }) {
    super('This invitation was used by the same person before', facts)
  }
}

/** Who asks is in the group that the invitation is for. */
export class InvitedMember extends AppError {
  readonly code = 'invites.already_member'
  readonly kind = 'conflict'

  constructor(facts: { invitationId: string; groupId: string }) {
    super('You are in the group of this invitation already', facts)
  }
}

/** Guests of a device may not use codes: whoever can be a guest can be a thousand. */
export class GuestsNotInvited extends AppError {
  readonly code = 'invites.guests_not_invited'
  readonly kind = 'forbidden'

  constructor() {
    super('A guest cannot use an invitation: log in first')
  }
}

/** Nobody invites themselves. */
export class OwnInvitation extends AppError {
  readonly code = 'invites.own_code'
  readonly kind = 'conflict'

  constructor(facts: { invitationId: string }) {
    super('Who made an invitation cannot use it', facts)
  }
}
