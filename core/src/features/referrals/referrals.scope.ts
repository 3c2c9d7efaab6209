import type { Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { JobsRepository } from '../../platform/jobs/index.ts'
import type { Limiter } from '../../platform/limits/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { SettingsService } from '../../platform/settings/index.ts'
import type { AuditRepository } from '../audit/index.ts'
import type { BalanceService } from '../balance/index.ts'
import type { InvitesService } from '../invites/index.ts'
import type { PaymentsRepository } from '../payments/index.ts'
import type { QualityService } from '../quality/index.ts'
import type { SubscriptionsService } from '../subscriptions/index.ts'
import type { ActiveDaysRepository, UsersRepository } from '../users/index.ts'
import type { AdmissionsService, EntriesRepository, WaitlistService } from '../waitlist/index.ts'
import type { ReferralsRepository } from './referrals.repository.ts'
import type { Rewarding } from './rewarding.ts'
import type { RewardsRepository } from './rewards.repository.ts'

/** What an app gives for referrals. */
export interface RewardSettings {
  /** The plan of one month that rewards of premium give. [no premium is promised or given] */
  readonly premiumProductId?: string | undefined
}

/** All that the rewards service may touch. */
export interface RewardsScope extends Transactional<RewardsScope> {
  readonly clock: Clock
  readonly rewardSettings: RewardSettings
  readonly settings: Pick<SettingsService, 'get'>
  readonly admissions: Pick<AdmissionsService, 'mint'>
  readonly quality: Pick<QualityService, 'gate'>
  readonly balance: Pick<BalanceService, 'credit' | 'debit' | 'get' | 'reverse'>
  readonly invites: Pick<InvitesService, 'list' | 'revoke'>
  readonly subscriptions: Pick<SubscriptionsService, 'gift' | 'takeBackGift'>
  readonly rewards: Rewarding
  readonly repos: {
    readonly referrals: ReferralsRepository
    readonly rewards: RewardsRepository
    readonly waitlistEntries: Pick<EntriesRepository, 'getById'>
    readonly users: Pick<UsersRepository, 'getByIds'>
    readonly jobs: Pick<JobsRepository, 'enqueue'>
    readonly outbox: Pick<OutboxRepository, 'add'>
  }
}

/** All that the referrals service may touch. */
export interface ReferralsScope extends Transactional<ReferralsScope> {
  readonly clock: Clock
  readonly limiter: Pick<Limiter, 'take'>
  readonly settings: Pick<SettingsService, 'get'>
  readonly waitlist: Pick<WaitlistService, 'setQualifiedReferrals'>
  readonly rewards: Rewarding
  readonly repos: {
    readonly referrals: ReferralsRepository
    readonly waitlistEntries: Pick<
      EntriesRepository,
      'findById' | 'getById' | 'getByIds' | 'findByUser'
    >
    readonly users: Pick<UsersRepository, 'getByIds'>
    readonly activeDays: Pick<ActiveDaysRepository, 'countDays'>
    readonly payments: Pick<PaymentsRepository, 'findById'>
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly outbox: Pick<OutboxRepository, 'add'>
  }
}
