import { AppError } from '../../kernel/index.ts'

/** There is no such subscription, or it belongs to somebody else. */
export class SubscriptionNotFound extends AppError {
  readonly code = 'subscriptions.not_found'
  readonly kind = 'not_found'

  constructor(facts: { subscriptionId: string }) {
    super(`There is no subscription ${facts.subscriptionId}`, facts)
  }
}

/** The user has a live subscription of this plan group already. */
export class AlreadySubscribed extends AppError {
  readonly code = 'subscriptions.already_subscribed'
  readonly kind = 'conflict'

  constructor(facts: { subscriptionId: string; planGroup: string }) {
    super('There is a running subscription of this kind already', facts)
  }
}

/** The subscription's state does not allow this. */
export class SubscriptionStateConflict extends AppError {
  readonly code = 'subscriptions.state_conflict'
  readonly kind = 'conflict'

  constructor(facts: { subscriptionId: string; status: string; wanted: string }) {
    super(`The subscription is ${facts.status}, so it cannot be ${facts.wanted}`, facts)
  }
}
