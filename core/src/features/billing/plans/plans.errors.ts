import { AppError } from '../../../kernel/index.ts'

/** A plan without a draft, so there is nothing to publish. */
export class NothingToPublish extends AppError {
  readonly code = 'billing.nothing_to_publish'
  readonly kind = 'conflict'

  constructor(facts: { planId: string }) {
    super('The plan has no draft: its latest version is published already', facts)
  }
}

/** A plan that nobody begins any more is not changed either. */
export class PlanArchived extends AppError {
  readonly code = 'billing.plan_archived'
  readonly kind = 'conflict'

  constructor(facts: { planId: string }) {
    super('The plan is archived', facts)
  }
}
