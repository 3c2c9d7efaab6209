import { createHash } from 'node:crypto'
import type { SandboxContext } from '../context.ts'
import { invalid, StripeError } from './stripe-error.ts'

/** An answer: what Stripe keeps by key. */
export interface StripeAnswer {
  readonly status: number
  readonly body: unknown
  /** It was kept from the first time. */
  readonly isReplayed?: boolean
}

interface StoredAnswer extends StripeAnswer {
  readonly hash: string
  readonly untilMs: number
}

const LIFE_MS = 24 * 3_600_000

/**
 * Answers of POST by key, kept for 24 hours of the sandbox's clock: also refusals and errors, once
 * the work had begun. What fails before, such as a parameter that is unknown, is not kept.
 */
export class StripeIdempotency {
  readonly #context: SandboxContext
  readonly #answers

  constructor(context: SandboxContext) {
    this.#context = context
    this.#answers = context.store.collection<StoredAnswer>('stripe_idempotency')
  }

  /** Does the work once for each key; the same request again gives the first answer. */
  once(
    accountId: string,
    key: string,
    request: { readonly operation: string; readonly body: unknown },
    work: () => StripeAnswer,
  ): StripeAnswer {
    if (key.length > 255) throw invalid('The Idempotency-Key is too long')
    const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex')
    const id = `${accountId}:${key}`
    const { store, clock } = this.#context
    return store.transaction(() => {
      const known = this.#answers.get(id)
      if (known && known.untilMs > clock.now()) {
        if (known.hash !== hash) throw reused(key)
        return { status: known.status, body: known.body, isReplayed: true }
      }
      const { status, body } = work()
      this.#answers.put(id, { status, body, hash, untilMs: clock.now() + LIFE_MS })
      return { status, body }
    })
  }
}

function reused(key: string): StripeError {
  return new StripeError(
    400,
    `Keys for idempotent requests can only be used with the same parameters they were first used with; '${key}' was used with others`,
    { type: 'idempotency_error' },
  )
}
