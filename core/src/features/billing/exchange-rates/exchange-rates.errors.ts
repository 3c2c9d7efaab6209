import { AppError } from '../../../kernel/index.ts'

/** No rate of the day, or of the days before it that would do, is known in either direction. */
export class ExchangeRateMissing extends AppError {
  readonly code = 'billing.exchange_rate_missing'
  readonly kind = 'conflict'

  constructor(facts: { from: string; to: string; on: string; maxAgeDays: number }) {
    const { from, to, on, maxAgeDays } = facts
    super(`There is no rate of ${from} in ${to} on ${on} or ${maxAgeDays} days before it`, facts)
  }
}

/** Amounts may have been converted already by what a new rate would replace. */
export class ExchangeRateInUse extends AppError {
  readonly code = 'billing.exchange_rate_in_use'
  readonly kind = 'conflict'

  constructor(facts: { from: string; to: string; quotedOn: string }, options?: ErrorOptions) {
    const { from, to, quotedOn } = facts
    super(`${from} in ${to} on ${quotedOn} may be in use: say the reason`, facts, options)
  }
}
