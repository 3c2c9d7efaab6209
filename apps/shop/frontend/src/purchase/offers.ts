import type { Product } from '../api/wire.ts'
import type { Intent } from './intents.ts'

/** One way to buy a product here. */
export interface Offer extends Intent {
  readonly product: Product
  readonly amount: string
}

/** Stars are the only gateway with a currency of its own. */
export const STARS = { gateway: 'telegram-stars', currency: 'XTR' } as const

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
