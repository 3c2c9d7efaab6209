import { expect, test } from 'vitest'
import { addDays, localDay, localTime } from './local-day.ts'

test.each([
  ['Pacific/Niue', '2026-07-01T15:59:59.999Z', '2026-06-30'],
  ['Pacific/Niue', '2026-07-01T16:00:00.000Z', '2026-07-01'],
  ['Pacific/Kiritimati', '2026-06-30T14:59:59.999Z', '2026-06-30'],
  ['Pacific/Kiritimati', '2026-06-30T15:00:00.000Z', '2026-07-01'],
  ['UTC', '2026-07-01T04:59:59.999Z', '2026-06-30'],
  ['UTC', '2026-07-01T05:00:00.000Z', '2026-07-01'],
  // Half and quarter hours.
  ['Asia/Kathmandu', '2026-06-30T23:14:59.999Z', '2026-06-30'],
  ['Asia/Kathmandu', '2026-06-30T23:15:00.000Z', '2026-07-01'],
  // An hour is skipped, two are, half an hour is: five hours earlier would be the day before.
  ['Europe/Berlin', '2026-03-29T02:59:59.999Z', '2026-03-28'],
  ['Europe/Berlin', '2026-03-29T03:30:00.000Z', '2026-03-29'],
  ['Antarctica/Troll', '2026-03-29T03:30:00.000Z', '2026-03-29'],
  ['Australia/Lord_Howe', '2026-10-03T18:15:00.000Z', '2026-10-04'],
  // They come twice: five hours earlier would be past midnight already.
  ['Europe/Berlin', '2026-10-25T03:30:00.000Z', '2026-10-24'],
  ['Europe/Berlin', '2026-10-25T04:00:00.000Z', '2026-10-25'],
  ['Antarctica/Troll', '2026-10-25T04:30:00.000Z', '2026-10-24'],
  ['Australia/Lord_Howe', '2026-04-04T18:15:00.000Z', '2026-04-04'],
  // The leap day begins and ends like any other.
  ['America/New_York', '2028-02-29T09:59:59.999Z', '2028-02-28'],
  ['America/New_York', '2028-02-29T10:00:00.000Z', '2028-02-29'],
  ['America/New_York', '2028-03-01T09:59:59.999Z', '2028-02-29'],
  ['America/New_York', '2028-03-01T10:00:00.000Z', '2028-03-01'],
  // Samoa had no 30 December 2011: midnight after the 29th was the 31st, whose night is the day before.
  ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29'],
  ['Pacific/Apia', '2011-12-30T14:59:59.999Z', '2011-12-30'],
  ['Pacific/Apia', '2011-12-30T15:00:00.000Z', '2011-12-31'],
])('with days from 05:00 it is in %s at %s the day %s', (timeZone, iso, day) => {
  expect(localDay(new Date(iso), timeZone, 5)).toBe(day)
})

test('without a starting hour a day begins at midnight', () => {
  expect(localDay(new Date('2026-06-30T20:59:59.999Z'), 'Europe/Moscow')).toBe('2026-06-30')
  expect(localDay(new Date('2026-06-30T21:00:00.000Z'), 'Europe/Moscow')).toBe('2026-07-01')
})

test('midnight is hour 0 of the new day', () => {
  expect(localTime(new Date('2026-12-31T18:15:00.000Z'), 'Asia/Kathmandu')).toEqual({
    day: '2027-01-01',
    hour: 0,
    minute: 0,
  })
})

test('days are counted over months, years and the leap day', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(addDays('2027-02-28', 1)).toBe('2027-03-01')
  expect(addDays('2027-01-01', -1)).toBe('2026-12-31')
})
