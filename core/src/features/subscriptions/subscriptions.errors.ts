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

/** The product is no plan, or not one that can be tried. */
export class NoTrial extends AppError {
  readonly code = 'subscriptions.no_trial'
  readonly kind = 'conflict'

  constructor(facts: { productId: string }) {
    super('This cannot be tried for nothing', facts)
  }
}

/** The user has had a trial of this plan group. */
export class TrialUsed extends AppError {
  readonly code = 'subscriptions.trial_used'
  readonly kind = 'conflict'

  constructor(facts: { planGroup: string }) {
    super('The trial was used already', facts)
  }
}

/** Why a change of plan is refused. */
export type ChangeRefusal =
  | 'not_a_plan_of_the_group'
  | 'no_price_in_the_currency'
  | 'provider_cannot'
  | 'no_saved_method'
  | 'a_charge_is_open'
  | 'more_than_ten_years'

/** The plan cannot be changed like this. */
export class ChangeRefused extends AppError {
  readonly code = 'subscriptions.change_refused'
  readonly kind = 'conflict'

  constructor(facts: { subscriptionId: string; productId: string; reason: ChangeRefusal }) {
    super(`The plan cannot be changed: ${facts.reason.replaceAll('_', ' ')}`, facts)
  }
}

/** Only a plan can be given as a gift, and only one that fits what runs. */
export class NotGivable extends AppError {
  readonly code = 'subscriptions.not_givable'
  readonly kind = 'conflict'

  constructor(facts: { productId: string; runs: string | null }) {
    super(facts.runs ? `Another plan runs: ${facts.runs}` : 'This is no plan', facts)
  }
}

/** The id of a gift was used with other contents. */
export class GiftConflict extends AppError {
  readonly code = 'subscriptions.gift_conflict'
  readonly kind = 'conflict'

  constructor(facts: { giftId: string }) {
    super('The id of the gift was used for another one', facts)
  }
}

/** The provider refused to give back a charge that bought nothing; the job asks again later. */
export class DuplicateKept extends AppError {
  readonly code = 'subscriptions.duplicate_kept'
  readonly kind = 'conflict'

  constructor(facts: { paymentId: string; refundId: string; reason: string | null }) {
    super(`The provider refused to give payment ${facts.paymentId} back`, facts)
  }
}
