import { AppError } from '../../kernel/index.ts'

/** There is no such referral. */
export class ReferralNotFound extends AppError {
  readonly code = 'referrals.not_found'
  readonly kind = 'not_found'

  constructor(facts: { referralId: string }) {
    super('There is no such referral', facts)
  }
}

/** Somebody means to bring themselves. */
export class SelfReferral extends AppError {
  readonly code = 'referrals.with_self'
  readonly kind = 'invalid'

  constructor() {
    super('Nobody brings themselves: name the address of somebody else')
  }
}

/** The referral's state does not allow this. */
export class ReferralStateConflict extends AppError {
  readonly code = 'referrals.state_conflict'
  readonly kind = 'conflict'

  constructor(facts: { referralId: string; status: string; wanted: string }) {
    super(`The referral is ${facts.status}, so it cannot be ${facts.wanted}`, facts)
  }
}
