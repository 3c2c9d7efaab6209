import { InvalidValue } from '../../../kernel/index.ts'
import type { GatewayRegistry } from '../payment-gateway.ts'
import type { Product, ProductCatalog } from '../product.ts'

/**
 * Refuses a catalog with a product that a gateway would have to sell without the receipt that the
 * law asks for.
 *
 * @throws {@link InvalidValue} naming the product
 */
export function checkTaxProfiles(products: ProductCatalog, gateways: GatewayRegistry): void {
  for (const { name, capabilities } of gateways.values()) {
    if (!capabilities.receipts) continue
    const sold = (product: Product) =>
      product.status === 'active' &&
      capabilities.currencies.some((currency) => product.prices[currency] !== undefined) &&
      Object.values(capabilities.goods).some((goods) => goods.includes(product.goods))
    const bare = products.list().find((product) => sold(product) && !product.tax)
    if (!bare) continue
    throw new InvalidValue({
      field: `products.${bare.id}.tax`,
      problem: `is missing, and ${name} issues a receipt for all that it sells`,
      remedy: 'add { vatCode, subject, mode, measure, description }, or drop the price',
    })
  }
}
