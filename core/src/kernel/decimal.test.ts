import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocate } from './allocation.ts'
import { decimalOf, decimalText, productText, readDecimal } from './decimal.ts'
import {
  fraction,
  fractionOf,
  multiply,
  ROUNDINGS,
  type Rounding,
  roundFraction,
  roundToDecimal,
  roundToMinor,
  sumFractions,
} from './fraction.ts'
import { CURRENCIES, currencyScale } from './money.ts'

/** The full number comes with `pnpm proof R8-pricing`. */
const numRuns = process.env['GRAMKIT_PROOF'] === '1' ? 10_000 : 200

const units = fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n })
const ratio = fc.tuple(units, fc.bigInt({ min: 1n, max: 10n ** 24n }))

describe('decimals', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['100.00', '100'],
    ['0.000001', '0.000001'],
    ['-12.340', '-12.34'],
    ['0.000000000001', '0.000000000001'],
    ['1.000000000001000', '1.000000000001'],
    ['9'.repeat(26), '9'.repeat(26)],
  ])('%s is read and printed as %s', (text, printed) => {
    expect(decimalText(readDecimal(text))).toBe(printed)
  })

  test.each([
    '',
    '1.',
    '.5',
    '1,5',
    '1e3',
    ' 1',
    '+1',
    'NaN',
    '0x10',
    '0.0000000000001',
    '1'.repeat(27),
  ])('%j is refused with its field and what to write instead', (text) => {
    expect(() => readDecimal(text, 'rate')).toThrow(
      /^rate is not a decimal number: write digits, a point and at most 12 digits/,
    )
  })

  test('read back what they print', () => {
    fc.assert(
      fc.property(units, (count) => readDecimal(decimalText(decimalOf(count))) === count),
      { numRuns },
    )
  })

  test('that no column could hold are refused', () => {
    expect(() => decimalOf(10n ** 38n)).toThrow(/at most 26 digits/)
    expect(() => decimalOf(-(10n ** 38n))).toThrow(/at most 26 digits/)
  })

  test('are multiplied exactly, to 24 places', () => {
    const small = readDecimal('0.000000000001')
    expect(productText(small, small)).toBe(`0.${'0'.repeat(23)}1`)
    expect(productText(readDecimal('-2.5'), readDecimal('4'))).toBe('-10')
    expect(multiply(fractionOf(small), fractionOf(small))).toEqual(fraction(1n, 10n ** 24n))
  })
})

describe('rounding', () => {
  // Tenths, each rounded half even, half up, up, down.
  test.each([
    [0n, [0n, 0n, 0n, 0n]],
    [1n, [0n, 0n, 1n, 0n]],
    [5n, [0n, 1n, 1n, 0n]],
    [6n, [1n, 1n, 1n, 0n]],
    [10n, [1n, 1n, 1n, 1n]],
    [15n, [2n, 2n, 2n, 1n]],
    [25n, [2n, 3n, 3n, 2n]],
    [26n, [3n, 3n, 3n, 2n]],
  ])('%s tenths become %s', (tenths, wanted) => {
    const by = (count: bigint) => ROUNDINGS.map((name) => roundFraction(fraction(count, 10n), name))
    expect(by(tenths)).toEqual(wanted)
    expect(by(-tenths)).toEqual(wanted.map((value) => -value))
  })

  test.each([
    ['0.125', 'USD', 12n],
    ['0.135', 'USD', 14n],
    ['-0.125', 'EUR', -12n],
    ['1.239', 'JPY', 1n],
    ['1.5', 'JPY', 2n],
    ['2.5', 'XTR', 2n],
    ['0.0005', 'KWD', 0n],
    ['0.0015', 'KWD', 2n],
    ['9.99', 'GBP', 999n],
  ] as const)('%s %s is %s in minor units, half to even', (major, currency, minor) => {
    expect(roundToMinor(fractionOf(readDecimal(major)), currency)).toBe(minor)
  })

  test('is off by half a unit at most, or by less than one, whichever way', () => {
    fc.assert(
      fc.property(ratio, fc.constantFrom<Rounding>(...ROUNDINGS), ([top, bottom], rounding) => {
        const rounded = roundFraction(fraction(top, bottom), rounding)
        const error = rounded * bottom - top
        const size = error < 0n ? -error : error
        expect(rounding.startsWith('half') ? 2n * size <= bottom : size < bottom).toBe(true)
        // Up leads away from zero and down towards it.
        if (rounding === 'up') expect(error * top >= 0n).toBe(true)
        if (rounding === 'down') expect(error * top <= 0n).toBe(true)
      }),
      { numRuns },
    )
  })

  test('keeps the order of what it rounds', () => {
    fc.assert(
      fc.property(ratio, units, fc.constantFrom(...ROUNDINGS), ([one, bottom], two, rounding) => {
        const [low, high] = one < two ? [one, two] : [two, one]
        expect(
          roundFraction(fraction(low, bottom), rounding) <=
            roundFraction(fraction(high, bottom), rounding),
        ).toBe(true)
      }),
      { numRuns },
    )
  })

  test('to twelve places gives a decimal', () => {
    expect(decimalText(roundToDecimal(fraction(1n, 3n)))).toBe('0.333333333333')
    expect(decimalText(roundToDecimal(fraction(2n, 3n)))).toBe('0.666666666667')
    expect(decimalText(roundToDecimal(fraction(2n, 3n), 'down'))).toBe('0.666666666666')
  })

  test('comes last: thirds add up to a whole before it', () => {
    const third = fraction(1n, 3n)
    expect(roundToMinor(sumFractions([third, third, third]), 'USD')).toBe(100n)
    expect(roundFraction(sumFractions([fraction(1n, 2n), fraction(1n, 3n)]), 'up')).toBe(1n)
  })

  test('needs a denominator above zero', () => {
    expect(() => fraction(1n, 0n)).toThrow(/positive/)
  })
})

describe('allocation', () => {
  test.each([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [-100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    [10n, [1n, 2n, 4n], [1n, 3n, 6n]],
    [1n, [1n, 3n], [0n, 1n]],
    [0n, [1n, 3n], [0n, 0n]],
    [7n, [0n, 5n, 0n], [0n, 7n, 0n]],
  ])('%s by %s is %s', (amount, weights, parts) => {
    expect(allocate(amount, weights)).toEqual(parts)
  })

  test('adds up exactly, is fair to less than a unit, and gives nothing to a weight of 0', () => {
    const weights = fc
      .array(fc.bigInt({ min: 0n, max: 10n ** 24n }), { minLength: 1, maxLength: 40 })
      .filter((list) => list.some((weight) => weight > 0n))
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), weights, (amount, list) => {
        const parts = allocate(amount, list)
        const total = list.reduce((sum, weight) => sum + weight, 0n)
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount)
        for (const [index, weight] of list.entries()) {
          const error = (parts[index] ?? 0n) * total - amount * weight
          expect((error < 0n ? -error : error) < total).toBe(true)
          if (weight === 0n) expect(parts[index]).toBe(0n)
        }
      }),
      { numRuns },
    )
  })

  test.each([[[]], [[0n, 0n]], [[2n, -1n]]])('by %s is refused', (weights) => {
    expect(() => allocate(5n, weights)).toThrow(/Weights/)
  })
})

test('each currency has the digits of ISO 4217, Stars none', () => {
  expect(Object.fromEntries(CURRENCIES.map((name) => [name, currencyScale(name)]))).toEqual({
    ...{ XTR: 0, RUB: 2, USD: 2, EUR: 2, KZT: 2 },
    ...{ GBP: 2, JPY: 0, KWD: 3 },
  })
})
