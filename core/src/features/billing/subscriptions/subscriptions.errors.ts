import { AppError } from '../../../kernel/index.ts'
import type { BilledStatus, BilledStep } from './subscription.ts'

/** A subscription in whose status something does not happen. */
export class SubscriptionRefuses extends AppError {
  readonly code = 'billing.subscription_refuses'
  readonly kind = 'conflict'

  constructor(facts: { subscriptionId: string; status: BilledStatus; step: BilledStep }) {
    const [status, step] = [facts.status.replace('_', ' '), facts.step.replace('_', ' ')]
    super(`The subscription is ${status}, so it refuses to ${step}`, facts)
  }
}

/** A plan that nobody can begin: it has no published version, or is archived. */
export class PlanNotForSale extends AppError {
  readonly code = 'billing.plan_not_for_sale'
  readonly kind = 'conflict'

  constructor(facts: { planId: string }) {
    super('The plan is archived, or no version of it is published', facts)
  }
}
