/** Everybody has a code of their own to share, and sees what came of it. */
import type { Invitation, InvitesService } from '@gramkit/core/invites'
import { addMs, DAY_MS } from '@gramkit/core/kernel'

/** Makes the code that somebody shares: for a year, for any number of people. */
export async function createReferralCode(
  invites: InvitesService,
  userId: string,
  now: Date,
): Promise<string> {
  const { code } = await invites.create({
    // A part of the id would be another user's as well one day, and would tell it: it is drawn.
    createdBy: userId,
    usageLimit: null,
    expiresAt: addMs(now, 365 * DAY_MS),
    metadata: { type: 'referral', referrerId: userId },
  })
  return code
}

/** What came of somebody's codes. */
export async function getReferralStats(
  invites: InvitesService,
  userId: string,
): Promise<{
  readonly totalReferrals: number
  readonly activeCodes: number
  readonly invitations: readonly Invitation[]
}> {
  const { uses, active } = await invites.stats({ createdBy: userId })
  const { items } = await invites.list({ createdBy: userId })
  return { totalReferrals: uses, activeCodes: active, invitations: items }
}
