import { z } from 'zod'
import { type DueWork, defineJob } from '../../platform/jobs/index.ts'
import type { ReferralsRepository } from './referrals.repository.ts'

/** Gives the premium of a reward; waits with an administrator where another plan runs. */
export const givePremium = defineJob({
  name: 'referrals.give_premium',
  schema: z.object({ rewardId: z.uuid() }),
  run: (tx: { readonly rewards: { givePremium(rewardId: string): Promise<void> } }, { rewardId }) =>
    tx.rewards.givePremium(rewardId),
})

/** Tells an inviter that somebody came by them. */
export const tellReferralJoined = defineJob({
  name: 'referrals.tell_joined',
  schema: z.object({ referralId: z.uuid() }),
  runOutside: (
    services: {
      readonly referralMessages: { tellJoined(referralId: string): Promise<void> }
    },
    { referralId },
  ) => services.referralMessages.tellJoined(referralId),
})

/** Looks at referrals whose time has come: who was active enough, who was not. */
export const checkDueReferrals: DueWork<{
  readonly referrals: { checkDue(): Promise<number> }
  readonly repos: { readonly referrals: Pick<ReferralsRepository, 'findNextCheckAt'> }
}> = {
  name: 'referrals.check_due',
  everyMs: 60_000,
  nextDueAt: ({ repos }) => repos.referrals.findNextCheckAt(),
  runDue: ({ referrals }) => referrals.checkDue(),
}
