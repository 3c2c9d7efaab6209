import { describe, expect, test } from 'vitest'
import { LATE_FEE_DEFAULTS, lateFeeOf, lateFeePolicyFields } from './late-fee.ts'

describe('a late fee', () => {
  // What is owed × rate / 365 × days, by hand.
  test.each([
    [100_00n, '10', 30, 82n], // 82.19…
    [100_00n, '8', 30, 66n], // 65.75…
    [3650_00n, '10', 1, 100n], // exactly
    [365_00n, '5', 1, 5n], // exactly
    [730_00n, '0.25', 1, 0n], // 0.5, to even
    [730_00n, '0.75', 1, 2n], // 1.5, to even
    [730_00n, '1.25', 1, 2n], // 2.5, to even
    [730_00n, '1.250001', 1, 3n], // above the half
    [1_234_567_89n, '12.5', 90, 3_805_175n], // 3805175.003…
    [100_00n, '100', 365, 100_00n],
    [1n, '10', 30, 0n],
    [0n, '10', 30, 0n],
    [100_00n, '10', 0, 0n],
  ])('of %s at %s percent for %i days is %s', (owed, rate, days, fee) => {
    const found = lateFeeOf({ kind: 'percent', rate }, { owed, days, currency: 'EUR' })
    expect(found).toBe(fee)
  })

  test('is what the tenant asks for in the currency, where it is flat', () => {
    const fee = { kind: 'flat' as const, amounts: { EUR: 500n } }
    expect(lateFeeOf(fee, { owed: 1n, days: 1, currency: 'EUR' })).toBe(500n)
    expect(lateFeeOf(fee, { owed: 1n, days: 1, currency: 'JPY' })).toBe(0n)
    expect(lateFeeOf(null, { owed: 1n, days: 1, currency: 'EUR' })).toBe(0n)
  })

  test.each([
    { fee: { kind: 'percent', rate: '0' } },
    { fee: { kind: 'percent', rate: '100.1' } },
    { fee: { kind: 'percent', rate: '-1' } },
    { fee: { kind: 'percent', rate: 'ten' } },
    { fee: { kind: 'flat', amounts: { EUR: 0n } } },
    { fee: { kind: 'flat', amounts: { ABC: 1n } } },
    { fee: { kind: 'daily' } },
    { graceDays: -1 },
    { everyDays: 0 },
    { everyDays: 366 },
  ])('is not asked for by %o', (wrong) => {
    expect(lateFeePolicyFields.safeParse({ ...LATE_FEE_DEFAULTS, ...wrong }).success).toBe(false)
  })
})
