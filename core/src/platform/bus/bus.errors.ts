import { AppError } from '../../kernel/index.ts'

/** A bus cannot be reached, so nothing was published, or nobody knows whether it was. */
export class BusUnavailable extends AppError {
  readonly code = 'bus.unavailable'
  readonly kind = 'unavailable'

  constructor(options?: ErrorOptions) {
    super('The event bus cannot be reached right now: try again in a moment', {}, options)
  }
}
