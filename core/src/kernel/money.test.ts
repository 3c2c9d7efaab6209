import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CURRENCIES, formatDecimal, parseDecimal } from './money.ts'

test('prints minor units with the scale of the currency', () => {
  expect(formatDecimal({ amount: 10050n, currency: 'RUB' })).toBe('100.50')
  expect(formatDecimal({ amount: 5n, currency: 'RUB' })).toBe('0.05')
  expect(formatDecimal({ amount: -5n, currency: 'RUB' })).toBe('-0.05')
  expect(formatDecimal({ amount: 7n, currency: 'XTR' })).toBe('7')
})

test('reads back exactly what it printed', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      fc.constantFrom(...CURRENCIES),
      (amount, currency) => {
        expect(parseDecimal(formatDecimal({ amount, currency }), currency)).toEqual({
          amount,
          currency,
        })
      },
    ),
  )
})

test.each(['', '1.', '.5', '1,5', '1e3', '1.005', ' 1', '+1', 'NaN', '1'.repeat(19)])(
  'refuses %j as roubles instead of rounding it',
  (value) => {
    expect(() => parseDecimal(value, 'RUB')).toThrow(/is not an amount in RUB/)
  },
)

test('accepts zeros beyond the scale', () => {
  expect(parseDecimal('100.5000', 'RUB').amount).toBe(10050n)
  expect(parseDecimal('5.00', 'XTR').amount).toBe(5n)
})
