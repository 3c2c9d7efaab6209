import { AppError } from '../../../kernel/index.ts'

/** Another rate of the place and category begins on the same day. */
export class TaxRateTaken extends AppError {
  readonly code = 'billing.tax_rate_taken'
  readonly kind = 'conflict'

  constructor(
    facts: { country: string; region: string | null; category: string; fromOn: string },
    options?: ErrorOptions,
  ) {
    const { country, region, category, fromOn } = facts
    const place = region === null ? country : `${country}-${region}`
    super(`A ${category} rate of ${place} begins on ${fromOn} already`, facts, options)
  }
}

/** The tenant owes tax in a place, and its table does not say how much. */
export class TaxRateMissing extends AppError {
  readonly code = 'billing.tax_rate_missing'
  readonly kind = 'conflict'

  constructor(facts: { country: string; region: string | null; category: string; on: string }) {
    super(`There is no ${facts.category} tax rate of ${facts.country} on ${facts.on}`, facts)
  }
}
