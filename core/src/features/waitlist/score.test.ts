import { describe, expect, test } from 'vitest'
import { estimateWait, waitlistWaits } from './estimated-wait.ts'
import {
  type Cohort,
  componentsOf,
  featuresOf,
  type Persona,
  scoreOf,
  waitlistWeights,
  weightsSchema,
} from './score.ts'

const weights = waitlistWeights.initial
const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ')
const scoreFor = (persona: Persona, useCase: string, referrals = 0) => {
  const features = { persona, ...featuresOf(useCase), referrals, cohort: 'control' as Cohort }
  return scoreOf(componentsOf(features, weights))
}

describe('a score', () => {
  test.each<[number, Persona, string, number?]>([
    [10, 'solo_founder', 'Test'],
    [15, 'small_team', 'Test'],
    [20, 'agency', 'Test'],
    [8, 'content_creator', 'Test'],
    [5, 'other', 'Test'],
    // 20 words are not more than 20.
    [10, 'solo_founder', words(20)],
    [20, 'solo_founder', words(21)],
    [15, 'solo_founder', 'I want to use VoBee for marketing automation'],
    [15, 'solo_founder', 'Marketing automation for my startup'],
    [15, 'solo_founder', 'TIME, please!'],
    // Only whole words count.
    [10, 'solo_founder', 'sometimes contented automations'],
    [10, 'solo_founder', 'timeout time_keeping'],
    [35, 'agency', `${words(21)} content`],
    [12, 'solo_founder', 'Test', 1],
    [30, 'solo_founder', 'Test', 10],
    [30, 'solo_founder', 'Test', 100],
    [55, 'agency', `${words(21)} content`, 11],
  ])('is %i of a %s with %j and %s referrals', (score, persona, useCase, referrals) => {
    expect(scoreFor(persona, useCase, referrals)).toBe(score)
  })

  test('puts an agency before a solo founder', () => {
    expect(scoreFor('agency', 'Test')).toBeGreaterThan(scoreFor('solo_founder', 'Test'))
  })
})

test.each([
  ['no number', { ...weights, detail: Number.NaN }],
  ['endless', { ...weights, keyword: Number.POSITIVE_INFINITY }],
  ['negative', { ...weights, referral: -1 }],
  ['huge', { ...weights, referralMax: 1e12 }],
  ['of nobody', { ...weights, persona: { ...weights.persona, investor: 50 } }],
  ['missing', { ...weights, persona: { agency: 20 } }],
])('weights that are %s are refused', (_what, value) => {
  expect(weightsSchema.safeParse(value).success).toBe(false)
})

describe('a wait', () => {
  const waits = waitlistWaits.initial

  test.each([
    [1, '1-2 days'],
    [50, '1-2 days'],
    [51, '1 week'],
    [200, '1 week'],
    [201, '2-3 weeks'],
    [247, '2-3 weeks'],
    [500, '2-3 weeks'],
    [501, '1 month'],
    [1_000, '1 month'],
    [1_001, '4-6 weeks'],
    [900_000, '4-6 weeks'],
  ])('at position %i is %s while nothing is known of the pace', (position, wait) => {
    expect(estimateWait(position, null, waits)).toBe(wait)
    expect(estimateWait(position, 0, waits)).toBe(wait)
  })

  test.each([
    [20, 10, '1-2 days'],
    [21, 10, '1 week'],
    [70, 10, '1 week'],
    [71, 10, '2-3 weeks'],
    [210, 10, '2-3 weeks'],
    [310, 10, '1 month'],
    [420, 10, '4-6 weeks'],
    [421, 10, 'over 6 weeks'],
    [1, 0.5, '1-2 days'],
  ])('at position %i of %d invited a day is %s', (position, pace, wait) => {
    expect(estimateWait(position, pace, waits)).toBe(wait)
  })

  test.each([
    ['in no order', { ...waits, '1 week': 50 }],
    ['missing', { '1-2 days': 50, '1 week': 200, '2-3 weeks': 500 }],
    ['negative', { ...waits, '1-2 days': -1 }],
    ['no number', { ...waits, '1 month': Number.NaN }],
    ['huge', { ...waits, '1 month': 1e12 }],
  ])('by bounds that are %s is refused', (_what, value) => {
    expect(waitlistWaits.schema.safeParse(value).success).toBe(false)
  })
})
