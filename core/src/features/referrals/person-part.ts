import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import type { EmailsRepository } from '../users/index.ts'
import type { WaitlistService } from '../waitlist/index.ts'
import { referral, referralCode, referralReward } from './referral.table.ts'
import type { ReferralsRepository } from './referrals.repository.ts'

/**
 * Whom somebody brought, and what they were given. A guest is never on the waitlist, so nothing is
 * merged; of who is erased no address stays that they named, or under which others named them.
 */
export const referralsPart: PersonPart<{
  readonly waitlist: Pick<WaitlistService, 'find'>
  readonly repos: {
    readonly emails: Pick<EmailsRepository, 'find'>
    readonly referrals: Pick<ReferralsRepository, 'removeShares' | 'removeSharesOf'>
    readonly personRows: PersonRows
  }
}> = {
  name: 'referrals',
  tables: [referral, referralReward, referralCode],
  merge: async () => {},
  async export({ waitlist, repos }, userId) {
    const entry = await waitlist.find({ userId })
    if (!entry) return {}
    return {
      brought: await repos.personRows.read(referral.inviterEntryId, entry.id, {
        without: ['inviteeEntryId', 'nextCheckAt'],
      }),
      broughtBy: await repos.personRows.read(referral.inviteeEntryId, entry.id, {
        without: ['inviterEntryId', 'nextCheckAt'],
      }),
      rewards: await repos.personRows.read(referralReward.entryId, entry.id),
      codes: await repos.personRows.read(referralCode.entryId, entry.id),
    }
  },
  async erase({ waitlist, repos }, userId) {
    const proved = await repos.emails.find(userId)
    const entry = await waitlist.find({ userId })
    for (const email of [proved?.email, entry?.email]) {
      if (email) await repos.referrals.removeShares(email)
    }
    if (entry) await repos.referrals.removeSharesOf(entry.id)
  },
}
