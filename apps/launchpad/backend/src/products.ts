import type { ProductInput } from '@gramkit/core/payments'

/** What the launchpad sells, and gives for referrals: a month of premium. */
export const PREMIUM: ProductInput = {
  id: 'premium-monthly',
  kind: 'subscription',
  goods: 'digital',
  title: 'Premium',
  description: 'Everything, for 30 days.',
  prices: { XTR: 250n },
  plan: { group: 'premium', period: { days: 30 }, features: ['premium'] },
}
