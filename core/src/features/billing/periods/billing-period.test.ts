import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, localTime, roundFraction, sumFractions } from '../../../kernel/index.ts'
import {
  boundaryAt,
  CYCLES,
  type Cycle,
  dueBoundaries,
  periodAt,
  periodOf,
  type Schedule,
} from './billing-period.ts'
import { dueOn, shareOf, trialFrom } from './days.ts'
import { localMidnight } from './local-midnight.ts'

/** The full number comes with `pnpm proof R8-pricing`. */
const IS_FULL = process.env['GRAMKIT_PROOF'] === '1'
const numRuns = IS_FULL ? 10_000 : 150

const schedule = (anchorOn: string, cycle: Cycle = 'monthly', timeZone = 'UTC'): Schedule => ({
  anchorOn,
  cycle,
  timeZone,
})
const starts = (of: Schedule, count: number): string[] =>
  Array.from({ length: count }, (_, index) => periodAt(of, index).startOn)

describe('a billing day', () => {
  test.each([
    // Table written by hand: 2028 is a leap year, 2029 is none.
    [29, '29 29 29 29 29 29 29 29 29 29 29 29 29 28 29'],
    [30, '30 29 30 30 30 30 30 30 30 30 30 30 30 28 30'],
    [31, '31 29 31 30 31 30 31 31 30 31 30 31 31 28 31'],
  ])('on the %d of January 2028 comes back to its day for fifteen months', (day, days) => {
    const months = Array.from({ length: 15 }, (_, index) =>
      index < 12 ? `2028-${pad(index + 1)}` : `2029-${pad(index - 11)}`,
    )
    const wanted = days.split(' ').map((each, index) => `${months[index]}-${each}`)
    expect(starts(schedule(`2028-01-${day}`), 15)).toEqual(wanted)
  })

  test.each([
    ['2028-01-31', 'quarterly', '2028-01-31 2028-04-30 2028-07-31 2028-10-31 2029-01-31'],
    ['2027-11-30', 'quarterly', '2027-11-30 2028-02-29 2028-05-30 2028-08-30 2028-11-30'],
    ['2027-08-31', 'semi_annually', '2027-08-31 2028-02-29 2028-08-31 2029-02-28 2029-08-31'],
    ['2028-02-29', 'annually', '2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29'],
    ['2028-02-22', 'weekly', '2028-02-22 2028-02-29 2028-03-07 2028-03-14 2028-03-21'],
  ] as const)('from %s on, %s, is %s', (anchorOn, cycle, days) => {
    expect(starts(schedule(anchorOn, cycle), 5)).toEqual(days.split(' '))
  })

  const zones = ['Pacific/Pago_Pago', 'Pacific/Kiritimati', 'Europe/Berlin', 'America/New_York']
  test.each(zones)('of 29, 30 or 31 in every month begins at midnight in %s', (timeZone) => {
    for (const day of [29, 30, 31]) {
      for (let month = 1; month <= 12; month++) {
        const anchorOn = `2028-${pad(month)}-${day}`
        if (!isDay(anchorOn)) continue
        const monthly = schedule(anchorOn, 'monthly', timeZone)
        for (let index = 0; index < 14; index++) {
          const { startOn, startsAt, endsAt } = periodAt(monthly, index)
          const next = month - 1 + index
          const year = 2028 + Math.floor(next / 12)
          const wanted = Math.min(day, lastDay(year, (next % 12) + 1))
          expect(startOn).toBe(`${year}-${pad((next % 12) + 1)}-${pad(wanted)}`)
          expect(localTime(startsAt, timeZone)).toEqual({ day: startOn, hour: 0, minute: 0 })
          expect(localTime(new Date(startsAt.getTime() - 1), timeZone).day).toBe(
            addDays(startOn, -1),
          )
          expect(endsAt).toEqual(periodAt(monthly, index + 1).startsAt)
        }
      }
    }
  })

  test.each([
    // Offsets known from elsewhere: UTC-11, UTC+14, Berlin in winter and summer.
    ['Pacific/Pago_Pago', '2028-02-29', '2028-02-29T11:00:00.000Z'],
    ['Pacific/Kiritimati', '2028-02-29', '2028-02-28T10:00:00.000Z'],
    ['Europe/Berlin', '2028-03-26', '2028-03-25T23:00:00.000Z'],
    ['Europe/Berlin', '2028-03-27', '2028-03-26T22:00:00.000Z'],
    ['Europe/Berlin', '2028-10-29', '2028-10-28T22:00:00.000Z'],
    ['Europe/Berlin', '2028-10-30', '2028-10-29T23:00:00.000Z'],
    // Midnight was skipped here, came twice there, and Samoa had no 30 December 2011.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
  ])('in %s %s begins at %s', (timeZone, day, iso) => {
    expect(localMidnight(day, timeZone).toISOString()).toBe(iso)
  })

  test.each([
    ['2028-03-26', 23],
    ['2028-10-29', 25],
  ])('with the clock change of %s in it, a week counts seven days', (day, hours) => {
    const week = periodAt(schedule(addDays(day, -3), 'weekly', 'Europe/Berlin'), 0)
    expect(week.days).toBe(7)
    expect((week.endsAt.getTime() - week.startsAt.getTime()) / 3_600_000).toBe(6 * 24 + hours)
    const share = shareOf(week, { fromOn: day, untilOn: week.endOn })
    expect(share).toEqual({ numerator: 4n, denominator: 7n })
  })
})

describe('periods', () => {
  const monthly = schedule('2028-01-01', 'monthly', 'Europe/Berlin')

  test('have a first one, which begins with the anchor', () => {
    expect(periodAt(monthly, 0)).toEqual({
      ...{ index: 0, startOn: '2028-01-01', endOn: '2028-02-01', days: 31 },
      startsAt: new Date('2027-12-31T23:00:00.000Z'),
      endsAt: new Date('2028-01-31T23:00:00.000Z'),
    })
  })

  test('share no instant: that of a boundary is in the later one alone', () => {
    const { endsAt } = periodAt(monthly, 0)
    expect(periodOf(monthly, endsAt)?.index).toBe(1)
    expect(periodOf(monthly, new Date(endsAt.getTime() - 1))?.index).toBe(0)
    for (const day of [29, 30, 31]) {
      const shortened = schedule(`2027-01-${day}`, 'monthly', 'America/New_York')
      for (let index = 0; index < 24; index++) {
        const boundary = periodAt(shortened, index).endsAt
        expect(periodOf(shortened, boundary)?.index).toBe(index + 1)
        expect(periodOf(shortened, new Date(boundary.getTime() - 1))?.index).toBe(index)
      }
    }
  })

  test('are none before the anchor', () => {
    const { startsAt } = periodAt(monthly, 0)
    expect(periodOf(monthly, startsAt)?.index).toBe(0)
    expect(periodOf(monthly, new Date(startsAt.getTime() - 1))).toBeUndefined()
    expect(() => periodAt(monthly, -1)).toThrow(/count from 0/)
    expect(() => periodAt(monthly, 0.5)).toThrow(/count from 0/)
  })

  test('that are billed once are one, which is not empty and never due again', () => {
    const once = schedule('2028-02-29', 'one_time', 'Pacific/Kiritimati')
    const only = periodAt(once, 0)
    expect(only).toMatchObject({ startOn: '2028-02-29', endOn: '2028-03-01', days: 1 })
    expect(() => periodAt(once, 1)).toThrow(/one period/)
    expect(periodOf(once, only.startsAt)).toEqual(only)
    expect(periodOf(once, only.endsAt)).toBeUndefined()
    const later = { now: new Date('2040-01-01T00:00:00Z'), limit: 10 }
    expect(dueBoundaries(once, { from: 0, ...later })).toHaveLength(1)
    expect(dueBoundaries(once, { from: 1, ...later })).toEqual([])
  })

  // Where the clock goes back over midnight a date comes twice: one minute of it belonged to it already.
  test('go by instants where a date comes twice', () => {
    const daily = schedule('2010-10-31', 'weekly', 'America/St_Johns')
    const { startsAt } = periodAt(daily, 1)
    expect(localTime(new Date(startsAt.getTime() + 90_000), 'America/St_Johns').day).toBe(
      '2010-11-06',
    )
    expect(periodOf(daily, new Date(startsAt.getTime() + 90_000))?.index).toBe(1)
  })

  test('tile time without a gap or an overlap, in any zone and cycle', { timeout: 120_000 }, () => {
    const timeZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
    const anchorOn = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('2000-01-01', days))
    const cycle = fc.constantFrom(...CYCLES.filter((each) => each !== 'one_time'))
    fc.assert(
      fc.property(timeZone, anchorOn, cycle, fc.nat(60), fc.nat(), (zone, day, each, index, ms) => {
        const of = schedule(day, each, zone)
        const period = periodAt(of, index)
        const next = periodAt(of, index + 1)
        expect(period.startsAt < period.endsAt).toBe(true)
        expect([period.endOn, period.endsAt]).toEqual([next.startOn, next.startsAt])
        const length = period.endsAt.getTime() - period.startsAt.getTime()
        const instant = new Date(period.startsAt.getTime() + (ms % length))
        expect(periodOf(of, instant)).toEqual(period)
        expect(addDays(period.startOn, period.days)).toBe(period.endOn)
      }),
      { numRuns },
    )
  })
})

describe('boundaries', () => {
  const monthly = schedule('2028-01-31', 'monthly', 'America/New_York')

  test('begin with the anchor, where no period has ended', () => {
    expect(boundaryAt(monthly, 0)).toMatchObject({
      ...{ index: 0, on: '2028-01-31', at: new Date('2028-01-31T05:00:00.000Z') },
      ...{ ended: undefined, begins: { index: 0 } },
    })
    expect(boundaryAt(monthly, 2)).toMatchObject({
      ...{ on: '2028-03-31', at: new Date('2028-03-31T04:00:00.000Z') },
      ...{ ended: { index: 1 }, begins: { index: 2 } },
    })
  })

  test('are due at their instant and not before', () => {
    const { at } = boundaryAt(monthly, 1)
    const dueAt = (now: Date) => dueBoundaries(monthly, { from: 1, now, limit: 10 }).length
    expect(dueAt(at)).toBe(1)
    expect(dueAt(new Date(at.getTime() - 1))).toBe(0)
  })

  test('that were missed all come, oldest first, as many at once as are asked for', () => {
    const now = new Date('2028-07-01T12:00:00Z')
    const due = (from: number, limit: number) =>
      dueBoundaries(monthly, { from, now, limit }).map(({ on }) => on)
    expect(due(1, 100)).toEqual([
      ...['2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31', '2028-06-30'],
    ])
    expect(due(1, 2)).toEqual(['2028-02-29', '2028-03-31'])
    expect(due(3, 2)).toEqual(['2028-04-30', '2028-05-31'])
    expect(due(6, 2)).toEqual([])
  })
})

describe('trials', () => {
  test('end so many days on, at midnight there, and the first period begins then', () => {
    const trial = trialFrom('2028-02-20', 14, 'Pacific/Pago_Pago')
    expect(trial).toEqual({
      ...{ fromOn: '2028-02-20', untilOn: '2028-03-05' },
      endsAt: new Date('2028-03-05T11:00:00.000Z'),
    })
    const first = boundaryAt(schedule(trial.untilOn, 'monthly', 'Pacific/Pago_Pago'), 0)
    expect(first).toMatchObject({ at: trial.endsAt, on: '2028-03-05', ended: undefined })
  })
})

describe('shares of a period', () => {
  const february = periodAt(schedule('2028-02-01'), 0)

  test.each([
    ['2028-02-01', '2028-03-01', 29n],
    ['2028-02-11', '2028-03-01', 19n],
    ['2028-02-29', '2028-03-01', 1n],
    ['2028-02-11', '2028-02-11', 0n],
    ['2028-01-01', '2028-02-02', 1n],
    ['2027-01-01', '2030-01-01', 29n],
    ['2028-03-01', '2028-04-01', 0n],
    ['2028-01-01', '2028-02-01', 0n],
  ])('from %s to %s are %s of 29 days', (fromOn, untilOn, days) => {
    const share = shareOf(february, { fromOn, untilOn })
    expect(share).toEqual({ numerator: days, denominator: 29n })
  })

  test('of its parts add up to the whole, in whatever order', () => {
    const index = fc.nat(40)
    const cuts = fc.array(fc.nat(400), { maxLength: 12 })
    const cycle = fc.constantFrom(...CYCLES.filter((each) => each !== 'one_time'))
    fc.assert(
      fc.property(cycle, index, cuts, fc.nat(), (each, at, days, turn) => {
        const period = periodAt(schedule('2027-12-31', each), at)
        const inside = days.map((day) => addDays(period.startOn, day % period.days)).sort()
        const edges = [period.startOn, ...inside, period.endOn]
        const spans = edges.slice(1).map((untilOn, index) => ({
          fromOn: edges[index] ?? untilOn,
          untilOn,
        }))
        const turned = [...spans.slice(turn % spans.length), ...spans.slice(0, turn % spans.length)]
        const total = sumFractions(turned.map((span) => shareOf(period, span)))
        expect(total.numerator).toBe(total.denominator)
        expect(roundFraction(total)).toBe(1n)
      }),
      { numRuns },
    )
  })

  test('are refused for days that run backwards', () => {
    const backwards = { fromOn: '2028-02-11', untilOn: '2028-02-10' }
    expect(() => shareOf(february, backwards)).toThrow(/ends where it begins/)
  })
})

describe('terms', () => {
  test.each([
    ['2028-01-31', 30, '2028-03-01'],
    ['2028-01-31', 0, '2028-01-31'],
  ])('from %s, %d days, end on %s', (day, terms, due) => {
    expect(dueOn(day, terms)).toBe(due)
  })
})

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

function lastDay(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function isDay(day: string): boolean {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  return date <= lastDay(year, month)
}
