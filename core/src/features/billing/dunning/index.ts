/**
 * Going after what nobody paid.
 *
 * @module
 */
export { goAfterDebts } from './dunning.jobs.ts'
export type { DunningScope } from './dunning.scope.ts'
export { DunningService, type DunningView } from './dunning.service.ts'
export {
  billingDunning,
  billingDunningPolicy,
  billingDunningStep,
} from './dunning.table.ts'
export {
  DUNNING_ENDS,
  DUNNING_STATES,
  DUNNING_STEPS,
  type Dunning,
  type DunningEnd,
  type DunningPolicy,
  type DunningPolicyInput,
  type DunningState,
  type DunningStep,
  dunningPolicyFields,
  type TakenDunningStep,
} from './dunning.ts'
export { DunningsRepository } from './dunnings.repository.ts'
