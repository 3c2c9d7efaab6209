import type { Currency } from '../../kernel/index.ts'
import type { Surface } from './payment.ts'
import type { PaymentGateway } from './payment-gateway.ts'
import { CurrencyNotAccepted, GoodsNotAllowed } from './payments.errors.ts'
import type { Product } from './product.ts'

/**
 * Checks that a gateway takes a currency, and may sell such goods where the buyer is.
 *
 * @throws {@link GoodsNotAllowed} {@link CurrencyNotAccepted}
 */
export function checkAccepted(
  { name, capabilities }: PaymentGateway,
  sale: {
    readonly goods: Product['goods']
    readonly surface: Surface
    readonly currency: Currency
  },
): void {
  const { goods, surface, currency } = sale
  if (!capabilities.goods[surface].includes(goods)) {
    throw new GoodsNotAllowed({ gateway: name, goods, surface })
  }
  if (!capabilities.currencies.includes(currency)) {
    throw new CurrencyNotAccepted({ gateway: name, currency })
  }
}
