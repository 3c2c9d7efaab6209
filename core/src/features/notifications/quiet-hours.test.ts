import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { localTime } from '../../kernel/index.ts'
import { formatQuietHours, parseQuietHours, quietUntil } from './quiet-hours.ts'

const at = (text: string): Date => new Date(text)
const night = parseQuietHours({ from: '22:00', until: '08:00' })
const siesta = parseQuietHours({ from: '13:00', until: '15:30' })

describe('quiet hours', () => {
  test.each([
    ['before they begin', '2030-01-01T21:59:59Z', undefined],
    ['at their first second', '2030-01-01T22:00:00Z', '2030-01-02T08:00:00.000Z'],
    ['after midnight', '2030-01-02T03:00:10Z', '2030-01-02T08:00:00.000Z'],
    ['in their last second', '2030-01-02T07:59:59Z', '2030-01-02T08:00:00.000Z'],
    ['at their end', '2030-01-02T08:00:00Z', undefined],
  ])('over midnight, %s', (_when, instant, until) => {
    expect(quietUntil(at(instant), 'UTC', night)?.toISOString()).toBe(until)
  })

  test.each([
    ['2030-01-01T12:59:59Z', undefined],
    ['2030-01-01T13:00:00Z', '2030-01-01T15:30:00.000Z'],
    ['2030-01-01T15:30:00Z', undefined],
  ])('in the middle of a day, at %s', (instant, until) => {
    expect(quietUntil(at(instant), 'UTC', siesta)?.toISOString()).toBe(until)
  })

  test.each([
    ['America/New_York', '2030-01-02T04:00:00Z', '2030-01-02T13:00:00.000Z'],
    ['Asia/Kathmandu', '2030-01-01T17:00:00Z', '2030-01-02T02:15:00.000Z'],
    // The clock goes from 02:00 to 03:00 on 31 March 2030, and back on 27 October.
    ['Europe/Berlin', '2030-03-30T22:00:00Z', '2030-03-31T06:00:00.000Z'],
    ['Europe/Berlin', '2030-10-26T21:00:00Z', '2030-10-27T07:00:00.000Z'],
  ])('follow the clock on the wall of %s', (zone, instant, until) => {
    expect(quietUntil(at(instant), zone, night)?.toISOString()).toBe(until)
  })

  test('end at an instant that is not quiet, within a day and an hour, in any zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Pacific/Niue',
      'Pacific/Kiritimati',
      'Australia/Lord_Howe',
    )
    const minute = fc.integer({ min: 0, max: 1_439 })
    const instants = fc.date({ min: at('2026-01-01'), max: at('2028-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(zones, minute, minute, instants, (zone, from, until, instant) => {
        fc.pre(from !== until)
        const end = quietUntil(instant, zone, { from, until })
        if (!end) return
        expect(quietUntil(end, zone, { from, until })).toBeUndefined()
        expect(end.getTime() - instant.getTime()).toBeLessThanOrEqual(25 * 3_600_000)
        const { hour, minute: wall } = localTime(end, zone)
        // The wanted minute itself may be one that a changed clock leaves out.
        expect((hour * 60 + wall - until + 1_440) % 1_440).toBeLessThan(60)
      }),
    )
  })

  test('are read back as they are written', () => {
    expect(formatQuietHours(night)).toEqual({ from: '22:00', until: '08:00' })
  })

  test.each([
    ['22:00', '22:00'],
    ['24:00', '08:00'],
    ['7:00', '08:00'],
    ['22:60', '08:00'],
    ['22:00\n', '08:00'],
    ['', '08:00'],
  ])('are refused from %j until %j', (from, until) => {
    expect(() => parseQuietHours({ from, until })).toThrow('two different times of day')
  })
})
