import { expect, test } from 'vitest'
import { typedCount, typedShare } from './typed-figures.ts'

test.each([
  ['0', 0],
  ['12.5', 0.125],
  [' 12,5 ', 0.125],
  ['100', 1],
  ['', undefined],
  ['NaN', undefined],
  ['-1', undefined],
  ['100.1', undefined],
  ['1e2', undefined],
  ['Infinity', undefined],
  ['99999999999999999999', undefined],
])('A typed percentage is a part of one or nothing: %j', (text, share) => {
  expect(typedShare(text)).toBe(share)
})

test.each([
  ['0', 0],
  ['2000000000', 2_000_000_000],
  ['2000000001', undefined],
  ['1.5', undefined],
  ['-1', undefined],
  ['NaN', undefined],
])('A typed number of people is whole and not huge: %j', (text, count) => {
  expect(typedCount(text)).toBe(count)
})
