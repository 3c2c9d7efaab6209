import { AppError } from '../../../kernel/index.ts'

/** One price is more than the kit moves at once. */
export class AmountTooLarge extends AppError {
  readonly code = 'billing.amount_too_large'
  readonly kind = 'invalid'

  constructor(facts: { chargeKey: string; currency: string }) {
    super(`The price of ${facts.chargeKey} is more than 10^15 minor units`, facts)
  }
}
