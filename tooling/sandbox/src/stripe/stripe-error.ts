import type { PaymentIntent } from './objects.ts'

/** What Stripe says beside the words of a refusal. */
export interface StripeErrorFacts {
  readonly type?: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  readonly code?: string | undefined
  readonly param?: string | undefined
  readonly decline_code?: string
  readonly payment_intent?: PaymentIntent
}

/** A refusal as Stripe words it. */
export class StripeError extends Error {
  readonly status: number
  readonly facts: StripeErrorFacts

  constructor(status: number, message: string, facts: StripeErrorFacts = {}) {
    super(message)
    this.status = status
    this.facts = facts
  }

  /** The answer to the account. */
  toAnswer(): { readonly error: object } {
    const { type = 'invalid_request_error', ...facts } = this.facts
    return { error: { type, message: this.message, ...facts } }
  }
}

/** A refusal because of what the account asked for. */
export function invalid(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, message, { param, code })
}

/** A refusal because an object is not there, or is not the account's. */
export function missing(object: string, id: string, param = 'id'): StripeError {
  const facts = { code: 'resource_missing', param }
  return new StripeError(404, `No such ${object}: '${id}'`, facts)
}
