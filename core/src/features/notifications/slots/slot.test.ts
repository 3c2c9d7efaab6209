import { expect, test } from 'vitest'
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
])('in %s the next one after %s begins at %s', (zone, instant, next) => {
  expect(nextSlotAt(at(instant), zone, 20).toISOString()).toBe(next)
})
