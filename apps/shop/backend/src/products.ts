import type { ProductInput } from '@gramkit/core/payments'

/** What the shop sells. Amounts are minor units: whole Stars, kopecks. */
export const SHOP_PRODUCTS: readonly ProductInput[] = [
  {
    id: 'credits-100',
    kind: 'credits',
    goods: 'digital',
    title: '100 credits',
    description: 'A small pack of credits.',
    prices: { XTR: 50n },
    credits: { unit: 'credits', amount: 100n },
  },
  {
    id: 'credits-500',
    kind: 'credits',
    goods: 'digital',
    title: '500 credits',
    description: 'A big pack of credits.',
    prices: { XTR: 200n, RUB: 19_900n },
    credits: { unit: 'credits', amount: 500n },
  },
  {
    id: 'pro-monthly',
    kind: 'subscription',
    goods: 'digital',
    title: 'Pro, monthly',
    description: 'Everything, for 30 days at a time.',
    prices: { XTR: 250n, RUB: 29_900n },
    plan: { group: 'pro', period: { days: 30 }, trial: { days: 7 }, features: ['export'] },
  },
  {
    id: 'plus-monthly',
    kind: 'subscription',
    goods: 'digital',
    title: 'Pro Plus, monthly',
    description: 'Everything and more, for 30 days at a time.',
    prices: { XTR: 500n, RUB: 59_800n },
    plan: { group: 'pro', period: { days: 30 }, features: ['export', 'priority'] },
  },
  {
    id: 'mug',
    kind: 'order',
    goods: 'physical',
    title: 'Mug',
    description: 'A mug with our logo, sent by post.',
    prices: { RUB: 99_000n },
  },
  {
    id: 'poster',
    kind: 'order',
    goods: 'physical',
    title: 'Last year’s poster',
    description: 'No longer sold; kept for those who bought it.',
    prices: { RUB: 50_000n },
    status: 'retired',
  },
]
