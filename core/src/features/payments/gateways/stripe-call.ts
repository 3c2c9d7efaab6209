import { Stripe } from 'stripe'
import type { z } from 'zod'
import { ProviderRejected, ProviderUnavailable, ReportUnreadable } from '../payments.errors.ts'
import { STRIPE } from './stripe-objects.ts'

/** Stripe keeps an idempotency key for 24 h at least; the last try must be over by then. */
export const KEY_KEPT_MS = 23 * 3_600_000

const TIMEOUT_MS = 10_000

/** Waits between tries with the same key; a further try is the resolver's. */
const RETRY_WAITS_MS = [200, 800] as const

/** How an account at Stripe is reached. */
export interface StripeOptions {
  /** Begins with `sk_test_` or `rk_test_` for play money, whose objects a live key never sees. */
  readonly secretKey: string
  /** Origin of the API. [https://api.stripe.com] */
  readonly apiRoot?: string | undefined
}

/** Makes the SDK's client; it never tries again by itself, so that each try is ours. */
export function stripeClient({ secretKey, apiRoot = 'https://api.stripe.com' }: StripeOptions) {
  const { protocol, hostname, port } = new URL(apiRoot)
  const isPlain = protocol === 'http:'
  return new Stripe(secretKey, {
    host: hostname,
    port: port || (isPlain ? '80' : '443'),
    protocol: isPlain ? 'http' : 'https',
    // Its other client repeats a request whose connection was closed, whatever it is told.
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: 0,
    timeout: TIMEOUT_MS,
    telemetry: false,
  })
}

/** Calls Stripe, again with the same key where the answer is open, and hides the SDK's errors. */
export async function callStripe<T>(request: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await request().then((value) => ({ value }), readFailure)
    if ('value' in answer) return answer.value
    const { isOpen, reason } = answer
    // After a try whose effect is open, a no to the next one is no answer to the first.
    if (!isOpen && attempt === 0) throw new ProviderRejected({ gateway: STRIPE, reason })
    const waitMs = isOpen ? RETRY_WAITS_MS[attempt] : undefined
    if (waitMs === undefined) throw new ProviderUnavailable({ gateway: STRIPE, reason })
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

/** Asks for an object; undefined where Stripe has none of that id. */
export async function findStripe<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await callStripe(request)
  } catch (error) {
    const isMissing = error instanceof ProviderRejected && error.details['reason'] === MISSING
    if (isMissing) return undefined
    throw error
  }
}

/** Reads an object; the values of one that cannot be read go nowhere. */
export function readStripe<Schema extends z.ZodType>(
  schema: Schema,
  object: unknown,
): z.output<Schema> {
  const result = schema.safeParse(object)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const problem = [issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')
  throw new ReportUnreadable({ gateway: STRIPE, problem })
}

const MISSING = 'resource_missing'

/**
 * Reads a failure of the SDK: only its codes go on, as its words and headers may tell of keys, cards
 * and people. A key that was used with other parameters says nothing about that first use.
 */
function readFailure(error: unknown): { isOpen: boolean; reason: string } {
  if (!(error instanceof Stripe.errors.StripeError)) throw error
  const { statusCode, code, decline_code, rawType } = error
  const status = statusCode ?? 0
  return {
    isOpen:
      status < 400 ||
      status === 409 ||
      status === 429 ||
      status >= 500 ||
      rawType === 'idempotency_error',
    reason: decline_code || code || rawType || (status ? `HTTP ${status}` : 'no answer'),
  }
}
