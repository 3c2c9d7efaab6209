import { AppError } from '../../kernel/index.ts'

/** Only a delivery that was parked can be replayed. */
export class DeliveryNotParked extends AppError {
  readonly code = 'inbox.not_parked'
  readonly kind = 'conflict'

  constructor(facts: { deliveryId: string; status: string }) {
    super(
      `The delivery ${facts.deliveryId} is ${facts.status}; only a parked one can be replayed`,
      facts,
    )
  }
}

/** A delivery came from a provider that nobody handles here. */
export class UnknownProvider extends AppError {
  readonly code = 'inbox.unknown_provider'
  readonly kind = 'internal'

  constructor(facts: { provider: string }) {
    super(`No inbox handler is registered for ${facts.provider}`, facts)
  }
}
