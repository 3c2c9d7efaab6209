import { expect, test } from 'vitest'
import { addDays, addMs, DAY_MS } from '../../../kernel/index.ts'
import { nextSlotAt, slotDay } from './slot.ts'

const at = (text: string): Date => new Date(text)

test.each([
  ['UTC', '2030-01-01T19:59:59Z', undefined],
  ['UTC', '2030-01-01T20:00:00Z', '2030-01-01'],
  ['UTC', '2030-01-01T20:59:59Z', '2030-01-01'],
  ['UTC', '2030-01-01T21:00:00Z', undefined],
  ['Pacific/Kiritimati', '2030-01-01T06:00:00Z', '2030-01-01'],
  ['Pacific/Niue', '2030-01-02T07:30:00Z', '2030-01-01'],
  ['Asia/Kathmandu', '2030-01-01T14:15:00Z', '2030-01-01'],
])('in %s it is the slot of 20 o’clock at %s on %s', (zone, instant, day) => {
  expect(slotDay(at(instant), zone, 20)).toBe(day)
})

test.each([
  ['UTC', '2030-01-01T20:30:00Z', '2030-01-01T20:30:00.000Z'],
  ['UTC', '2030-01-01T21:00:00Z', '2030-01-02T20:00:00.000Z'],
  ['Asia/Kathmandu', '2030-01-01T00:00:00Z', '2030-01-01T14:15:00.000Z'],
  // The clock goes forward in the night between.
  ['Europe/Berlin', '2030-03-30T21:00:00Z', '2030-03-31T18:00:00.000Z'],
  // Half an hour is skipped, and the slot is where it always is.
  ['Australia/Lord_Howe', '2030-10-05T12:00:00Z', '2030-10-06T09:00:00.000Z'],
])('in %s the next one after %s begins at %s', (zone, instant, next) => {
  expect(nextSlotAt(at(instant), zone, 20).toISOString()).toBe(next)
})

test.each([
  // From 2 to 3: what is told at 2 is told at 3, of which it is the first hour.
  ['Europe/Berlin', 2, '2030-03-31T00:59:59Z', undefined],
  ['Europe/Berlin', 2, '2030-03-31T01:00:00Z', '2030-03-31'],
  ['Europe/Berlin', 2, '2030-03-31T01:59:59Z', '2030-03-31'],
  ['Europe/Berlin', 2, '2030-03-31T02:00:00Z', undefined],
  ['Europe/Berlin', 3, '2030-03-31T01:30:00Z', '2030-03-31'],
  // From midnight to 1, and from 23 to midnight: it is that of the day of the hour.
  ['Africa/Cairo', 0, '2030-04-25T22:30:00Z', '2030-04-26'],
  ['America/Nuuk', 23, '2030-03-31T01:30:00Z', '2030-03-30'],
  // From 1 to 3, in Antarctica.
  ['Antarctica/Troll', 1, '2030-03-31T01:30:00Z', '2030-03-31'],
  ['Antarctica/Troll', 2, '2030-03-31T01:30:00Z', '2030-03-31'],
  // From 2 to half past: the hour is there.
  ['Australia/Lord_Howe', 2, '2030-10-05T15:40:00Z', '2030-10-06'],
  ['Australia/Lord_Howe', 2, '2030-10-05T16:10:00Z', undefined],
])(
  'in %s the slot of %i o’clock, when the clock skips an hour at %s, is on %s',
  (zone, hour, instant, day) => {
    expect(slotDay(at(instant), zone, hour)).toBe(day)
  },
)

test.each([
  ['Europe/Berlin', '2030-03-29T12:00:00Z'],
  ['Europe/Berlin', '2030-10-25T12:00:00Z'],
  ['Africa/Cairo', '2030-04-24T12:00:00Z'],
  ['Africa/Cairo', '2030-10-30T12:00:00Z'],
  ['America/Nuuk', '2030-03-29T12:00:00Z'],
  ['Antarctica/Troll', '2030-03-29T12:00:00Z'],
  ['Antarctica/Troll', '2030-10-25T12:00:00Z'],
  ['Australia/Lord_Howe', '2030-10-04T12:00:00Z'],
  ['Australia/Lord_Howe', '2030-04-05T12:00:00Z'],
])('in %s each hour from %s on is the slot of every day', (zone, start) => {
  for (let hour = 0; hour < 24; hour++) {
    const days = new Set<string | undefined>()
    for (let from = at(start); days.size < 4; ) {
      const next = nextSlotAt(from, zone, hour)
      days.add(slotDay(next, zone, hour))
      from = addMs(next, DAY_MS / 24)
    }
    const [first = ''] = days
    expect([...days], `at ${hour}`).toEqual([0, 1, 2, 3].map((more) => addDays(first, more)))
  }
})
