import { type AppError, assert, isAppError, newId } from '../../kernel/index.ts'
import { type Invitation, isFor, refusalOf, remainingUses, type UseRefusal } from './invitation.ts'
import type { InvitationUsed } from './invitation-requests.ts'
import {
  InvitationAlreadyUsed,
  InvitationExpired,
  InvitationNotActive,
  InvitationNotFound,
  InvitedMember,
  OwnInvitation,
} from './invites.errors.ts'
import { tellUses } from './invites.events.ts'
import type { InvitesScope } from './invites.scope.ts'

/** What became of one person's use: it is given, not thrown, as others stand in the same batch. */
export type UseResult = { readonly used: InvitationUsed } | { readonly error: unknown }

/**
 * Uses a code for several people. One that lets into a group or makes friends is used by one person
 * after the other, each in a transaction of their own.
 */
export async function useTogether(
  scope: InvitesScope,
  code: string,
  people: readonly string[],
): Promise<readonly UseResult[]> {
  const found = await scope.repos.invitations.findByCode(code)
  // To others it does not exist, and that is told them as soon.
  if (!found || !people.some((usedBy) => isFor(found, usedBy))) {
    return people.map(() => ({ error: new InvitationNotFound() }))
  }
  if (found.groupId === null && !found.makesFriends) return useAtOnce(scope, found, people)
  const results: UseResult[] = []
  for (const usedBy of people) {
    try {
      results.push(await useInCompany(scope, found, usedBy))
    } catch (error) {
      results.push({ error })
    }
  }
  return results
}

/** Refusals are given, so that an expiry that was noticed is committed. */
async function useAtOnce(
  scope: InvitesScope,
  { code }: Invitation,
  people: readonly string[],
): Promise<readonly UseResult[]> {
  const at = scope.clock.now()
  const attempt = { code, at, uses: people.map((usedBy) => ({ id: newId(), usedBy })) }
  const decision = await scope.transaction(async (tx) => {
    const decided = await tx.repos.invitations.use(attempt)
    assert(decided, 'An invitation that was there stays there')
    await tx.repos.outbox.addAll(tellUses(attempt, decided))
    return decided
  })
  const { invitation, outcomes } = decision
  return people.map((usedBy, index) => {
    const outcome = outcomes[index]
    assert(outcome, 'Each attempt has its outcome')
    if ('refusal' in outcome) return { error: refused(invitation, outcome.refusal) }
    const { useCount } = outcome
    const { id, groupId, createdBy, makesFriends, metadata, usageLimit } = invitation
    const used = {
      ...{ invitationId: id, code: invitation.code, createdBy, groupId, makesFriends, metadata },
      ...{ usedBy, usedAt: at, useCount, isExhausted: useCount === usageLimit },
      remainingUses: remainingUses({ ...invitation, useCount }),
    }
    return { used }
  })
}

/**
 * People are locked first, the invitation last, as in a merge. What nobody may use is refused before
 * anything else is done.
 */
async function useInCompany(
  scope: InvitesScope,
  invitation: Invitation,
  usedBy: string,
): Promise<UseResult> {
  const { id, groupId, createdBy } = invitation
  const hasUsed = await scope.repos.invitations.hasUsed(id, usedBy)
  const refusal = refusalOf(invitation, { usedBy, hasUsed, at: scope.clock.now() })
  if (refusal) return onlyResult(await useAtOnce(scope, invitation, [usedBy]))
  return scope.transaction(async (tx) => {
    // Not told: a friendship that does not come about would speak of a block.
    if (invitation.makesFriends) await tx.friendships?.befriend(createdBy, usedBy)
    if (groupId !== null) await enter(tx, { id, groupId, createdBy }, usedBy)
    const result = onlyResult(await useAtOnce(tx, invitation, [usedBy]))
    if ('error' in result) throw result.error
    return result
  })
}

async function enter(
  { members }: InvitesScope,
  { id, groupId, createdBy }: { id: string; groupId: string; createdBy: string },
  userId: string,
): Promise<void> {
  try {
    await members?.demandRight(groupId, createdBy, 'invite')
  } catch (error) {
    // Who may not invite any more has codes that open nothing.
    throw isAppError(error) ? new InvitationNotFound() : error
  }
  const outcome = await members?.join(groupId, userId, { invitationId: id })
  if (outcome === 'already_member') throw new InvitedMember({ invitationId: id, groupId })
}

function onlyResult([result]: readonly UseResult[]): UseResult {
  assert(result, 'One person has one result')
  return result
}

function refused({ id }: Invitation, refusal: UseRefusal): AppError {
  const facts = { invitationId: id }
  switch (refusal) {
    // To others it does not exist: its id stays unsaid.
    case 'for_somebody_else':
      return new InvitationNotFound()
    case 'used':
    case 'revoked':
      return new InvitationNotActive({ ...facts, status: refusal })
    case 'expired':
      return new InvitationExpired(facts)
    case 'already_used':
      return new InvitationAlreadyUsed(facts)
    case 'own_code':
      return new OwnInvitation(facts)
  }
}
