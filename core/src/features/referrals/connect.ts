import { addMs, newId } from '../../kernel/index.ts'
import type { Entry } from '../waitlist/index.ts'
import { BURST_MS, flagsOf, type ReferralFlag } from './flags.ts'
import { mailboxOf } from './mailbox.ts'
import type { Referral } from './referral.ts'
import { referralFlagged, referralJoined } from './referrals.events.ts'
import type { ReferralsScope } from './referrals.scope.ts'

/** Who brought whom. */
export interface Connection {
  readonly invitee: Entry
  /** Whose link or code the invitee came with; null when they came with none. */
  readonly inviterEntryId: string | null
  /** The earned code that the invitee came with. */
  readonly invitationId?: string | undefined
}

/**
 * Writes who brought somebody: whose link or code they came with, or else who was the first to name
 * their address. The first touch wins. Undefined where nobody brought them, where they would bring
 * themselves, and where the inviter stands below them.
 *
 * Call it in a transaction. Emits `referral.joined`, and `referral.flagged` where something is odd.
 */
export async function connect(
  tx: ReferralsScope,
  { invitee, inviterEntryId, invitationId }: Connection,
): Promise<Referral | undefined> {
  const { referrals, waitlistEntries } = tx.repos
  await referrals.lockTree()
  const known = await referrals.findByInviteeWithLock(invitee.id)
  if (known) return known
  const { email } = invitee
  const share =
    email === null || inviterEntryId !== null ? undefined : await referrals.findFirstShare(email)
  const foundId = inviterEntryId ?? share?.inviterEntryId
  const inviter = foundId === undefined ? undefined : await waitlistEntries.findById(foundId)
  // What others named of this address is of no use any more, and somebody's address.
  if (email !== null) await referrals.removeShares(email)
  if (!inviter || inviter.status === 'left' || isSame(inviter, invitee)) return undefined
  if (await referrals.isAbove(invitee.id, inviter.id)) return undefined
  return write(tx, { inviter, invitee, invitationId })
}

/** Whether two entries are of one person, as far as can be told. */
function isSame(one: Entry, other: Entry): boolean {
  const isUser = one.userId !== null && one.userId === other.userId
  const isMailbox =
    one.email !== null && other.email !== null && mailboxOf(one.email) === mailboxOf(other.email)
  return one.id === other.id || isUser || isMailbox
}

async function write(
  tx: ReferralsScope,
  of: {
    readonly inviter: Entry
    readonly invitee: Entry
    readonly invitationId: string | undefined
  },
): Promise<Referral> {
  const { inviter, invitee, invitationId } = of
  const at = tx.clock.now()
  const flags = await readFlags(tx, inviter, invitee, at)
  const written = await tx.repos.referrals.insert({
    ...{ id: newId(), inviterEntryId: inviter.id, inviteeEntryId: invitee.id },
    ...{ invitationId: invitationId ?? null, status: 'joined', flags },
    ...{ createdAt: at, updatedAt: at },
  })
  const facts = factsOf(written, at, inviter.userId)
  await tx.repos.outbox.add(referralJoined.create(facts))
  if (flags.length > 0) {
    await tx.repos.outbox.add(
      referralFlagged.create({ ...facts, payload: { ...facts.payload, flags } }),
    )
  }
  return written
}

async function readFlags(
  { repos }: ReferralsScope,
  inviter: Entry,
  { email, networkHash }: Entry,
  at: Date,
): Promise<ReferralFlag[]> {
  const near = await repos.referrals.countNear(inviter.id, {
    since: addMs(at, -BURST_MS),
    networkHash,
  })
  return flagsOf({
    ...{ email, networkHash, inviterNetworkHash: inviter.networkHash },
    cameWithinHour: near.cameSince + 1,
    othersOfNetwork: near.ofNetwork,
  })
}

/** What every event of a referral says. */
export function factsOf(
  { id, inviterEntryId, inviteeEntryId }: Referral,
  occurredAt: Date,
  userId: string | null = null,
) {
  const payload = { referralId: id, inviterEntryId, inviteeEntryId }
  return { occurredAt, subjectId: id, userId, payload }
}
