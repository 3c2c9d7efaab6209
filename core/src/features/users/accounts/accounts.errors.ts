import { AppError } from '../../../kernel/index.ts'

/** Only a guest becomes part of somebody else; two people with a login of their own stay two. */
export class IdentityTaken extends AppError {
  readonly code = 'accounts.identity_taken'
  readonly kind = 'conflict'

  constructor() {
    super('That is the account of somebody else: log out there, or keep both')
  }
}

/** The token of the guest opens no login of a guest, or not any more. */
export class GuestUnknown extends AppError {
  readonly code = 'accounts.guest_unknown'
  readonly kind = 'not_found'

  constructor() {
    super('The guest is not known: they were merged before, or their login is over')
  }
}

/** The link to the archive was good for ten minutes only. */
export class ExportGone extends AppError {
  readonly code = 'accounts.export_gone'
  readonly kind = 'gone'

  constructor() {
    super('The link is not good any more: ask for another')
  }
}

/** Money is under way that has to find its owner. */
export class ErasureBlocked extends AppError {
  readonly code = 'accounts.erasure_blocked'
  readonly kind = 'conflict'

  constructor(reasons: readonly string[]) {
    const listed = reasons.join(', ')
    super(`The account cannot be erased yet: ${listed}`, { reasons: listed })
  }
}
