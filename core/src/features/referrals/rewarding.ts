import type { Floor, ReferralQuality } from './referral-quality.ts'
import type { Tiers } from './reward-tiers.ts'
import type { EarnedCode, Reward } from './rewards.repository.ts'

/** What somebody has earned by referrals. */
export interface Earnings {
  /** What they were given, in the order of giving. */
  readonly rewards: readonly Reward[]
  /** Codes that were minted for them, the newest first. */
  readonly codes: readonly EarnedCode[]
  /** Codes that can be minted still; below 0 what the next reward pays first. */
  readonly unminted: bigint
}

/** How the referrals of somebody stand: how many count, how good they are, what they are worth. */
export interface Standing {
  readonly qualified: number
  readonly signUps: number
  readonly quality: ReferralQuality
  readonly floor: Floor
  /** What an app can give, in the order of thresholds. */
  readonly tiers: Tiers
}

/** What rewards do for referrals. */
export interface Rewarding {
  standing(entryId: string): Promise<Standing>
  earnings(entryId: string): Promise<Earnings>
  grantDue(entryId: string): Promise<void>
  clawBack(entryId: string, by: { readonly actor: string; readonly reason: string }): Promise<void>
}
