import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalOf, readDecimal } from '../../../kernel/index.ts'
import { applyDiscounts, type Discount } from './discount.ts'

/** The full number comes with `pnpm proof R8-pricing`. */
const numRuns = process.env['GRAMKIT_PROOF'] === '1' ? 10_000 : 150

const percent = (text: string, atMost?: bigint): Discount => ({
  id: `${text}%`,
  terms: { percent: readDecimal(text), atMost },
})
const off = (amount: bigint, planIds?: readonly string[]): Discount => ({
  ...{ id: 'off', terms: { amount }, planIds },
})
const lines = (...amounts: readonly bigint[]) =>
  amounts.map((amount, index) => ({ planId: `c${index}`, amount }))
const taken = (amounts: readonly bigint[], ...discounts: readonly Discount[]) => {
  const result = applyDiscounts(lines(...amounts), discounts)
  return [result.perLine, result.taken.map(({ amount }) => amount)]
}

test('a percentage is rounded once for the invoice, half to even, and spread over its lines', () => {
  // 10 % of 25 is 2.5, and of each line alone it would be 0.5 five times.
  expect(taken([5n, 5n, 5n, 5n, 5n], percent('10'))).toEqual([[1n, 1n, 0n, 0n, 0n], [2n]])
  expect(taken([1_000n, 333n], percent('12.5'))).toEqual([[125n, 42n], [167n]])
  expect(taken([999n], percent('100'))).toEqual([[999n], [999n]])
  expect(taken([999n], percent('0'))).toEqual([[0n], [0n]])
})

test('a percentage takes at most what it is limited to', () => {
  expect(taken([10_000n], percent('50', 2_000n))).toEqual([[2_000n], [2_000n]])
  expect(taken([10_000n], percent('10', 2_000n))).toEqual([[1_000n], [1_000n]])
})

test('an amount takes at most what there is', () => {
  expect(taken([300n, 100n], off(200n))).toEqual([[150n, 50n], [200n]])
  expect(taken([300n, 100n], off(1_000n))).toEqual([[300n, 100n], [400n]])
  expect(taken([], off(1_000n))).toEqual([[], [0n]])
})

test('each takes off what those before have left', () => {
  expect(taken([1_000n], percent('10'), percent('10'))).toEqual([[190n], [100n, 90n]])
  expect(taken([1_000n], off(400n), percent('50'))).toEqual([[700n], [400n, 300n]])
  expect(taken([1_000n], percent('50'), off(400n))).toEqual([[900n], [500n, 400n]])
  expect(taken([1_000n], off(900n), off(900n))).toEqual([[1_000n], [900n, 100n]])
})

test('for some plans takes nothing off others', () => {
  expect(taken([300n, 100n], off(200n, ['c1']))).toEqual([[0n, 100n], [100n]])
  expect(taken([300n, 100n], off(200n, ['gone']))).toEqual([[0n, 0n], [0n]])
})

test('takes nothing off a credit, which gives back what was charged after discounts', () => {
  expect(taken([300n, -100n], percent('50'))).toEqual([[150n, 0n], [150n]])
  expect(taken([-100n], off(50n))).toEqual([[0n], [0n]])
})

test.each([percent('-1'), percent('100.5'), off(-1n)])(
  'that would take off less than nothing or more than all is a defect',
  (discount) => {
    expect(() => applyDiscounts(lines(100n), [discount])).toThrow(/discount|percentage/)
  },
)

test('whatever is taken in whatever order, nothing falls below 0 and all of it adds up', () => {
  const amount = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })
  const positive = fc.bigInt({ min: 0n, max: 10n ** 12n })
  const hundredths = fc.bigInt({ min: 0n, max: 10n ** 14n }).map(decimalOf)
  const planIds = fc.option(fc.subarray(['c0', 'c1', 'c2']), { nil: undefined })
  const terms = fc.oneof(
    fc.record({ amount: positive }),
    fc.record({ percent: hundredths, atMost: fc.option(positive, { nil: undefined }) }),
  )
  const discounts = fc.array(fc.record({ id: fc.constant('d'), terms, planIds }), {
    maxLength: 6,
  })
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 6 }), discounts, (amounts, list) => {
      const result = applyDiscounts(lines(...amounts), list)
      const total = (parts: readonly bigint[]) => parts.reduce((sum, part) => sum + part, 0n)
      expect(total(result.perLine)).toBe(total(result.taken.map((each) => each.amount)))
      for (const [index, part] of result.perLine.entries()) {
        const line = amounts[index] ?? 0n
        expect(part >= 0n && part <= (line > 0n ? line : 0n)).toBe(true)
      }
      for (const [index, { amount: took }] of result.taken.entries()) {
        const own = list[index]?.terms ?? { amount: 0n }
        const limit = 'amount' in own ? own.amount : (own.atMost ?? took)
        expect(took >= 0n && took <= limit).toBe(true)
      }
    }),
    { numRuns },
  )
})
