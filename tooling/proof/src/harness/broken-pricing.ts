import { type PricingPlugIns, pricingPlugIns } from '@gramkit/core/billing'

/** Plug-ins of which one never gives a price. */
export function brokenPricing(): PricingPlugIns {
  return pricingPlugIns().register('broken', {
    check: () => undefined,
    price: () => {
      throw new TypeError('out of order')
    },
  })
}
