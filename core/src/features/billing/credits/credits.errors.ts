import { AppError } from '../../../kernel/index.ts'

/** More is paid out of a customer's credit than there is. */
export class CreditTooLow extends AppError {
  readonly code = 'billing.credit_too_low'
  readonly kind = 'conflict'

  constructor(facts: { customerId: string; balance: string; amount: string }) {
    super(`${facts.amount} is more than the ${facts.balance} that the customer has`, facts)
  }
}
