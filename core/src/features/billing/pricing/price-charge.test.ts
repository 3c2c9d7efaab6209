import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  allocate,
  CURRENCIES,
  type Currency,
  type Decimal,
  decimalOf,
  fraction,
  fractionOf,
  isCurrency,
  multiply,
  parseDecimal,
  readDecimal,
  roundToDecimal,
  roundToMinor,
  UNIT_AMOUNT_MAX,
} from '../../../kernel/index.ts'
import { type Charge, type ChargeInput, chargesField, readCharges } from './charge.ts'
import { priceCharge } from './price-charge.ts'
import { priceStepSchema } from './price-step.ts'
import { definePricing, pricingPlugIns } from './pricing-plug-in.ts'
import { TIERS_MAX } from './tiers.ts'

/** The full number comes with `pnpm proof R8-pricing`. */
const numRuns = process.env['GRAMKIT_PROOF'] === '1' ? 10_000 : 150

const plugIns = pricingPlugIns()
  .register(
    'square',
    definePricing({
      parameters: z.strictObject({ rate: z.string().regex(/^\d+$/, 'is no number') }),
      price: ({ quantity, parameters }) => {
        const squared = multiply(fractionOf(quantity), fractionOf(quantity))
        const amount = multiply(squared, fractionOf(readDecimal(parameters.rate)))
        return { amount: roundToDecimal(amount), explanation: 'by the square' }
      },
    }),
  )
  .register('broken', { check: () => {}, price: () => JSON.parse('{"amount": 0.1}') })
  .register('negative', {
    check: () => {},
    price: () => ({ amount: readDecimal('-1'), explanation: '' }),
  })
  .register('failing', {
    check: () => {},
    price: () => {
      throw new TypeError('not a function')
    },
  })

const every = { key: 'usage', title: 'Usage', when: 'arrears' } as const
const rules = { cycle: 'monthly', plugIns } as const
const read = (input: object): Charge => {
  const [charge] = readCharges([{ ...every, ...input }], rules)
  if (charge === undefined) throw new Error('no charge')
  return charge
}
const priced = (charge: Charge, quantity: Decimal, currency: Currency = 'USD') =>
  priceCharge(charge, { quantity, currency }, plugIns)
const amountOf = (charge: Charge, quantity: Decimal) => priced(charge, quantity).amount

const seedTiers = [
  { upTo: '100', rate: '1' },
  { upTo: '200', rate: '0.5' },
  { upTo: null, rate: '0.1' },
]

describe('the page on pricing', () => {
  const page = readFileSync(
    new URL('../../../../../docs/explanation/billing-pricing.md', import.meta.url),
    'utf8',
  )
  const vectors = page.split(/^### /m).flatMap((section) => {
    const json = /```json\n([\s\S]*?)```/.exec(section)?.[1]
    if (json === undefined) return []
    const name = section.slice(0, section.indexOf('\n'))
    return [...section.matchAll(/^\| ([\d.]+) \| ([\d.]+) ([A-Z]{3}) \|/gm)].map(
      ([, quantity = '', price = '', currency = '']) => ({
        ...{ name, charge: JSON.parse(json), quantity, price, currency },
      }),
    )
  })

  test('has its vectors', () => {
    expect(vectors).toHaveLength(33)
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(7)
  })

  test.each(vectors)('$name: $quantity cost $price $currency', (vector) => {
    const { charge, quantity, price, currency } = vector
    if (!isCurrency(currency)) throw new Error(currency)
    const { amount } = priced(read(charge), readDecimal(quantity), currency)
    expect({ amount, currency }).toEqual(parseDecimal(price, currency))
  })
})

describe('tiers', () => {
  test('of 250 units cost 155, and say how', () => {
    const charge = read({ model: 'graduated', tiers: seedTiers })
    expect(priced(charge, readDecimal('250'))).toEqual({
      amount: 15_500n,
      steps: [
        tier({ from: '0', upTo: '100', quantity: '100', rate: '1', amount: '100' }),
        tier({ from: '100', upTo: '200', quantity: '100', rate: '0.5', amount: '50' }),
        tier({ from: '200', upTo: null, quantity: '50', rate: '0.1', amount: '5' }),
      ],
    })
  })

  test('may say where they begin, as long as it is where the one before ends', () => {
    const from = ['0', '100', '200']
    const tiers = seedTiers.map((each, index) => ({ from: from[index], ...each }))
    expect(amountOf(read({ model: 'graduated', tiers }), readDecimal('250'))).toBe(15_500n)
  })

  // The trap of the original: the second tier held 99 units, and 250 cost 154.60.
  test.each([
    ['leaves a gap', { from: '101' }, 'charges.0.tiers.1.from', 'begin at 100'],
    ['overlaps the tier before', { from: '99' }, 'charges.0.tiers.1.from', 'begin at 100'],
    ['is 100', { upTo: '100' }, 'charges.0.tiers.1.upTo', 'let it end above 100'],
    ['is 50', { upTo: '50' }, 'charges.0.tiers.1.upTo', 'let it end above 100'],
    ['is open', { upTo: null }, 'charges.0.tiers.1.upTo', 'let the last tier alone be open'],
    ['is negative', { rate: '-0.5' }, 'charges.0.tiers.1.rate', 'from 0 to 1000000000'],
    ['is absurd: 1000000001', { rate: '1000000001' }, 'charges.0.tiers.1.rate', 'from 0'],
    ['is absurd', { upTo: `1${'0'.repeat(16)}` }, 'charges.0.tiers.1.upTo', 'from 0'],
    ['is negative', { flatFee: '-1' }, 'charges.0.tiers.1.flatFee', 'give a price from 0'],
    ['is not a decimal', { rate: 'NaN' }, 'charges.0.tiers.1.rate', 'write digits'],
    ['is not a decimal', { rate: '1e9' }, 'charges.0.tiers.1.rate', 'write digits'],
    ['is not a decimal', { rate: '0.0000000000001' }, 'charges.0.tiers.1.rate', '12 digits'],
  ])('whose second one %s (%j) are refused at %s', (problem, second, field, remedy) => {
    const [one, two, three] = seedTiers
    const tiers = [one, { ...two, ...second }, three]
    expect(refusal({ model: 'graduated', tiers })).toEqual(
      expect.objectContaining({ field, text: expect.stringContaining(problem) }),
    )
    expect(refusal({ model: 'graduated', tiers }).text).toContain(remedy)
  })

  test('that do not begin at 0 are refused: the original charged its first tier anyway', () => {
    const tiers = [
      { from: '10', upTo: '50', rate: '1' },
      { upTo: null, rate: '1' },
    ]
    expect(refusal({ model: 'graduated', tiers })).toEqual({
      field: 'charges.0.tiers.0.from',
      text: 'charges.0.tiers.0.from is 10: the first tier begins at 0',
    })
  })

  test('that end leave more without a price, and are refused', () => {
    const refused = refusal({ model: 'volume', tiers: seedTiers.slice(0, 2) })
    expect(refused.text).toBe(
      'charges.0.tiers.1.upTo ends at 200, so more has no price: let the last tier be open: null',
    )
  })

  test('are neither none nor too many', () => {
    const many = Array.from({ length: TIERS_MAX }, (_, index) => ({
      ...{ upTo: String(index + 1), rate: '1' },
    }))
    const open = { upTo: null, rate: '1' }
    const tiers = (list: readonly object[]) => ({ model: 'volume', tiers: list })
    expect(refusal(tiers([])).text).toMatch(/tiers are none: give one tier at least/)
    expect(refusal(tiers([...many, open])).text).toMatch(/tiers are 101: give 100 at the most/)
    expect(read(tiers([...many.slice(1), open]))).toMatchObject({ model: 'volume' })
  })
})

describe('charges', () => {
  const flat = { ...every, model: 'flat', when: 'advance', rate: '9.99' } as const

  test('read back what was stored of them', () => {
    const inputs: ChargeInput[] = [
      flat,
      { ...every, key: 'a', model: 'graduated', meter: 'gb', included: '0.5', tiers: seedTiers },
      { ...every, key: 'b', model: 'package', size: '10', rate: '1', rounding: 'up' },
      { ...every, key: 'c', model: 'custom', plugIn: 'square', parameters: { rate: '2' } },
    ]
    const charges = readCharges(inputs, rules)
    const stored: unknown = JSON.parse(JSON.stringify(z.encode(chargesField, charges)))
    expect(readCharges(stored, rules)).toEqual(charges)
    expect(stored).toMatchObject(inputs)
  })

  test.each([
    ['of no charge', [], 'charges are none'],
    ['with a key twice', [flat, flat], 'charges.1.key is usage, as that of another charge'],
    ['of too many', Array.from({ length: 51 }, () => flat), 'charges are more than 50'],
    [
      'for usage in advance',
      [{ ...every, model: 'per_unit', when: 'advance', meter: 'gb', rate: '1' }],
      'charges.0.when is advance, and nobody knows the usage',
    ],
    ['with a key of odd letters', [{ ...flat, key: 'A b' }], 'charges.0.key is not 1 to 32'],
    ['without a title', [{ ...flat, title: ' ' }], 'charges.0.title is empty'],
    ['with a long title', [{ ...flat, title: 'x'.repeat(500) }], 'charges.0.title has more than'],
    ['with an unknown model', [{ ...flat, model: 'magic' }], 'charges.0.model'],
    [
      'with packages of nothing',
      [{ ...every, model: 'package', size: '0', rate: '1' }],
      'size is 0',
    ],
    ['with a number for a price', [{ ...flat, rate: 9.99 }], 'charges.0.rate'],
    ['with what nobody knows', [{ ...flat, discount: '1' }], 'charges.0'],
    ['that are none at all', 'free', 'charges'],
    ['of an unknown rounding', [{ ...flat, rounding: 'nicely' }], 'charges.0.rounding'],
  ])('%s are refused', (_what, input, message) => {
    expect(() => readCharges(input, rules)).toThrow(message)
  })

  test('of what is billed once are in advance', () => {
    const once = { ...rules, cycle: 'one_time' } as const
    expect(readCharges([flat], once)).toHaveLength(1)
    expect(() => readCharges([{ ...flat, when: 'arrears' }], once)).toThrow(/charge in advance/)
  })

  test.each([
    ['-1', /quantity is -1/],
    ['1000000000000001', /quantity is 1000000000000001: give 0 to/],
  ])('are not priced for %s units', (quantity, message) => {
    const charge = read({ model: 'per_unit', rate: '1' })
    expect(() => amountOf(charge, readDecimal(quantity))).toThrow(message)
  })

  test('are not priced beyond what the kit moves at once', () => {
    const charge = read({ model: 'per_unit', rate: '1' })
    const most = decimalOf((UNIT_AMOUNT_MAX / 100n) * 10n ** 12n)
    expect(amountOf(charge, most)).toBe(UNIT_AMOUNT_MAX)
    expect(() => amountOf(charge, decimalOf(most + 10n ** 12n))).toThrow(
      expect.objectContaining({ code: 'billing.amount_too_large' }),
    )
  })

  test('say what is included', () => {
    const charge = read({ model: 'per_unit', rate: '2', included: '10' })
    expect(priced(charge, readDecimal('4')).steps).toEqual([
      { kind: 'included', quantity: '4', of: '10' },
      { kind: 'units', quantity: '0', rate: '2', amount: '0' },
    ])
  })

  test('of a part of a period cost their share, and of usage include theirs', () => {
    const third = { currency: 'USD', share: fraction(10n, 30n) } as const
    const seats = read({ model: 'per_unit', rate: '10' })
    const usage = read({ model: 'per_unit', rate: '1', meter: 'gb', included: '30' })
    const of = (charge: Charge, quantity: string) =>
      priceCharge(charge, { quantity: readDecimal(quantity), ...third }, plugIns)
    expect(of(seats, '2')).toMatchObject({
      amount: 667n,
      steps: [{ kind: 'units' }, { kind: 'days', days: '10', of: '30' }],
    })
    expect(of(usage, '12')).toMatchObject({
      amount: 200n,
      steps: [
        { kind: 'included', quantity: '10', of: '10' },
        { kind: 'units', quantity: '2' },
      ],
    })
  })
})

describe('plug-ins', () => {
  test('price by name', () => {
    const charge = read({ model: 'custom', plugIn: 'square', parameters: { rate: '2' } })
    expect(priced(charge, readDecimal('1.5'))).toEqual({
      amount: 450n,
      steps: [{ kind: 'plug_in', name: 'square', explanation: 'by the square', amount: '4.5' }],
    })
  })

  test('that nobody registered are refused with those there are', () => {
    expect(() => read({ model: 'custom', plugIn: 'cube' })).toThrow(
      'There is no pricing plug-in named cube: known are broken, failing, negative, square',
    )
    const charge = read({ model: 'custom', plugIn: 'square', parameters: { rate: '2' } })
    const facts = { quantity: readDecimal('1'), currency: 'USD' } as const
    expect(() => priceCharge(charge, facts, pricingPlugIns())).toThrow(/known are none/)
    expect(() => plugIns.register('square', plugIns.get('broken'))).toThrow(/already/)
  })

  test('refuse parameters when a plan is made', () => {
    const parameters = { rate: 'cheap' }
    expect(() => read({ model: 'custom', plugIn: 'square', parameters })).toThrow(
      'charges.0.parameters.rate is no number',
    )
  })

  test.each(['broken', 'negative', 'failing'])('that are %s are named', (plugIn) => {
    expect(() => amountOf(read({ model: 'custom', plugIn }), readDecimal('1'))).toThrow(
      expect.objectContaining({
        ...{ code: 'billing.plug_in_broken', details: expect.objectContaining({ name: plugIn }) },
      }),
    )
  })
})

describe('at random', { timeout: 120_000 }, () => {
  const units = (max: bigint) => fc.bigInt({ min: 0n, max }).map(decimalOf)
  const quantity = fc.oneof(
    units(10n ** 15n),
    units(10n ** 18n),
    fc.nat(1_000).map((count) => decimalOf(BigInt(count) * 10n ** 12n)),
  )
  const rate = units(10n ** 14n)
  const edges = fc
    .uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 16n }), { maxLength: 8 })
    .map((list) => [...list.toSorted((one, two) => (one < two ? -1 : 1)), null])
  const tiers = (flatFee: fc.Arbitrary<Decimal | undefined>) =>
    edges.chain((list) =>
      fc.tuple(...list.map((upTo) => fc.record({ upTo: fc.constant(upTo), rate, flatFee }))),
    )
  const tiered = (model: 'graduated' | 'volume', list: readonly RandomTier[]): Charge => ({
    ...{ ...every, rounding: 'half_even', model },
    tiers: list.map(({ upTo, ...rest }) => ({
      ...rest,
      upTo: upTo === null ? null : decimalOf(upTo),
    })),
  })
  const noFee = fc.constant(undefined)
  const someFee = fc.option(rate, { nil: undefined })
  const currency = fc.constantFrom(...CURRENCIES)

  test('a bigger quantity never costs less in graduated tiers', () => {
    fc.assert(
      fc.property(tiers(someFee), quantity, quantity, (list, one, two) => {
        const charge = tiered('graduated', list)
        const [few, many] = one < two ? [one, two] : [two, one]
        expect(amountOf(charge, few) <= amountOf(charge, many)).toBe(true)
      }),
      { numRuns },
    )
  })

  test('volume equals graduated at one tier', () => {
    fc.assert(
      fc.property(rate, someFee, quantity, currency, (each, flatFee, many, money) => {
        const list = [{ upTo: null, rate: each, flatFee }]
        const [one, two] = (['graduated', 'volume'] as const).map((model) =>
          priced(tiered(model, list), many, money),
        )
        expect(one).toEqual(two)
      }),
      { numRuns },
    )
  })

  test('graduated prices without fees do not jump at the edges of tiers', () => {
    fc.assert(
      fc.property(tiers(noFee), (list) => {
        const charge = tiered('graduated', list)
        for (const { upTo } of list.slice(0, -1)) {
          const edge = upTo ?? 0n
          const beyond = amountOf(charge, decimalOf(edge + 1n)) - amountOf(charge, decimalOf(edge))
          // A unit of 10^-12 at 100 dollars at the most is far less than a cent.
          expect(beyond === 0n || beyond === 1n).toBe(true)
        }
      }),
      { numRuns },
    )
  })

  test('usage costs the same however it is split into events, in whatever order', () => {
    const weights = fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(tiers(someFee), quantity, weights, fc.nat(), (list, total, parts, turn) => {
        const events = allocate(total, parts)
        const at = turn % events.length
        const shuffled = [...events.slice(at), ...events.slice(0, at)].reverse()
        const sum = (amounts: readonly bigint[]) =>
          decimalOf(amounts.reduce((whole, part) => whole + part, 0n))
        for (const model of ['graduated', 'volume'] as const) {
          const charge = tiered(model, list)
          expect(priced(charge, sum(shuffled))).toEqual(priced(charge, total))
        }
      }),
      { numRuns },
    )
  })

  test('the steps add up to the price, and can be stored', () => {
    fc.assert(
      fc.property(tiers(someFee), quantity, currency, (list, many, money) => {
        for (const model of ['graduated', 'volume'] as const) {
          const { amount, steps } = priced(tiered(model, list), many, money)
          // Products have 24 places.
          const exact = steps.reduce((sum, step) => {
            const fee = step.kind === 'tier' ? places24(step.flatFee ?? '0') : 0n
            return sum + fee + ('amount' in step ? places24(step.amount) : 0n)
          }, 0n)
          expect(amount).toBe(roundToMinor(fraction(exact, 10n ** 24n), money))
          const stored: unknown = JSON.parse(JSON.stringify(steps))
          expect(z.array(priceStepSchema).parse(stored)).toEqual(steps)
        }
      }),
      { numRuns },
    )
  })

  test('packages cost what their next whole number costs', () => {
    const size = fc.bigInt({ min: 10n ** 10n, max: 10n ** 16n }).map(decimalOf)
    fc.assert(
      fc.property(size, rate, quantity, (each, price, many) => {
        const charge: Charge = {
          ...{ ...every, rounding: 'half_even', model: 'package', size: each, rate: price },
        }
        const full = decimalOf(((many + each - 1n) / each) * each)
        expect(amountOf(charge, many)).toBe(amountOf(charge, full))
        if (many > 0n) {
          expect(amountOf(charge, decimalOf(full - each)) <= amountOf(charge, many)).toBe(true)
        }
      }),
      { numRuns },
    )
  })
})

interface RandomTier {
  readonly upTo: bigint | null
  readonly rate: Decimal
  readonly flatFee: Decimal | undefined
}

function tier(texts: object): object {
  return { kind: 'tier', ...texts }
}

function places24(text: string): bigint {
  const [whole = '', places = ''] = text.split('.')
  return BigInt(whole + places.padEnd(24, '0'))
}

function refusal(input: object): { field: unknown; text: string } {
  try {
    read(input)
  } catch (error) {
    if (error instanceof Error && 'details' in error) {
      const field = Reflect.get(Object(error.details), 'field')
      return { field, text: error.message }
    }
    throw error
  }
  throw new Error('It was taken')
}
