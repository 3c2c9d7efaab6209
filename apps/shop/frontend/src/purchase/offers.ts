import type { Product } from '../api/wire.ts'
import type { Intent } from './intents.ts'

/** One way to buy a product here. */
export interface Offer extends Intent {
  readonly product: Product
  readonly amount: string
}

/** Stars are the only gateway with a currency of its own. */
export const STARS = { gateway: 'telegram-stars', currency: 'XTR' } as const

/** The wording of the consent to be charged again; a changed text is a new version. */
export const CONSENT_VERSION = '2026-11'

/** The ways this session may buy a product: its gateways times the prices they take. */
export function offersOf(product: Product): Offer[] {
  return product.gateways.flatMap((gateway) =>
    product.prices
      .filter(({ currency }) => (gateway === STARS.gateway) === (currency === STARS.currency))
      .map(({ currency, amount }) => ({
        product,
        productId: product.id,
        gateway,
        currency,
        amount,
      })),
  )
}

/** Tells whether a card may be kept for later charges, which the buyer has to agree to. */
export function asksConsent({ product, gateway }: Offer): boolean {
  return product.plan !== null && gateway !== STARS.gateway
}
