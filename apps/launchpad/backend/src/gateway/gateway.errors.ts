import { AppError } from '@gramkit/core/kernel'

/** A service behind the gateway does not answer. */
export class ServiceUnreachable extends AppError {
  readonly code = 'gateway.service_unreachable'
  readonly kind = 'unavailable'

  constructor(facts: { service: string }) {
    super(`The service ${facts.service} does not answer: try again later`, facts)
  }
}
