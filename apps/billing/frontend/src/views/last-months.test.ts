import { expect, test } from 'vitest'
import { lastMonths } from './last-months.ts'

test('Months follow each other over the end of a year, up to the running one', () => {
  expect(lastMonths(new Date('2027-01-31T23:59:59Z'), 2)).toEqual([
    { startsAt: '2026-12-01T00:00:00.000Z', endsAt: '2027-01-01T00:00:00.000Z' },
    { startsAt: '2027-01-01T00:00:00.000Z', endsAt: '2027-02-01T00:00:00.000Z' },
  ])
})
