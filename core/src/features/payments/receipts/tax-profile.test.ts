import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../kernel/index.ts'
import { createGatewayRegistry } from '../gateway-breaker.ts'
import type { PaymentGateway } from '../payment-gateway.ts'
import { createProductCatalog, type ProductInput, snapshotProduct } from '../product.ts'
import { checkTaxProfiles } from './check-tax-profiles.ts'
import type { TaxProfile } from './tax-profile.ts'

const tax: TaxProfile = {
  vatCode: 1,
  subject: 'commodity',
  mode: 'full_prepayment',
  measure: 'piece',
  description: 'Кружка с логотипом',
}
const mug: ProductInput = {
  id: 'mug',
  kind: 'order',
  goods: 'physical',
  title: 'Mug',
  description: 'A mug.',
  prices: { RUB: 99_000n },
}
const poster = { ...mug, id: 'poster', status: 'retired' } as const
const stars: ProductInput = { ...mug, id: 'stars', prices: { XTR: 5n } }

function gateway(receipts?: { contact: 'email' }): PaymentGateway {
  return {
    name: 'yookassa',
    capabilities: {
      currencies: ['RUB'],
      goods: { telegram: ['physical'], web: ['digital', 'physical'] },
      partialRefund: true,
      renewals: 'saved_method',
      paymentTtlMs: 1,
      ...(receipts ? { receipts } : {}),
    },
    start: () => Promise.reject(new Error('It is never asked')),
    refund: () => Promise.reject(new Error('It is never asked')),
  }
}

const check = (products: ProductInput[], receipts?: { contact: 'email' }) =>
  checkTaxProfiles(
    createProductCatalog(products),
    createGatewayRegistry([gateway(receipts)], systemClock),
  )

describe('a tax profile', () => {
  test('is missing where a gateway issues receipts: the way out is named', () => {
    expect(() =>
      check([{ ...mug, tax, id: 'cup' }, stars, poster, mug], { contact: 'email' }),
    ).toThrow(
      'products.mug.tax is missing, and yookassa issues a receipt for all that it sells: ' +
        'add { vatCode, subject, mode, measure, description }, or drop the price',
    )
  })

  test('is asked of nothing that no receipt is issued for', () => {
    expect(() => check([{ ...mug, tax }, stars, poster], { contact: 'email' })).not.toThrow()
    expect(() => check([mug])).not.toThrow()
  })

  test.each([
    ['an unknown rate of VAT', 'vatCode', 13],
    ['a subject that needs marks or excise', 'subject', 'excise'],
    ['a mode the kit cannot carry through', 'mode', 'credit'],
    ['an unknown measure', 'measure', 'bucket'],
    ['a long description', 'description', 'x'.repeat(129)],
    ['no description', 'description', ''],
  ])('with %s is refused', (_what, field, value) => {
    const product = { ...mug, tax: { ...tax, [field]: value } }
    expect(() => createProductCatalog([product])).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ field: `products.mug.tax.${field}` }),
      }),
    )
  })

  test('is kept in what a payment remembers', () => {
    const product = createProductCatalog([{ ...mug, tax }]).find('mug')
    expect(product && snapshotProduct(product)).toMatchObject({ tax })
  })
})
