import { AppError } from '../../kernel/index.ts'

/** The account would fall below its floor. */
export class InsufficientFunds extends AppError {
  readonly code = 'balance.insufficient_funds'
  readonly kind = 'payment_required'

  constructor(
    facts: { accountId: string; unit: string; required: string; available: string },
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

/** One call posts so many transfers at the most. */
export class BatchTooLarge extends AppError {
  readonly code = 'balance.batch_too_large'
  readonly kind = 'invalid'

  constructor(facts: { transfers: number; max: number }) {
    super(`${facts.transfers} transfers are more than the ${facts.max} of one call`, facts)
  }
}

/** The account has less to spare than the floor that it should get. */
export class FloorTooHigh extends AppError {
  readonly code = 'balance.floor_too_high'
  readonly kind = 'conflict'

  constructor(facts: { unit: string; floor: string; available: string }, options?: ErrorOptions) {
    super(
      `A floor of ${facts.floor} ${facts.unit} is above the ${facts.available} that are there`,
      facts,
      options,
    )
  }
}
