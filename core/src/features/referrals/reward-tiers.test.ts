import { expect, test } from 'vitest'
import { earnedRewards, givableTiers, nextMilestone, referralTiers } from './reward-tiers.ts'

const { initial } = referralTiers
const all = givableTiers(initial, true)
const earned = (qualified: number, score: number) =>
  earnedRewards(all, qualified, { score }).map(({ tier }) => tier)

test.each([
  [0, 1, []],
  [2, 1, []],
  [3, 0, ['three']],
  [4, 1, ['three']],
  // The sample of the original: five referrals of quality 0.82.
  [5, 0.82, ['three', 'quality_bonus']],
  [5, 0.8, ['three']],
  [9, 0.5, ['three']],
  [10, 0.5, ['three', 'ten']],
  [24, 0.5, ['three', 'ten']],
  [25, 0.5, ['three', 'ten', 'twenty_five']],
  [50, 0.5, ['three', 'ten', 'twenty_five', 'fifty']],
  [100, 0.9, ['three', 'ten', 'twenty_five', 'fifty', 'hundred', 'quality_bonus']],
])('%d qualified referrals of quality %d are worth %j', (qualified, score, tiers) => {
  expect(earned(qualified, score)).toEqual(tiers)
})

test('what is given is 3 codes, 5 codes, a month, 10 codes and 3 months, and a lifetime', () => {
  const given = earnedRewards(all, 100, { score: 1 })
  expect(given.map(({ codes, premiumMonths }) => [codes, premiumMonths])).toEqual([
    [3, 0],
    [5, 0],
    [0, 1],
    [10, 3],
    [0, 1_200],
    [2, 0],
  ])
})

test('without a premium product no premium is promised, and tiers of nothing else are left out', () => {
  const { tiers } = givableTiers(initial, false)
  expect(tiers.map(({ tier, premiumMonths }) => [tier, premiumMonths])).toEqual([
    ['three', 0],
    ['ten', 0],
    ['fifty', 0],
  ])
})

test.each([
  [0, 3, 'three'],
  [2, 1, 'three'],
  [3, 7, 'ten'],
  [99, 1, 'hundred'],
])('after %d qualified referrals %d are missing until %s', (qualified, missing, tier) => {
  expect(nextMilestone(all, qualified)).toMatchObject({ missing, reward: { tier } })
})

test('after the last tier there is no next one, whatever their order', () => {
  expect(nextMilestone(all, 100)).toBeUndefined()
  const reversed = { ...initial, tiers: initial.tiers.toReversed() }
  expect(nextMilestone(givableTiers(reversed, true), 0)?.reward.tier).toBe('three')
})

const [three] = initial.tiers
test.each([
  ['two tiers of one name', [three, three]],
  ['a tier of the bonus’s name', [{ ...three, tier: 'quality_bonus' }]],
  ['a tier that nobody has to reach', [{ ...three, threshold: 0 }]],
  ['a half code', [{ ...three, codes: 0.5 }]],
  ['fewer than no codes', [{ ...three, codes: -1 }]],
  ['a huge number of codes', [{ ...three, codes: 1e9 }]],
  ['more than a lifetime', [{ ...three, premiumMonths: 1_201 }]],
  ['no number', [{ ...three, threshold: Number.NaN }]],
])('%s is refused', (_what, tiers) => {
  expect(referralTiers.schema.safeParse({ ...initial, tiers }).success).toBe(false)
})
