import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalOf, newId, ROUNDINGS, readDecimal } from '../../../kernel/index.ts'
import { customerFields } from '../customers/customer.ts'
import { makeDraft } from '../invoices/draft.ts'
import type { InvoiceParty } from '../invoices/invoice.ts'
import { noTax, type TaxFacts, type TaxTerms } from '../invoices/tax-provider.ts'
import { tenantFields } from '../tenants/tenant.ts'
import { tableTax } from './table-tax.ts'
import { taxCalculations } from './tax-calculation.ts'
import { TAX_PRESETS, type TaxRate, type TaxRateInput, taxRateFields } from './tax-rate.ts'

const numRuns = process.env['GRAMKIT_PROOF'] === '1' ? 10_000 : 150

function ratesOf(...inputs: readonly TaxRateInput[]): TaxRate[] {
  const row = { tenantId: newId(), createdAt: new Date(0) }
  return inputs.map((input) => ({ ...row, id: newId(), ...taxRateFields.parse(input) }))
}

function party(country: string | null, fields: Partial<InvoiceParty> = {}): InvoiceParty {
  const none = { company: null, region: null, taxId: null, email: null }
  return { ...none, name: 'Somebody', address: [], country, ...fields }
}

const TERMS: TaxTerms = {
  ...{ category: 'standard', pricesIncludeTax: false, exempt: false },
  rounding: 'half_even',
}

function facts(fields: Partial<TaxFacts> = {}): TaxFacts {
  return {
    ...{ seller: party('DE'), buyer: party('DE'), currency: 'EUR', on: '2028-01-31' },
    ...{ lines: [{ amount: 10_000n, discount: 0n }], terms: TERMS },
    ...fields,
  }
}

const from = { fromOn: '2020-01-01' }
const RATES = ratesOf(
  { ...from, country: 'DE', name: 'USt', rate: '19' },
  { ...from, country: 'DE', category: 'reduced', name: 'USt', rate: '7' },
  { ...from, country: 'FR', name: 'TVA', rate: '20' },
  { ...from, country: 'US', region: 'CA', name: 'Sales tax', rate: '7.25' },
  { country: 'US', region: 'CA', name: 'Sales tax', rate: '8.375', fromOn: '2029-01-01' },
  { country: 'FR', name: 'TVA', rate: null, fromOn: '2030-01-01' },
  { ...from, country: 'ES', name: 'IVA', rate: '21' },
  { ...from, country: 'ES', category: 'reduced', name: 'IVA', rate: '10' },
  { ...from, country: 'ES', region: 'CN', name: 'IVA', rate: null },
)
const { tax } = tableTax(RATES)

describe('the place', () => {
  test.each<[string, string | null, InvoiceParty, InvoiceParty, string]>([
    ['the seller’s state', '19', party('DE'), party('DE'), '2028-01-31'],
    ['the seller’s where the buyer’s is not known', '19', party('DE'), party(null), '2028-01-31'],
    [
      'a person’s state, where the tenant has its rate',
      '20',
      party('DE'),
      party('FR'),
      '2028-01-31',
    ],
    ['the seller’s state once that rate ended', '19', party('DE'), party('FR'), '2030-01-01'],
    [
      'the seller’s state without a rate of the buyer’s',
      '19',
      party('DE'),
      party('IT'),
      '2028-01-31',
    ],
    [
      'nowhere in a region where the tenant owes none of the country’s',
      null,
      party('ES'),
      party('ES', { region: 'CN' }),
      '2028-01-31',
    ],
    ['nowhere for a buyer outside', null, party('DE'), party('CH'), '2028-01-31'],
    ['nowhere before the first rate', null, party('DE'), party('DE'), '2019-12-31'],
    ['nowhere for a seller whose place is not known', null, party(null), party(null), '2028-01-31'],
    ['a region', '7.25', party('US'), party('US', { region: 'CA' }), '2028-12-31'],
    [
      'a region, by the rate of the day',
      '8.375',
      party('US'),
      party('US', { region: 'CA' }),
      '2029-01-01',
    ],
    [
      'nowhere in a region without a rate',
      null,
      party('US'),
      party('US', { region: 'TX' }),
      '2029-01-01',
    ],
  ])('is %s', (_, rate, seller, buyer, on) => {
    const taxed = tax(facts({ seller, buyer, on }))
    expect(taxed.lines[0]?.taxRate ?? null).toBe(rate === null ? null : readDecimal(rate))
    expect(taxed.reverseCharge).toBe(false)
  })

  test('is owed by a business of another member state itself', () => {
    const french = { taxId: 'FR40303265045' }
    const asked = { ...TERMS, pricesIncludeTax: true }
    expect(tax(facts({ buyer: party('FR', french), terms: asked }))).toEqual({
      lines: [{ discount: 0n, net: 10_000n, taxRate: null, tax: 0n }],
      ...{ taxes: [], pricesIncludeTax: false, reverseCharge: true },
    })
    const of = (seller: string, buyer: InvoiceParty) =>
      tax(facts({ seller: party(seller), buyer })).reverseCharge
    expect(of('DE', party('FR', { taxId: 'FR40303265046' }))).toBe(false)
    expect(of('FR', party('FR', french))).toBe(false)
    expect(of('US', party('FR', french))).toBe(false)
    expect(of('DE', party('GB', { taxId: 'GB980780684' }))).toBe(false)
  })
})

describe('a line', () => {
  test.each([
    ['half_even', false, 50n, 10n, 5n],
    ['half_even', false, 150n, 10n, 15n],
    ['half_up', false, 25n, 10n, 3n],
    ['half_even', false, 25n, 10n, 2n],
    ['up', false, 21n, 10n, 3n],
    ['down', false, 29n, 10n, 2n],
    ['half_even', true, 11_000n, 10n, 1_000n],
    ['half_even', true, 100n, 20n, 17n],
    ['half_even', true, -100n, 20n, -17n],
    ['half_even', false, 100n, 0n, 0n],
  ] as const)(
    'rounds %s once, inclusive %s: %s at %s %% bears %s',
    (rounding, pricesIncludeTax, amount, percent, expected) => {
      const rates = ratesOf({ ...from, country: 'DE', name: 'USt', rate: String(percent) })
      const terms = { ...TERMS, rounding, pricesIncludeTax }
      const taxed = tableTax(rates).tax(facts({ lines: [{ amount, discount: 0n }], terms }))
      const net = pricesIncludeTax ? amount - expected : amount
      expect(taxed.lines).toMatchObject([{ net, tax: expected }])
      expect(taxed.taxes).toEqual([
        { name: 'USt', rate: String(percent), taxable: net, tax: expected },
      ])
    },
  )

  test('may name a category of its own, and taxes are summed up by rate', () => {
    const lines = [
      { amount: 1_000n, discount: 100n },
      { amount: 500n, discount: 0n, category: 'reduced' },
      { amount: 2_000n, discount: 0n },
    ]
    expect(tax(facts({ lines })).taxes).toEqual([
      { name: 'USt', rate: '19', taxable: 2_900n, tax: 551n },
      { name: 'USt', rate: '7', taxable: 500n, tax: 35n },
    ])
    const unknown = [{ amount: 1n, discount: 0n, category: 'books' }]
    expect(() => tax(facts({ lines: unknown }))).toThrow(
      expect.objectContaining({ code: 'billing.tax_rate_missing' }),
    )
  })

  test('of an exempt customer bears nothing', () => {
    const terms = { ...TERMS, exempt: true }
    expect(tax(facts({ terms }))).toEqual(noTax.tax(facts()))
  })

  test('is split exactly where its price includes the tax, whatever the rate and rounding', () => {
    const line = fc.record({
      amount: fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
      share: fc.bigInt({ min: 0n, max: 100n }),
    })
    const cases = fc.record({
      rate: fc.bigInt({ min: 0n, max: 1_000_000n }),
      rounding: fc.constantFrom(...ROUNDINGS),
      pricesIncludeTax: fc.boolean(),
      drawn: fc.array(line, { maxLength: 8 }),
    })
    fc.assert(
      fc.property(cases, ({ rate, rounding, pricesIncludeTax, drawn }) => {
        const [known] = RATES
        if (!known) return
        const rates = [{ ...known, rate: decimalOf(rate * 10n ** 8n) }]
        const lines = drawn.map(({ amount, share }) => {
          const discount = amount > 0n ? (amount * share) / 100n : 0n
          return { amount, discount }
        })
        const terms = { ...TERMS, rounding, pricesIncludeTax }
        const taxed = tableTax(rates).tax(facts({ lines, terms }))
        const opposite = lines.map((one) => ({ amount: -one.amount, discount: -one.discount }))
        const back = tableTax(rates).tax(facts({ lines: opposite, terms }))
        for (const [index, { amount, discount }] of lines.entries()) {
          const one = taxed.lines[index]
          expect(pricesIncludeTax ? (one?.net ?? 0n) + (one?.tax ?? 0n) : one?.net).toBe(
            amount - discount,
          )
          expect(back.lines[index]).toMatchObject({
            net: -(one?.net ?? 0n),
            tax: -(one?.tax ?? 0n),
          })
          if (amount > 0n) expect((one?.discount ?? -1n) >= 0n).toBe(true)
        }
        const sum = (of: readonly { readonly tax: bigint }[]) =>
          of.reduce((all, one) => all + one.tax, 0n)
        expect(sum(taxed.taxes)).toBe(sum(taxed.lines))
      }),
      { numRuns },
    )
  })
})

test('discounts of prices with tax are told without it, as the subtotal is, and add up', () => {
  const [now, code] = [new Date('2028-01-31T00:00:00Z'), 'code']
  const row = { id: newId(), tenantId: newId(), createdAt: now, updatedAt: now }
  const fields = { code, name: 'Somebody', country: 'DE', currency: 'EUR' }
  const tenant = { ...row, ...tenantFields.parse({ ...fields, pricesIncludeTax: true }) }
  const customer = { ...row, ...customerFields.parse({ ...fields, timeZone: 'UTC' }) }
  const days = { fromOn: null, untilOn: null }
  const line = { ...days, kind: 'item', title: 'Work', steps: [], unitPrice: null } as const
  const { invoice, lines } = makeDraft(
    {
      ...{ tenant, customer, currency: 'EUR', now, on: '2028-01-31', ...days },
      lines: [1_000n, 333n].map((amount) => ({ ...line, amount, quantity: readDecimal('1') })),
      discounts: {
        perLine: [100n, 34n],
        taken: [67n, 67n].map((amount, index) => ({
          redemptionId: newId(),
          title: `${index}`,
          amount,
        })),
      },
    },
    tableTax(RATES),
  )
  // 1,000 is 840 and 160, 900 is 756 and 144; 333 is 280 and 53, 299 is 251 and 48.
  expect(lines).toMatchObject([
    { discount: 84n, net: 756n, tax: 144n },
    { discount: 29n, net: 251n, tax: 48n },
  ])
  expect(invoice).toMatchObject({ subtotal: 1_120n, discount: 113n, tax: 192n, total: 1_199n })
  expect(invoice.discounts.map(({ amount }) => amount)).toEqual([57n, 56n])
})

test('Russian VAT is 20 % until the end of 2025 and 22 % from then on, and 5, 7, 10 and 0 beside it', () => {
  const { tax: russian } = tableTax(ratesOf(...TAX_PRESETS.ru_vat))
  const rateOf = (on: string, category: string) => {
    const asked = facts({ seller: party('RU'), buyer: party('RU'), on })
    return russian({ ...asked, terms: { ...TERMS, category } }).taxes[0]?.rate
  }
  expect(rateOf('2025-12-31', 'standard')).toBe('20')
  expect(rateOf('2026-01-01', 'standard')).toBe('22')
  expect(
    ['reduced', 'zero', 'special_5', 'special_7'].map((of) => rateOf('2028-01-31', of)),
  ).toEqual(['10', '0', '5', '7'])
})

test('a calculation that nobody registered is refused with those there are', () => {
  const calculations = taxCalculations().register('mine', () => noTax)
  expect(calculations.get('mine')([])).toBe(noTax)
  expect(() => calculations.get('avalara')).toThrow(/known are mine, none, table/)
})
