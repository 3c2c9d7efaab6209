import { AppError } from '../../../kernel/index.ts'

const REASONS = {
  not_over: 'is not over for the tenant',
  closed: 'is closed already',
  unbilled: 'has periods that are not billed: finish the run first',
  busy: 'has an invoice that somebody changes: try again',
} as const

/** A month that cannot be closed: it is not over, or closed already, or not all of it is booked. */
export class MonthNotClosable extends AppError {
  readonly code = 'billing.month_not_closable'
  readonly kind = 'conflict'

  constructor(facts: { month: string; reason: keyof typeof REASONS }) {
    super(`The month ${facts.month} ${REASONS[facts.reason]}`, facts)
  }
}
