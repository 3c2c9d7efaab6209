import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../kernel/index.ts'
import {
  activeUntil,
  courseAfterDecline,
  paidPeriod,
  type SubscriptionStatus,
} from './subscription.ts'

const at = (text: string): Date => new Date(`${text}T12:00:00Z`)

describe('a paid period', () => {
  const month = { months: 1 } as const

  test.each<[string, SubscriptionStatus, string, string, string, string]>([
    // what, status, end so far, paid on, starts, ends
    ['follows the current one', 'active', '2026-03-31', '2026-03-20', '2026-03-31', '2026-04-30'],
    ['follows it when paid late', 'active', '2026-03-31', '2026-04-02', '2026-03-31', '2026-04-30'],
    [
      'keeps its day in dunning',
      'past_due',
      '2026-01-31',
      '2026-02-01',
      '2026-01-31',
      '2026-02-28',
    ],
    ['follows a canceled one', 'canceled', '2026-03-31', '2026-03-20', '2026-03-31', '2026-04-30'],
    ['begins now after a lapse', 'expired', '2026-03-31', '2026-04-02', '2026-04-02', '2026-05-02'],
    ['is not one that is over', 'active', '2026-01-31', '2026-04-02', '2026-04-02', '2026-05-02'],
  ])('%s', (_what, status, end, now, starts, ends) => {
    const current = { status, currentPeriodEnd: at(end), anchorDay: 31 }
    const facts = { now: at(now), period: month, providerPeriodEnd: null }
    expect(paidPeriod({ current, ...facts })).toMatchObject({ start: at(starts), end: at(ends) })
  })

  test('ends where the provider says, but never before what was paid already', () => {
    const period = { days: 30 } as const
    const current = { status: 'active' as const, currentPeriodEnd: at('2026-03-31'), anchorDay: 1 }
    const facts = { now: at('2026-03-31'), period }
    expect(paidPeriod({ current, ...facts, providerPeriodEnd: at('2026-05-02') }).end).toEqual(
      at('2026-05-02'),
    )
    expect(paidPeriod({ current, ...facts, providerPeriodEnd: at('2026-03-01') }).end).toEqual(
      at('2026-03-31'),
    )
  })
})

describe('after a decline', () => {
  test('tries come on days 1, 3, 5 and 7 after the end, then access ends', () => {
    const end = at('2026-03-01')
    const next = [1, 2, 3, 4, 5].map(
      (chargeAttempts) =>
        courseAfterDecline({ currentPeriodEnd: end, chargeAttempts }, end).nextChargeAt,
    )
    expect(next).toEqual([
      at('2026-03-02'),
      at('2026-03-04'),
      at('2026-03-06'),
      at('2026-03-08'),
      null,
    ])
  })

  test('tries keep a day between them when their days are over', () => {
    const now = at('2026-03-20')
    const { nextChargeAt } = courseAfterDecline(
      { currentPeriodEnd: at('2026-03-01'), chargeAttempts: 1 },
      now,
    )
    expect(nextChargeAt).toEqual(new Date(now.getTime() + DAY_MS))
  })
})

test('who renews decides what happens next', () => {
  const end = at('2026-03-31')
  expect(activeUntil(end, 'kit')).toMatchObject({ nextChargeAt: end, expiresAt: null })
  expect(activeUntil(end, 'nobody')).toMatchObject({ nextChargeAt: null, expiresAt: end })
  expect(activeUntil(end, 'provider').expiresAt).toEqual(at('2026-04-01'))
})
