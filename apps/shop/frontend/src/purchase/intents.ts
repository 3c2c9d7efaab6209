import type { TextStore } from '@gramkit/mini-app/store'
import type { PaymentStart } from '../api/wire.ts'

/** What somebody wants to buy, and how. */
export type Intent = Pick<
  PaymentStart,
  'productId' | 'gateway' | 'currency' | 'autopaymentConsent' | 'contact'
>

/**
 * Keeps one idempotency key for each wish to buy, until the server has answered it.
 *
 * A request whose answer got lost may have made a payment: trying again with the same key finds that
 * one instead of making a second. It survives a reload, because people reload what hangs.
 */
export class PurchaseIntents {
  readonly #store: TextStore
  readonly #newKey: () => string

  constructor(store: TextStore, newKey: () => string = () => crypto.randomUUID()) {
    this.#store = store
    this.#newKey = newKey
  }

  /** The key to send; the same one until the intent is settled. */
  keyOf(intent: Intent): string {
    const known = this.#store.get(nameOf(intent))
    if (known) return known
    const fresh = this.#newKey()
    this.#store.set(nameOf(intent), fresh)
    return fresh
  }

  /** The server has answered, yes or no: the next wish is a new one. */
  settle(intent: Intent): void {
    this.#store.remove(nameOf(intent))
  }
}

function nameOf({ productId, gateway, currency, autopaymentConsent }: Intent): string {
  const consent = autopaymentConsent ? `.${autopaymentConsent.textVersion}` : ''
  return `intent.${productId}.${gateway}.${currency}${consent}`
}
