import { describe, expect, test } from 'vitest'
import { createProductCatalog, type ProductInput, priceIn } from './product.ts'

const credits: ProductInput = {
  id: 'credits-100',
  kind: 'credits',
  goods: 'digital',
  title: '100 credits',
  description: 'A small pack.',
  prices: { XTR: 50n },
  credits: { unit: 'credits', amount: 100n },
}

const monthly: ProductInput = {
  id: 'pro',
  kind: 'subscription',
  goods: 'digital',
  title: 'Pro',
  description: 'Everything.',
  prices: { XTR: 250n, RUB: 29_900n },
  plan: { group: 'pro', period: { days: 30 } },
}

describe('the catalog', () => {
  test('finds products and their prices, and no other price', () => {
    const catalog = createProductCatalog([credits, monthly])
    const found = catalog.find('credits-100')
    expect(found && priceIn(found, 'XTR')).toBe(50n)
    expect(found && priceIn(found, 'RUB')).toBeUndefined()
    expect(catalog.find('gone')).toBeUndefined()
  })

  test.each<[string, ProductInput, string]>([
    ['no price', { ...credits, prices: {} }, 'products.credits-100.prices'],
    ['a price of zero', { ...credits, prices: { XTR: 0n } }, 'products.credits-100.prices.XTR'],
    ['a long title', { ...credits, title: 'x'.repeat(33) }, 'products.credits-100.title'],
    ['credits without saying how many', omit(credits), 'products.credits-100.credits'],
    ['a unit no ledger takes', give('my credits!', 1n), 'products.credits-100.credits.unit'],
    ['more than a transfer moves', give('x', 10n ** 16n), 'products.credits-100.credits.amount'],
    [
      'a year in Stars, which Telegram would charge every 30 days',
      { ...monthly, plan: { group: 'pro', period: { months: 12 } } },
      'products.pro.plan.period',
    ],
  ])('refuses %s', (_what, product, field) => {
    expect(() => createProductCatalog([product])).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ field }) }),
    )
  })

  test('refuses two products of one id', () => {
    expect(() => createProductCatalog([credits, credits])).toThrow(/declared twice/)
  })

  test('sells a year for a currency that the kit charges itself', () => {
    const plan = { group: 'pro', period: { months: 12 } }
    expect(() => createProductCatalog([{ ...monthly, prices: { RUB: 1n }, plan }])).not.toThrow()
  })
})

function omit({ credits: _, ...rest }: ProductInput): ProductInput {
  return rest
}

function give(unit: string, amount: bigint): ProductInput {
  return { ...credits, credits: { unit, amount } }
}
