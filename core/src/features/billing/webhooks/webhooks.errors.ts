import { AppError } from '../../../kernel/index.ts'

/** A tenant has as many webhook endpoints as there may be. */
export class TooManyWebhookEndpoints extends AppError {
  readonly code = 'billing.too_many_webhook_endpoints'
  readonly kind = 'conflict'

  constructor(facts: { limit: number }) {
    super(`There are ${facts.limit} webhook endpoints already: remove one first`, facts)
  }
}

/** What was to be sent again goes to an endpoint that is off. */
export class WebhookEndpointDisabled extends AppError {
  readonly code = 'billing.webhook_endpoint_disabled'
  readonly kind = 'conflict'

  constructor(facts: { endpointId: string }) {
    super('The webhook endpoint is off: turn it on first', facts)
  }
}
