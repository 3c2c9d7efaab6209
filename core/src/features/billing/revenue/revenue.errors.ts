import { AppError } from '../../../kernel/index.ts'

/** A month that cannot be closed: it is not over, or is closed already. */
export class MonthNotClosable extends AppError {
  readonly code = 'billing.month_not_closable'
  readonly kind = 'conflict'

  constructor(facts: { month: string; reason: 'not_over' | 'closed' }) {
    const why = facts.reason === 'closed' ? 'is closed already' : 'is not over for the tenant'
    super(`The month ${facts.month} ${why}`, facts)
  }
}
