import { AppError } from '../../kernel/index.ts'

/** Somebody means themselves. */
export class FriendshipWithSelf extends AppError {
  readonly code = 'friendships.with_self'
  readonly kind = 'invalid'

  constructor() {
    super('Name somebody other than yourself')
  }
}

/** There is no open request of that person. */
export class FriendshipNotRequested extends AppError {
  readonly code = 'friendships.not_requested'
  readonly kind = 'not_found'

  constructor() {
    super('That person has not asked for your friendship, or has changed their mind')
  }
}

/** The asker has blocked the person whom they ask. */
export class FriendBlockedByYou extends AppError {
  readonly code = 'friendships.blocked_by_you'
  readonly kind = 'conflict'

  constructor() {
    super('You have blocked that person: take the block back first')
  }
}

/** A person has as many friends, or blocks, as they may have. */
export class TooManyFriendships extends AppError {
  readonly code = 'friendships.too_many'
  readonly kind = 'conflict'

  constructor(facts: { of: 'friends' | 'blocks'; limit: number }) {
    super(`Nobody has more than ${facts.limit} ${facts.of}`, facts)
  }
}
