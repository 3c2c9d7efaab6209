import { AppError } from '../../../kernel/index.ts'

/** A key that is unknown, revoked, expired or no key at all; which of them is not told. */
export class ApiKeyInvalid extends AppError {
  readonly code = 'billing.api_key_invalid'
  readonly kind = 'unauthenticated'

  constructor() {
    super('The API key is not valid')
  }
}

/** A key without the right to what was asked. */
export class ScopeMissing extends AppError {
  readonly code = 'billing.scope_missing'
  readonly kind = 'forbidden'

  constructor(facts: { scope: string }) {
    super(`The API key lacks the scope ${facts.scope}`, facts)
  }
}

/** A tenant has as many keys as it may have. */
export class TooManyApiKeys extends AppError {
  readonly code = 'billing.too_many_api_keys'
  readonly kind = 'conflict'

  constructor(facts: { limit: number }) {
    super(`A tenant has at most ${facts.limit} API keys: revoke one that is not used`, facts)
  }
}
