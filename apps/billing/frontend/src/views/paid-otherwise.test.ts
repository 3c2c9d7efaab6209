import { expect, test } from 'vitest'
import { paidOtherwise } from './paid-otherwise.ts'

test('what no payment brought was paid otherwise', () => {
  const payments = [
    { taken: '4000', takenBack: '0' },
    { taken: '2000', takenBack: '500' },
    { taken: '0', takenBack: '0' },
  ]
  expect(paidOtherwise({ paid: '5500' }, payments)).toBe(0n)
  expect(paidOtherwise({ paid: '7000' }, payments)).toBe(1_500n)
  expect(paidOtherwise({ paid: '0' }, [])).toBe(0n)
})
