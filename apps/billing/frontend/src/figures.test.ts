import { expect, test } from 'vitest'
import { majorText, minorText, moneyText } from './figures.ts'

test.each([
  ['-1250', 'EUR', '-12.50'],
  ['5', 'EUR', '0.05'],
  ['0', 'KWD', '0.000'],
  ['1234', 'JPY', '1234'],
  ['7', 'XTR', '7'],
])('%s minor units of %s are %s', (amount, currency, major) => {
  expect(majorText({ amount, currency })).toBe(major)
})

test('Amounts are written to the last digit, however large', () => {
  const money = { amount: '90071992547409930123', currency: 'EUR' }
  expect(moneyText('en', money)).toBe('€900,719,925,474,099,301.23')
  expect(moneyText('ru', { amount: '-125000', currency: 'RUB' })).toBe('-1\u00a0250,00\u00a0₽')
})

test('Typed amounts are read exactly, and refused with more digits than the currency has', () => {
  expect(minorText('1 250,5', 'EUR')).toBe('125050')
  expect(minorText('0.01', 'EUR')).toBe('1')
  expect(minorText('100', 'JPY')).toBe('100')
  for (const wrong of ['', '-1', '1.001', '1e3', 'ten'])
    expect(minorText(wrong, 'EUR')).toBeUndefined()
  expect(minorText('1.5', 'JPY')).toBeUndefined()
})
