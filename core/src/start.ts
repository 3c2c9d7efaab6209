import type { Visit, VisitOutcome } from './features/users/index.ts'
import { idSchema, isAppError } from './kernel/index.ts'
import { admit } from './platform/limits/index.ts'
import type { CoreServices } from './services.ts'

/** All that a start may touch. */
export type StartScope = Pick<
  CoreServices,
  'friendships' | 'invites' | 'limiter' | 'repos' | 'transaction' | 'visits'
>

/** What became of the invitation in a link. */
export type InvitationOutcome =
  | {
      readonly isAccepted: true
      /** Who invites; null when that is no person of the platform. */
      readonly inviter: { readonly id: string; readonly firstName: string | null } | null
    }
  | {
      readonly isAccepted: false
      /** Code of the error, such as `invites.expired`, or `guest`: who uses one logs in first. */
      readonly refusal: string
    }

/** What opening the bot or the Mini App came to. */
export interface StartOutcome extends VisitOutcome {
  /** Null for a link without an invitation. */
  readonly invitation: InvitationOutcome | null
}

/** How many codes a person may try in an hour: short ones could be guessed. */
const CODES_RATE = { limit: 10, perMs: 3_600_000 }

/**
 * Begins a visit by whatever link led there: counts it, and uses the invitation in the link, which
 * makes the two people friends. A code that is dead, wrong or one's own keeps nobody out: what
 * became of it is told as an outcome.
 *
 * The invitation of a guest stays for when they log in; where they came from is kept.
 *
 * @throws {@link NotFound} when there is no such user
 *
 * @example
 * const { start, invitation } = await beginVisit(services, user.id, { via: 'start', startParam })
 */
export async function beginVisit(
  services: StartScope,
  userId: string,
  visit: Visit,
): Promise<StartOutcome> {
  const visited = await services.visits.record(userId, visit)
  const code = visited.start.invitation
  if (code === undefined) return { ...visited, invitation: null }
  if (visited.user.kind === 'guest') {
    return { ...visited, invitation: { isAccepted: false, refusal: 'guest' } }
  }
  try {
    await admit(services.limiter, 'invites.use', userId, CODES_RATE)
    const inviterId = await accept(services, userId, code)
    const inviter = inviterId ? await services.repos.users.findById(inviterId) : undefined
    return {
      ...visited,
      invitation: {
        isAccepted: true,
        inviter: inviter ? { id: inviter.id, firstName: inviter.firstName } : null,
      },
    }
  } catch (error) {
    if (!isAppError(error) || error.kind === 'internal' || error.kind === 'unavailable') throw error
    return { ...visited, invitation: { isAccepted: false, refusal: error.code } }
  }
}

/** Uses a code and makes friends in one transaction; gives who invites, if that is a person. */
async function accept(
  services: StartScope,
  userId: string,
  code: string,
): Promise<string | undefined> {
  const { createdBy } = await services.invites.getByCode(code)
  const inviterId = idSchema.safeParse(createdBy).data
  await services.transaction(async (tx) => {
    // People are locked before the invitation, as everywhere.
    if (inviterId) await tx.friendships.befriend(inviterId, userId)
    await tx.invites.use({ code, usedBy: userId })
  })
  return inviterId
}
