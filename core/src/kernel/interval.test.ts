import { expect, test } from 'vitest'
import { addPeriod } from './interval.ts'

const instant = (iso: string): Date => new Date(`${iso}T10:20:30.000Z`)

test.each([
  ['2026-01-31', 31, '2026-02-28'],
  ['2026-02-28', 31, '2026-03-31'],
  ['2028-01-31', 31, '2028-02-29'],
  ['2028-02-29', 30, '2028-03-30'],
  ['2026-12-15', 15, '2027-01-15'],
  ['2026-11-30', 30, '2026-12-30'],
])('a month after %s with anchor day %i is %s', (from, anchorDay, to) => {
  expect(addPeriod(instant(from), { months: 1 }, anchorDay)).toEqual(instant(to))
})

test('twelve single months end where one year ends', () => {
  let at = instant('2027-08-31')
  for (let index = 0; index < 12; index++) at = addPeriod(at, { months: 1 }, 31)
  expect(at).toEqual(addPeriod(instant('2027-08-31'), { months: 12 }, 31))
})

test('days are 24 hours each', () => {
  expect(addPeriod(instant('2026-03-28'), { days: 30 }, 1)).toEqual(instant('2026-04-27'))
})
