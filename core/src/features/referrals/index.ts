/**
 * Referrals: who brought whom, whether the invitee did something real, and what the inviter gets for
 * it, each reward once and taken back once.
 *
 * Referrals stand between entries of the waitlist, so people bring others before they have an
 * account. Codes are a unit of the ledger, premium is a gift of a subscription.
 *
 * @module
 */
export { REFERRAL_FLAGS, type ReferralFlag } from './flags.ts'
export { mask, maskEmail } from './mailbox.ts'
export { referralsPart } from './person-part.ts'
export { referral, referralCode, referralReward } from './referral.table.ts'
export { REFERRAL_STATUSES, type Referral, type ReferralStatus } from './referral.ts'
export {
  type ReferralMessagesScope,
  ReferralMessagesService,
} from './referral-messages.service.ts'
export {
  type Floor,
  type QualityComponents,
  type ReferralQuality,
  referralFloors,
} from './referral-quality.ts'
export {
  type JoinedFacts,
  type RewardFacts,
  referralJoinedTemplate,
  rewardEarnedTemplate,
} from './referral-templates.ts'
export { ReferralNotFound, ReferralStateConflict, SelfReferral } from './referrals.errors.ts'
export * as referralEvents from './referrals.events.ts'
export { checkDueReferrals, givePremium, tellReferralJoined } from './referrals.jobs.ts'
export { type Leader, ReferralsRepository } from './referrals.repository.ts'
export type { ReferralsScope, RewardSettings, RewardsScope } from './referrals.scope.ts'
export { type ByHand, ReferralsService, type TreeNode } from './referrals.service.ts'
export {
  LIFETIME_MONTHS,
  nextMilestone,
  QUALITY_BONUS,
  type RewardTerms,
  referralTiers,
  type Tiers,
} from './reward-tiers.ts'
export type { Earnings, Standing } from './rewarding.ts'
export { type EarnedCode, type Reward, RewardsRepository } from './rewards.repository.ts'
export { INVITE_CODES, RewardsService } from './rewards.service.ts'
