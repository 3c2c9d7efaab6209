import {
  type EarnedCode,
  LIFETIME_MONTHS,
  QUALITY_BONUS,
  REFERRAL_FLAGS,
  REFERRAL_STATUSES,
  type Referral,
  type RewardTerms,
  type Standing,
} from '@gramkit/core/referrals'
import { z } from 'zod'

const rewardWire = z.object({
  type: z.enum(['invite_codes', 'premium']),
  /** Codes, or months of premium. */
  amount: z.int(),
  tier: z.string(),
  /** From how many qualified referrals on it is given. */
  at: z.int(),
  reason: z.string(),
})

const qualityParts = {
  quality_score: z.number(),
  components: z.object({
    recency: z.number(),
    active_in_7_days: z.number(),
    active_after_14_days: z.number(),
  }),
  /** Below which bound the quality is. */
  floor: z.enum(['none', 'warned', 'paused', 'review']),
}

/** How good somebody's referrals are, and what they were given. */
export const qualityWire = z
  .object({
    /** Those whom they brought. */
    referred_count: z.int(),
    qualified_count: z.int(),
    ...qualityParts,
    rewards: z.array(rewardWire),
  })
  .meta({ id: 'ReferralQuality' })

const referralParts = {
  id: z.uuid(),
  status: z.enum(REFERRAL_STATUSES),
  /** It counts for nothing as long as it is. */
  frozen: z.boolean(),
  flags: z.array(z.enum(REFERRAL_FLAGS)),
  at: z.string(),
}

/** What somebody's own page shows. */
export const mineWire = z
  .object({
    link: z.string(),
    /** The newest first, up to 100. */
    referrals: z.array(z.object({ ...referralParts, /** Masked. */ who: z.string() })),
    qualified_count: z.int(),
    quality: z.object(qualityParts),
    rewards: z.array(rewardWire),
    next_milestone: z
      .object({
        ...{ at: z.int(), missing: z.int(), reward: z.string() },
        rewards: z.array(rewardWire),
      })
      .nullable(),
    /** Codes to give away. */
    codes: z.array(z.string()),
    /** Codes that can be minted still. */
    codes_available: z.int(),
    rank: z.int().nullable(),
  })
  .meta({ id: 'OwnReferrals' })

/** A referral as administrators see it. */
export const treeNodeWire = z
  .object({
    ...referralParts,
    inviter: z.object({ entry_id: z.uuid(), who: z.string() }),
    /** Null while the inviter has but named an address. */
    invitee: z.object({ entry_id: z.uuid(), who: z.string() }).nullable(),
    /** How many the invitee brought, and how many of these count. */
    brought: z.int(),
    qualified: z.int(),
  })
  .meta({ id: 'ReferralTreeNode' })

/** A referral after an administrator did something to it. */
export const referralWire = z.object(referralParts).meta({ id: 'Referral' })

/** Who has brought the most. */
export const leadersWire = z.array(
  z.object({ rank: z.int(), name: z.string(), qualified: z.int() }),
)

/** What a referral says to everybody who may see it. */
export function toReferralWire({ id, status, frozenAt, flags, createdAt }: Referral) {
  const at = createdAt.toISOString()
  return { id, status, frozen: frozenAt !== null, flags: [...flags], at }
}

/** How good somebody's referrals are. */
export function toQualityWire({ quality: { score, components }, floor }: Standing) {
  return {
    quality_score: Math.round(score * 100) / 100,
    components: {
      recency: components.recency,
      active_in_7_days: components.activeIn7Days,
      active_after_14_days: components.activeAfter14Days,
    },
    floor,
  }
}

/** What was given at a tier: codes, premium, or both. */
export function toRewardsWire(terms: RewardTerms): z.output<typeof rewardWire>[] {
  const { codes, premiumMonths } = terms
  const given = { tier: terms.tier, at: terms.threshold, reason: reasonOf(terms) }
  return [
    ...(codes > 0 ? [{ type: 'invite_codes' as const, amount: codes, ...given }] : []),
    ...(premiumMonths > 0 ? [{ type: 'premium' as const, amount: premiumMonths, ...given }] : []),
  ]
}

/** What is given at a tier, in words. */
export function rewardInWords({ codes, premiumMonths }: RewardTerms): string {
  const given = [
    ...(codes > 0 ? [`${codes} invite codes`] : []),
    ...(premiumMonths >= LIFETIME_MONTHS ? ['premium for a lifetime'] : []),
    ...(premiumMonths > 0 && premiumMonths < LIFETIME_MONTHS
      ? [`${premiumMonths} months of premium`]
      : []),
  ]
  return given.join(' and ')
}

/** The codes that somebody can give away. */
export function openCodes(codes: readonly EarnedCode[]): string[] {
  return codes.filter(({ status }) => status === 'active').map(({ code }) => code)
}

function reasonOf({ tier, threshold }: RewardTerms): string {
  if (tier === QUALITY_BONUS) return 'High quality referrals'
  return threshold < 10 ? `First ${threshold} referrals` : `${threshold} referrals milestone`
}
