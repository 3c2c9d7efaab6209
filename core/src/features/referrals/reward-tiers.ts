import { z } from 'zod'
import { defineSetting } from '../../platform/settings/index.ts'
import type { ReferralQuality } from './referral-quality.ts'

/** Premium for a lifetime, as a number of months: a hundred years. */
export const LIFETIME_MONTHS = 1_200

/** The tier of the reward for good referrals, beside those that are declared. */
export const QUALITY_BONUS = 'quality_bonus'

const threshold = z.int().min(1).max(1_000_000)
const codes = z.int().min(0).max(100)

const tierSchema = z.strictObject({
  /** Stays when the rest is changed: who has the reward of a tier gets no second one. */
  tier: z.string().regex(/^[a-z0-9_]{1,32}$/),
  /** From how many qualified referrals on. */
  threshold,
  codes,
  premiumMonths: z.int().min(0).max(LIFETIME_MONTHS),
})

/** What somebody gets once their referrals reach a threshold. */
export type RewardTerms = z.output<typeof tierSchema>

/** What referrals are rewarded with: by their number, and a bonus for good ones. */
export const referralTiers = defineSetting({
  name: 'referrals.tiers',
  schema: z.strictObject({
    tiers: z
      .array(tierSchema)
      .max(20)
      .refine(
        (tiers) => new Set([QUALITY_BONUS, ...tiers.map(({ tier }) => tier)]).size > tiers.length,
        { error: `each tier has a name of its own, and none is ${QUALITY_BONUS}` },
      ),
    bonus: z.strictObject({ quality: z.number().min(0).max(1), threshold, codes }),
  }),
  initial: {
    tiers: [
      { tier: 'three', threshold: 3, codes: 3, premiumMonths: 0 },
      { tier: 'ten', threshold: 10, codes: 5, premiumMonths: 0 },
      { tier: 'twenty_five', threshold: 25, codes: 0, premiumMonths: 1 },
      { tier: 'fifty', threshold: 50, codes: 10, premiumMonths: 3 },
      { tier: 'hundred', threshold: 100, codes: 0, premiumMonths: LIFETIME_MONTHS },
    ],
    bonus: { quality: 0.8, threshold: 5, codes: 2 },
  },
})

/** What is given for referrals, in the order of thresholds. */
export type Tiers = typeof referralTiers.initial

/** The tiers as an app can give them: without a premium product nobody is promised premium. */
export function givableTiers({ tiers, bonus }: Tiers, givesPremium: boolean): Tiers {
  const givable = tiers
    .map((tier) => (givesPremium ? tier : { ...tier, premiumMonths: 0 }))
    .filter(({ codes, premiumMonths }) => codes > 0 || premiumMonths > 0)
  return { tiers: givable.toSorted((one, other) => one.threshold - other.threshold), bonus }
}

/** All that so many qualified referrals of such a quality are worth, given already or not. */
export function earnedRewards(
  { tiers, bonus }: Tiers,
  qualified: number,
  quality: Pick<ReferralQuality, 'score'>,
): RewardTerms[] {
  const reached = tiers.filter(({ threshold }) => qualified >= threshold)
  const isGood = qualified >= bonus.threshold && quality.score > bonus.quality && bonus.codes > 0
  const { threshold, codes } = bonus
  return isGood
    ? [...reached, { tier: QUALITY_BONUS, threshold, codes, premiumMonths: 0 }]
    : reached
}

/** The next threshold, and what is missing; undefined when there is none. */
export function nextMilestone(
  { tiers }: Tiers,
  qualified: number,
): { readonly missing: number; readonly reward: RewardTerms } | undefined {
  const reward = tiers.find(({ threshold }) => threshold > qualified)
  return reward && { missing: reward.threshold - qualified, reward }
}
