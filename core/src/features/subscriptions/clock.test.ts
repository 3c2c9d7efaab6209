import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMs, addPeriod, DAY_MS, type Period } from '../../kernel/index.ts'
import { convertedSpan, convertTime, lengthMs } from './changes/change.ts'
import {
  activeCourse,
  DUNNING_DAYS,
  declinedCourse,
  RENEWAL_GRACE_MS,
  type Span,
  unfrozen,
} from './course.ts'
import { paidPeriod } from './paid-period.ts'
import { paidUntil, SUBSCRIPTION_STATUSES } from './subscription.ts'

/** The full number comes with `pnpm proof clock`. */
const numRuns = process.env['GRAMKIT_PROOF'] === '1' ? 10_000 : 500
function check<T extends [unknown, ...unknown[]]>(
  ...property: [...{ [K in keyof T]: fc.Arbitrary<T[K]> }, (...args: T) => void]
): void {
  fc.assert(fc.property<T>(...property), { numRuns })
}

const instant = fc.date({
  min: new Date('2024-01-01T00:00:00Z'),
  max: new Date('2040-01-01T00:00:00Z'),
  noInvalidDate: true,
})
const period: fc.Arbitrary<Period> = fc.oneof(
  fc.record({ days: fc.integer({ min: 1, max: 366 }) }),
  fc.record({ months: fc.integer({ min: 1, max: 12 }) }),
)
const days = (max: number) => fc.integer({ min: 0, max: max * DAY_MS })
const running = fc.constantFrom('active' as const, 'past_due' as const)

/** A subscription somewhere in its life, its end before or after now. */
const current = fc
  .record({
    status: fc.constantFrom(...SUBSCRIPTION_STATUSES),
    currentPeriodEnd: instant,
    startedMs: days(366),
    extraMs: fc.oneof(fc.constant(0), days(90)),
    pausedMs: days(60),
  })
  .map(({ status, currentPeriodEnd, startedMs, extraMs, pausedMs }) => ({
    status,
    currentPeriodStart: addMs(currentPeriodEnd, -startedMs),
    currentPeriodEnd,
    extraMs,
    anchorDay: currentPeriodEnd.getUTCDate(),
    pausedAt: status === 'paused' ? addMs(currentPeriodEnd, -pausedMs) : null,
  }))

const untilMs = (span: Span): number => paidUntil(span).getTime()

describe('paying', () => {
  test('never shortens time, whoever pays, when, and whatever date a provider states', () => {
    check(
      current,
      instant,
      period,
      fc.option(instant),
      fc.boolean(),
      (before, now, length, providerPeriodEnd, isRenewal) => {
        const after = paidPeriod({
          current: before,
          now,
          period: length,
          providerPeriodEnd,
          isRenewal,
        })
        const reference = before.pausedAt ?? now
        expect(after.extraMs).toBeGreaterThanOrEqual(0)
        // What is over is over; nobody gets it back, and nobody loses what is left.
        if (paidUntil(before) > reference) {
          expect(untilMs(after)).toBeGreaterThanOrEqual(untilMs(before))
        }
      },
    )
  })

  test('for what runs buys max(end, now) and a period', () => {
    check(current, instant, period, (before, now, length) => {
      const live = { ...before, extraMs: 0, pausedAt: null }
      const after = paidPeriod({
        ...{ current: live, now, period: length },
        providerPeriodEnd: null,
        isRenewal: false,
      })
      if (live.currentPeriodEnd > now) {
        expect(after.currentPeriodEnd).toEqual(
          addPeriod(live.currentPeriodEnd, length, live.anchorDay),
        )
      } else if (live.status !== 'active' && live.status !== 'past_due') {
        expect(after.currentPeriodEnd).toEqual(addPeriod(now, length, now.getUTCDate()))
      }
    })
  })

  test('late, within the period, keeps the billing date', () => {
    check(running, instant, period, fc.nat(), (status, end, length, lateMs) => {
      const anchorDay = end.getUTCDate()
      const next = addPeriod(end, length, anchorDay)
      const now = addMs(end, lateMs % (next.getTime() - end.getTime()))
      const before = { status, currentPeriodStart: end, currentPeriodEnd: end, extraMs: 0 }
      const after = paidPeriod({
        current: { ...before, anchorDay, pausedAt: null },
        ...{ now, period: length, providerPeriodEnd: null, isRenewal: true },
      })
      expect(after).toEqual({
        currentPeriodStart: end,
        currentPeriodEnd: next,
        extraMs: 0,
        anchorDay,
      })
    })
  })

  test('in either order of two renewals that a provider dated ends the same', () => {
    const dates = fc.tuple(days(60), days(60))
    check(instant, dates, days(20), (end, [first, second], extraMs) => {
      const before = { currentPeriodStart: end, currentPeriodEnd: end, extraMs, anchorDay: 1 }
      const pay = (span: Span, laterMs: number) =>
        paidPeriod({
          current: { ...span, status: 'active', pausedAt: null },
          now: end,
          period: { days: 30 },
          providerPeriodEnd: addMs(end, laterMs),
          isRenewal: true,
        })
      const inOrder = (order: readonly number[]) => order.reduce(pay, before)
      expect(untilMs(inOrder([first, second]))).toBe(untilMs(inOrder([second, first])))
    })
  })
})

describe('months', { timeout: 120_000 }, () => {
  test('come back to their day for years, through February and leap years, in UTC', () => {
    const months = fc.integer({ min: 1, max: 12 })
    check(instant, months, (start, step) => {
      const anchorDay = start.getUTCDate()
      let at = start
      for (let count = 1; count <= 60; count++) {
        at = addPeriod(at, { months: step }, anchorDay)
        const month = start.getUTCFullYear() * 12 + start.getUTCMonth() + count * step
        const last = new Date(Date.UTC(0, month + 1, 0))
        last.setUTCFullYear(Math.floor(month / 12), (month % 12) + 1, 0)
        const wanted = [month, Math.min(anchorDay, last.getUTCDate()), start.getTime() % DAY_MS]
        const is = [
          at.getUTCFullYear() * 12 + at.getUTCMonth(),
          at.getUTCDate(),
          at.getTime() % DAY_MS,
        ]
        if (is.join() !== wanted.join()) expect(is).toEqual(wanted)
      }
    })
  })

  test('of the 29th, 30th and 31st end with February and go on afterwards', () => {
    const ends = (day: number, year: number) => {
      const february = addPeriod(new Date(Date.UTC(year, 0, day)), { months: 1 }, day)
      const march = addPeriod(february, { months: 1 }, day)
      return [february, march].map((date) => date.toISOString().slice(5, 10))
    }
    expect([29, 30, 31].map((day) => ends(day, 2028))).toEqual([
      ['02-29', '03-29'],
      ['02-29', '03-30'],
      ['02-29', '03-31'],
    ])
    expect([29, 30, 31].map((day) => ends(day, 2027))).toEqual([
      ['02-28', '03-29'],
      ['02-28', '03-30'],
      ['02-28', '03-31'],
    ])
  })
})

describe('turning time into time of another price', () => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 12n })
  const rate = fc.record({ amount, lengthMs: fc.integer({ min: DAY_MS, max: 366 * DAY_MS }) })

  test('keeps its value but for less than a millisecond, and never adds any', () => {
    check(days(400), rate, rate, (leftMs, from, to) => {
      const converted = convertTime(BigInt(leftMs), from, to)
      // Values over the common denominator, so that nothing is rounded in the test.
      const had = BigInt(leftMs) * from.amount * BigInt(to.lengthMs)
      const price = to.amount * BigInt(from.lengthMs)
      expect(converted * price <= had).toBe(true)
      expect(had - converted * price < price).toBe(true)
    })
  })

  test('there and back again gives nothing that was not there', () => {
    check(days(400), rate, rate, (leftMs, from, to) => {
      const there = convertTime(BigInt(leftMs), from, to)
      expect(convertTime(there, to, from) <= BigInt(leftMs)).toBe(true)
    })
  })

  test('of the same price and length changes nothing', () => {
    check(days(400), rate, (leftMs, same) => {
      expect(convertTime(BigInt(leftMs), same, same)).toBe(BigInt(leftMs))
    })
  })

  test('of months gives nothing, however often somebody changes there and back', () => {
    const prices = fc.array(amount, { minLength: 1, maxLength: 8 })
    check(instant, days(31), amount, prices, (start, passedMs, price, others) => {
      const anchorDay = start.getUTCDate()
      const period = { months: 1 }
      const currentPeriodEnd = addPeriod(start, period, anchorDay)
      const now = addMs(start, passedMs % lengthMs(start, period))
      let span: Span = { currentPeriodStart: start, currentPeriodEnd, extraMs: 0, anchorDay }
      let paid = price
      for (const next of [...others, price]) {
        const target = { productId: 'b', title: 'B', amount: next, period }
        const converted = convertedSpan({ ...span, period }, paid, target, now)
        if (!converted) return
        span = converted
        paid = next
      }
      // The same price pays for 28 to 31 days; nothing else makes more of what was left.
      const leftMs = currentPeriodEnd.getTime() - now.getTime()
      expect(untilMs(span) - now.getTime()).toBeLessThanOrEqual((leftMs * 31) / 28)
    })
  })

  test('measures a period by the days it has', () => {
    expect(lengthMs(new Date('2028-02-01T00:00:00Z'), { months: 1 })).toBe(29 * DAY_MS)
  })
})

describe('a pause', () => {
  test('leaves exactly what was left, whoever renews', () => {
    const by = fc.constantFrom('provider' as const, 'kit' as const, 'nobody' as const)
    check(current, days(400), by, (before, pauseMs, renewedBy) => {
      const pausedAt = addMs(before.currentPeriodEnd, -5 * DAY_MS)
      const resumedAt = addMs(pausedAt, pauseMs)
      const after = unfrozen({ ...before, pausedAt }, resumedAt, renewedBy)
      expect(untilMs(after) - resumedAt.getTime()).toBe(untilMs(before) - pausedAt.getTime())
      if (renewedBy === 'provider') expect(after.currentPeriodEnd).toEqual(before.currentPeriodEnd)
    })
  })
})

describe('a declined renewal', () => {
  const attempts = fc.integer({ min: 1, max: 8 })

  test('ends: never more than five tries, a day apart, and access ends soon after the last', () => {
    check(current, days(60), fc.boolean(), (before, lateMs, isFinal) => {
      let now = addMs(before.currentPeriodEnd, lateMs)
      for (let chargeAttempts = 1; chargeAttempts <= 5; chargeAttempts++) {
        const course = declinedCourse({ ...before, chargeAttempts }, now, { isFinal })
        expect(course.status).toBe('past_due')
        expect(course.expiresAt?.getTime()).toBeGreaterThanOrEqual(now.getTime() + DAY_MS)
        if (!course.nextChargeAt) {
          expect(isFinal || chargeAttempts === 5).toBe(true)
          return
        }
        expect(course.nextChargeAt.getTime() - now.getTime()).toBeGreaterThanOrEqual(DAY_MS)
        now = course.nextChargeAt
      }
      expect.unreachable('the fifth decline is the last')
    })
  })

  test('never takes time away that was on top', () => {
    check(current, attempts, days(30), fc.boolean(), (before, chargeAttempts, lateMs, isFinal) => {
      const now = addMs(before.currentPeriodEnd, lateMs)
      const course = declinedCourse({ ...before, chargeAttempts }, now, { isFinal })
      expect(course.expiresAt?.getTime()).toBeGreaterThanOrEqual(untilMs(before))
    })
  })

  test('tries on days 1, 3, 5 and 7 after the billing date when all is on time', () => {
    check(current, (before) => {
      const end = before.currentPeriodEnd
      let now = end
      for (const [index, day] of DUNNING_DAYS.entries()) {
        const declined = { ...before, chargeAttempts: index + 1 }
        const { nextChargeAt } = declinedCourse(declined, now, { isFinal: false })
        expect(nextChargeAt).toEqual(addMs(end, day * DAY_MS))
        now = nextChargeAt ?? now
      }
    })
  })
})

test('access of what is active lasts a bounded time beyond the billing date', () => {
  const by = fc.constantFrom('provider' as const, 'kit' as const, 'nobody' as const)
  check(current, by, (before, renewedBy) => {
    const { expiresAt, nextChargeAt, noticeAt } = activeCourse(before, renewedBy)
    const graceMs = (expiresAt?.getTime() ?? 0) - before.currentPeriodEnd.getTime()
    expect(graceMs).toBe(Math.max(RENEWAL_GRACE_MS[renewedBy], before.extraMs))
    expect(nextChargeAt).toEqual(renewedBy === 'kit' ? before.currentPeriodEnd : null)
    const announced = renewedBy === 'nobody' ? expiresAt : before.currentPeriodEnd
    expect(noticeAt && announced && noticeAt <= announced).toBe(true)
  })
})
