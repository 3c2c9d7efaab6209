import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMs, DAY_MS } from '../../../kernel/index.ts'
import { nextStreak, type Streak, streakDay, viewStreak } from './streak.ts'

const numRuns = process.env['GRAMKIT_PROOF'] === '1' ? 10_000 : 500
const HOUR_MS = 3_600_000

/** Visits in order, each at a local time written out with its offset from UTC. */
function visitAll(visits: readonly (readonly [at: string, timeZone: string])[]): Streak {
  let streak: Streak | undefined
  for (const [at, timeZone] of visits) streak = nextStreak(streak, { at: new Date(at), timeZone })
  if (!streak) throw new Error('Nobody came')
  return streak
}

describe('in one zone', () => {
  test.each([
    ['Pacific/Niue', '-11:00'],
    ['America/New_York', '-04:00'],
    ['UTC', '+00:00'],
    ['Asia/Kathmandu', '+05:45'],
    ['Pacific/Kiritimati', '+14:00'],
  ])('a day of %s begins at 05:00:00.000 to the millisecond', (timeZone, offset) => {
    const first = [`2026-07-01T12:00:00${offset}`, timeZone] as const
    const before = [`2026-07-02T04:59:59.999${offset}`, timeZone] as const
    const after = [`2026-07-02T05:00:00.000${offset}`, timeZone] as const
    expect(visitAll([first, before])).toMatchObject({ current: 1, total: 1, day: '2026-07-01' })
    expect(visitAll([first, after])).toMatchObject({ current: 2, total: 2, day: '2026-07-02' })
    expect(visitAll([first, before, after])).toMatchObject({ current: 2, total: 2 })
  })

  test('a missed day begins anew, keeps the best and counts in the total', () => {
    const at = (day: number): [string, string] => [`2026-07-0${day}T12:00:00Z`, 'UTC']
    expect(visitAll([at(1), at(2), at(3), at(5)])).toMatchObject({ current: 1, best: 3, total: 4 })
    expect(visitAll([at(1), at(3), at(4)])).toMatchObject({ current: 2, best: 2, total: 3 })
  })

  test('goes over the leap day, and over the end of February without one', () => {
    const at = (day: string): [string, string] => [`${day}T12:00:00Z`, 'UTC']
    const over = ['2028-02-28', '2028-02-29', '2028-03-01'].map(at)
    expect(visitAll(over)).toMatchObject({ current: 3 })
    expect(visitAll(['2028-02-28', '2028-03-01'].map(at))).toMatchObject({ current: 1 })
    expect(visitAll(['2027-02-28', '2027-03-01'].map(at))).toMatchObject({ current: 2 })
  })

  test.each([
    // 02:00 becomes 03:00, the day has 23 hours.
    ['Europe/Berlin', '2026-03-28T22:30:00Z', '2026-03-29T02:59:59.999Z', '2026-03-29T03:00:00Z'],
    // 03:00 becomes 02:00, the day has 25 hours.
    ['Europe/Berlin', '2026-10-24T21:30:00Z', '2026-10-25T03:59:59.999Z', '2026-10-25T04:00:00Z'],
    // Half an hour, both ways.
    [
      'Australia/Lord_Howe',
      '2026-10-03T12:00:00Z',
      '2026-10-03T17:59:59.999Z',
      '2026-10-03T18:00:00Z',
    ],
    [
      'Australia/Lord_Howe',
      '2026-04-04T12:00:00Z',
      '2026-04-04T18:29:59.999Z',
      '2026-04-04T18:30:00Z',
    ],
    // Two hours, both ways.
    [
      'Antarctica/Troll',
      '2026-03-28T22:30:00Z',
      '2026-03-29T02:59:59.999Z',
      '2026-03-29T03:00:00Z',
    ],
    [
      'Antarctica/Troll',
      '2026-10-24T21:30:00Z',
      '2026-10-25T04:59:59.999Z',
      '2026-10-25T05:00:00Z',
    ],
  ])('05:00 is 05:00 in %s when the clock is changed after %s', (timeZone, eve, before, after) => {
    expect(
      visitAll([
        [eve, timeZone],
        [before, timeZone],
      ]),
    ).toMatchObject({ current: 1 })
    expect(
      visitAll([
        [eve, timeZone],
        [after, timeZone],
      ]),
    ).toMatchObject({ current: 2 })
  })
})

describe('on the way', () => {
  test('travelling west never resets: a date comes twice, or an earlier one again', () => {
    const tokyo = ['2026-07-02T09:00:00+09:00', 'Asia/Tokyo'] as const
    const sameDate = ['2026-07-02T20:00:00-10:00', 'Pacific/Honolulu'] as const
    const earlier = ['2026-07-01T20:00:00-10:00', 'Pacific/Honolulu'] as const
    const nextDay = ['2026-07-03T12:00:00-10:00', 'Pacific/Honolulu'] as const
    const before = ['2026-07-01T09:00:00+09:00', 'Asia/Tokyo'] as const
    expect(visitAll([before, tokyo, earlier])).toMatchObject({ current: 2, day: '2026-07-02' })
    expect(visitAll([before, tokyo, sameDate])).toMatchObject({ current: 2 })
    expect(visitAll([before, tokyo, earlier, sameDate, nextDay])).toMatchObject({ current: 3 })
    expect(visitAll([before, tokyo, nextDay])).toMatchObject({ current: 3 })
  })

  test('travelling east over the date line loses a date and swallows no day', () => {
    const honolulu = ['2026-07-01T22:00:00-10:00', 'Pacific/Honolulu'] as const
    const kiritimati = ['2026-07-03T20:00:00+14:00', 'Pacific/Kiritimati'] as const
    expect(visitAll([honolulu, kiritimati])).toMatchObject({ current: 2, day: '2026-07-03' })
    const dayLater = ['2026-07-04T20:00:00+14:00', 'Pacific/Kiritimati'] as const
    expect(visitAll([honolulu, dayLater])).toMatchObject({ current: 1 })
  })

  test('who goes west and comes back east in two days keeps the streak', () => {
    expect(
      visitAll([
        ['2026-07-01T12:00:00+14:00', 'Pacific/Kiritimati'],
        ['2026-07-01T22:00:00-10:00', 'Pacific/Honolulu'],
        ['2026-07-03T20:00:00+14:00', 'Pacific/Kiritimati'],
      ]),
    ).toMatchObject({ current: 2 })
  })
})

const zones = [
  ...['Pacific/Niue', 'Pacific/Honolulu', 'America/New_York', 'UTC', 'Europe/Berlin'],
  ...['Antarctica/Troll', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Kiritimati'],
]
const journey = (hoursMax: number) =>
  fc.array(fc.tuple(fc.nat({ max: hoursMax * 60 }), fc.constantFrom(...zones)), {
    minLength: 1,
    maxLength: 20,
  })
const start = new Date('2026-01-01T00:00:00.000Z')

function travel(steps: readonly (readonly [number, string])[]): {
  readonly streaks: readonly Streak[]
  readonly at: Date
} {
  let at = start
  const streaks: Streak[] = []
  for (const [minutes, timeZone] of steps) {
    at = addMs(at, minutes * 60_000)
    streaks.push(nextStreak(streaks.at(-1), { at, timeZone }))
  }
  return { streaks, at }
}

describe('whatever the journey', () => {
  test('who comes within 20 hours never loses a streak', () => {
    fc.assert(
      fc.property(journey(20), (steps) => {
        const { streaks } = travel(steps)
        for (const { current, best } of streaks) expect(current).toBe(best)
      }),
      { numRuns },
    )
  }, 120_000)

  test('no more days count than have passed, and one for either end of the earth', () => {
    fc.assert(
      fc.property(journey(80), (steps) => {
        const { streaks, at } = travel(steps)
        const passed = Math.ceil((at.getTime() - start.getTime()) / DAY_MS)
        for (const { current, best, total } of streaks) {
          expect(current).toBeGreaterThanOrEqual(1)
          expect(best).toBeGreaterThanOrEqual(current)
          expect(total).toBeGreaterThanOrEqual(best)
        }
        expect(streaks.at(-1)?.total).toBeLessThanOrEqual(passed + 3)
      }),
      { numRuns },
    )
  }, 120_000)
})

describe('viewStreak', () => {
  const streak = { current: 4, best: 6, total: 9, day: '2026-07-02', timeZone: 'UTC' }
  const at = (iso: string) => viewStreak(streak, { at: new Date(iso), timeZone: 'UTC' })

  test('counts as long as today or tomorrow can save it, then 0', () => {
    expect(at('2026-07-02T23:00:00Z')).toMatchObject({ current: 4, isCountedToday: true })
    expect(at('2026-07-04T04:59:59Z')).toMatchObject({ current: 4, isCountedToday: false })
    expect(at('2026-07-04T05:00:00Z')).toEqual({
      current: 0,
      best: 6,
      total: 9,
      isCountedToday: false,
    })
  })

  test('a streak of one day breaks too', () => {
    const one = { ...streak, current: 1 }
    const later = {
      at: new Date(addMs(new Date('2026-07-02T12:00:00Z'), 72 * HOUR_MS)),
      timeZone: 'UTC',
    }
    expect(viewStreak(one, later).current).toBe(0)
    expect(streakDay(later)).toBe('2026-07-05')
  })

  test('nobody who never came has one', () => {
    expect(viewStreak(undefined, { at: start, timeZone: 'UTC' }).total).toBe(0)
  })
})
