import * as z from 'zod/mini'

/** What a referral says to everybody who may see it. */
export const referralParts = {
  id: z.string(),
  /** How far the invitee has come. */
  status: z.enum(['shared', 'joined', 'signed_up', 'qualified', 'lapsed', 'clawed_back']),
  /** It counts for nothing as long as it is. */
  frozen: z.boolean(),
  /** What may be wrong with it. */
  flags: z.array(z.enum(['disposable_mail', 'plus_address', 'burst', 'shared_network'])),
  at: z.string(),
}

/** What was given. */
const rewardWire = z.object({
  type: z.enum(['invite_codes', 'premium']),
  amount: z.int(),
  tier: z.string(),
  at: z.int(),
})

/** Whom somebody brought, and what it earned them. */
export const mineWire = z.object({
  link: z.string(),
  referrals: z.array(z.object({ ...referralParts, who: z.string() })),
  quality: z.object({
    quality_score: z.number(),
    components: z.object({
      recency: z.number(),
      active_in_7_days: z.number(),
      active_after_14_days: z.number(),
    }),
    floor: z.enum(['none', 'warned', 'paused', 'review']),
  }),
  rewards: z.array(rewardWire),
  next_milestone: z.nullable(
    z.object({ at: z.int(), missing: z.int(), rewards: z.array(rewardWire) }),
  ),
  codes: z.array(z.string()),
  codes_available: z.int(),
  rank: z.nullable(z.int()),
})

/** Whom somebody brought, and what it earned them. */
export type Mine = z.infer<typeof mineWire>

/** Who has brought the most. */
export const leadersWire = z.array(
  z.object({ rank: z.int(), name: z.string(), qualified: z.int() }),
)
