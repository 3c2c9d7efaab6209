import { expect, test } from 'vitest'
import { addDays, addMs, DAY_MS } from '../../kernel/index.ts'
import { floorOf, referralFloors, referralQuality } from './referral-quality.ts'

const now = new Date('2026-07-31T12:00:00.000Z')
const today = '2026-07-31'

/** Signed up so many days ago, and was last active so many days ago. */
const signUp = (ago: number, activeAgo: number | null) => ({
  signedUpAt: addMs(now, -ago * DAY_MS),
  lastActiveDay: activeAgo === null ? null : addDays(today, -activeAgo),
})
const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item)

test.each<[string, ReturnType<typeof signUp>[], number]>([
  ['nobody', [], 0],
  ['one of today who was active', [signUp(0, 0)], 1],
  ['one of six days ago who is active', [signUp(6, 0)], 0.92],
  ['one of 13 days ago, too early to have stayed', [signUp(13, 6)], 0.8267],
  ['one of 14 days ago who is still active', [signUp(14, 0)], 0.8133],
  ['one of 14 days ago who came until the day before', [signUp(14, 1)], 0.5133],
  ['one of 15 days ago who is active', [signUp(15, 0)], 0.8],
  ['one of 30 days ago who stayed, and is gone for a week', [signUp(30, 7)], 0.3],
  ['one of 300 days ago who is active', [signUp(300, 6)], 0.6],
  ['one who never came', [signUp(30, null)], 0],
  ['one whose clock is ahead', [signUp(-1, 0)], 1],
  // The original let a single new one outweigh any history.
  [
    'one of today beside a hundred old ones who are gone',
    [signUp(0, 0), ...times(100, signUp(90, 80))],
    0.0069,
  ],
  ['five good ones of the last week', times(5, signUp(5, 0)), 0.9333],
  ['one who stays of two', [signUp(20, 2), signUp(20, 19)], 0.4333],
])('%s', (_what, signUps, score) => {
  expect(referralQuality(signUps, now).score).toBe(score)
})

test('the parts are told beside the sum', () => {
  const { components } = referralQuality([signUp(15, 0), signUp(15, 8), signUp(0, 0)], now)
  expect(components).toEqual({ recency: 0.6667, activeIn7Days: 0.6667, activeAfter14Days: 0.5 })
})

test.each([
  [1, 5, 'none'],
  [0.3, 5, 'none'],
  [0.2999, 5, 'warned'],
  [0.2, 5, 'warned'],
  [0.1999, 5, 'paused'],
  [0.1, 5, 'paused'],
  [0.0999, 5, 'review'],
  [0, 1, 'review'],
  [0, 0, 'none'],
] as const)('a quality of %d of %d referrals stands at the floor %s', (score, signUps, floor) => {
  expect(floorOf({ score }, signUps, referralFloors.initial)).toBe(floor)
})

test.each([
  { warn: 0.3, pause: 0.4, review: 0.1 },
  { warn: 0.3, pause: 0.2, review: 0.25 },
  { warn: Number.NaN, pause: 0.2, review: 0.1 },
  { warn: 0.3, pause: 0.2, review: -0.1 },
  { warn: 1.1, pause: 0.2, review: 0.1 },
])('floors in no order, or of no number, are refused: %j', (floors) => {
  expect(referralFloors.schema.safeParse(floors).success).toBe(false)
})
