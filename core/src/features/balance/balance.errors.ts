import { AppError } from '../../kernel/index.ts'

/** The account would fall below its floor. */
export class InsufficientFunds extends AppError {
  readonly code = 'balance.insufficient_funds'
  readonly kind = 'payment_required'

  constructor(
    facts: { unit: string; required: string; available: string },
    options?: ErrorOptions,
  ) {
    super(
      `${facts.required} ${facts.unit} are needed and ${facts.available} are there`,
      facts,
      options,
    )
  }
}

/** A transfer with this id exists and says something else. */
export class TransferConflict extends AppError {
  readonly code = 'balance.transfer_conflict'
  readonly kind = 'conflict'

  constructor(facts: { transferId: string }) {
    super(`The transfer ${facts.transferId} exists with other contents`, facts)
  }
}

/** Reversals of one transfer would take back more than it moved. */
export class ReversalTooLarge extends AppError {
  readonly code = 'balance.reversal_too_large'
  readonly kind = 'conflict'

  constructor(facts: { transferId: string }, options?: ErrorOptions) {
    super(`Reversals of ${facts.transferId} would exceed its amount`, facts, options)
  }
}
