import type { ReferralsScope } from './referrals.scope.ts'

/**
 * Counts anew what an inviter has, once what changes it is written: who waits comes nearer, who was
 * let in is rewarded. One at a time for each inviter, so that of two at once the second sees both.
 */
export async function recount(tx: ReferralsScope, inviterEntryId: string): Promise<void> {
  await tx.repos.referrals.lockInviter(inviterEntryId)
  const inviter = await tx.repos.waitlistEntries.getById(inviterEntryId)
  if (inviter.status === 'left') return
  const qualified = await tx.repos.referrals.countQualified(inviterEntryId)
  await tx.waitlist.setQualifiedReferrals(inviterEntryId, qualified)
  await tx.rewards.grantDue(inviterEntryId)
}
