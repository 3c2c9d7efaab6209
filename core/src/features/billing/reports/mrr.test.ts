import { describe, expect, test } from 'vitest'
import { readDecimal } from '../../../kernel/index.ts'
import { cohortsOf, figuresOf, monthlyAmount, movementOf } from './mrr.ts'

describe('what a price is a month', () => {
  test.each([
    // 10.00 a week are 520.00 a year; 100.00 in 6 months are 16.666 a month.
    ['weekly', 1_000n, 4_333n],
    ['monthly', 2_999n, 2_999n],
    ['quarterly', 9_000n, 3_000n],
    ['semi_annually', 10_000n, 1_667n],
    ['annually', 12_000n, 1_000n],
    ['annually', 6n, 0n],
    ['annually', 18n, 2n],
    ['one_time', 99_900n, 0n],
  ] as const)('%s: %d is %d', (cycle, price, monthly) => {
    expect(monthlyAmount(price, cycle)).toBe(monthly)
  })
})

/** Reckoned by hand: who stays, grows, shrinks, leaves, comes and comes back between two ends. */
const CUSTOMERS = [
  { firstPaidOn: '2027-03-01', amounts: [4_000n, 4_000n, 4_000n] },
  { firstPaidOn: '2027-03-15', amounts: [2_000n, 5_000n, 5_000n] },
  { firstPaidOn: '2027-04-01', amounts: [3_000n, 1_000n, 1_000n] },
  { firstPaidOn: '2027-05-01', amounts: [1_000n, 0n, 2_500n] },
  { firstPaidOn: '2028-01-20', amounts: [0n, 6_000n, 3_000n] },
  { firstPaidOn: '2028-01-31', amounts: [0n, 2_000n, 0n] },
  { firstPaidOn: '2026-01-01', amounts: [0n, 1_000n, 1_000n] },
]

describe('a month', () => {
  test('moves by who comes, grows, shrinks, leaves and comes back', () => {
    const january = movementOf(CUSTOMERS, 1, '2027-12-31')
    expect(january).toEqual({
      mrr: {
        ...{ opening: 10_000n, new: 8_000n, reactivation: 1_000n, expansion: 3_000n },
        ...{ contraction: 2_000n, churn: 1_000n, exchange: 0n, closing: 19_000n },
      },
      customers: { opening: 4, new: 2, reactivated: 1, churned: 1, closing: 6 },
    })
    expect(figuresOf(january.mrr, january.customers)).toEqual({
      // 190.00 × 12; 190.00 / 6 customers.
      ...{ arr: 228_000n, arpu: 3_167n },
      // 1 of 4; (20.00 + 10.00) of 100.00; (100 + 30 - 20 - 10) of 100.
      ...{ customerChurn: readDecimal('0.25'), revenueChurn: readDecimal('0.3') },
      netRevenueRetention: readDecimal('1'),
      // 31.666… / 0.25
      ltv: 12_667n,
    })
    const february = movementOf(CUSTOMERS, 2, '2028-01-31')
    expect(february).toMatchObject({
      mrr: { opening: 19_000n, new: 0n, reactivation: 2_500n, contraction: 3_000n, churn: 2_000n },
      customers: { opening: 6, reactivated: 1, churned: 1, closing: 6 },
    })
    expect(february.mrr.closing).toBe(19_000n + 2_500n - 3_000n - 2_000n)
  })

  test('of nobody has no rates', () => {
    const { mrr, customers } = movementOf([], 1, '2027-12-31')
    expect(figuresOf(mrr, customers)).toEqual({
      ...{ arr: 0n, arpu: null, customerChurn: null, revenueChurn: null },
      ...{ netRevenueRetention: null, ltv: null },
    })
  })
})

test('a cohort is those who began in a month, followed to the end', () => {
  expect(cohortsOf(CUSTOMERS, ['2028-01', '2028-02'], 'EUR')).toEqual([
    {
      ...{ month: '2028-01', currency: 'EUR' },
      months: [
        {
          ...{ month: '2028-01', customers: 2, mrr: 8_000n },
          ...{ customerRetention: readDecimal('1'), revenueRetention: readDecimal('1') },
        },
        {
          ...{ month: '2028-02', customers: 1, mrr: 3_000n },
          ...{ customerRetention: readDecimal('0.5'), revenueRetention: readDecimal('0.375') },
        },
      ],
    },
  ])
})
