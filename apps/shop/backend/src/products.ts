import type { ProductInput, TaxProfile } from '@gramkit/core/payments'

/** What receipts say of all that the shop sells; its owner's accountant decides (54-FZ). */
const COMMON_TAX = { vatCode: 1, measure: 'piece' } as const satisfies Partial<TaxProfile>

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
    tax: {
      ...COMMON_TAX,
      subject: 'service',
      mode: 'full_payment',
      description: '500 кредитов',
    },
  },
  {
    id: 'pro-monthly',
    kind: 'subscription',
    goods: 'digital',
    title: 'Pro, monthly',
    description: 'Everything, for 30 days at a time.',
    prices: { XTR: 250n, RUB: 29_900n },
    plan: { group: 'pro', period: { days: 30 }, trial: { days: 7 }, features: ['export'] },
    tax: {
      ...COMMON_TAX,
      subject: 'service',
      mode: 'full_payment',
      description: 'Подписка Pro на 30 дней',
    },
  },
  {
    id: 'plus-monthly',
    kind: 'subscription',
    goods: 'digital',
    title: 'Pro Plus, monthly',
    description: 'Everything and more, for 30 days at a time.',
    prices: { XTR: 500n, RUB: 59_800n },
    plan: { group: 'pro', period: { days: 30 }, features: ['export', 'priority'] },
    tax: {
      ...COMMON_TAX,
      subject: 'service',
      mode: 'full_payment',
      description: 'Подписка Pro Plus на 30 дней',
    },
  },
  {
    id: 'mug',
    kind: 'order',
    goods: 'physical',
    title: 'Mug',
    description: 'A mug with our logo, sent by post.',
    prices: { RUB: 99_000n },
    // Paid now and sent later: a second receipt is due when it is handed over.
    tax: {
      ...COMMON_TAX,
      subject: 'commodity',
      mode: 'full_prepayment',
      description: 'Кружка с логотипом',
    },
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
