import { type Guesser, GuestsNotInvited } from './features/invites/index.ts'
import type { User, Visit, VisitOutcome } from './features/users/index.ts'
import { idSchema, isAppError } from './kernel/index.ts'
import type { CoreServices } from './services.ts'

/** All that a start may touch. */
export type StartScope = Pick<CoreServices, 'guessing' | 'invites' | 'repos' | 'visits'>

/** A visit that may come with an invitation. */
export interface Start extends Visit, Pick<Guesser, 'network' | 'log'> {}

/** What became of the invitation in a link. */
export type InvitationOutcome =
  | {
      readonly isAccepted: true
      /** Who invites; null when that is no person of the platform. */
      readonly inviter: { readonly id: string; readonly firstName: string | null } | null
      /** The invitation makes friends of the two; whether one has blocked the other is not told. */
      readonly makesFriends: boolean
    }
  | {
      readonly isAccepted: false
      /** Code of the error, such as `invites.expired`. */
      readonly refusal: string
    }

/** What opening the bot or the Mini App came to. */
export interface StartOutcome extends VisitOutcome {
  /** Null for a link without an invitation. */
  readonly invitation: InvitationOutcome | null
}

/**
 * Begins a visit by whatever link led there: counts it, and uses the invitation in the link. A code
 * that is dead, wrong or one's own keeps nobody out: what became of it is told as an outcome.
 *
 * A guest uses no invitation before they log in; that they came by it is kept.
 *
 * @throws {@link NotFound} when there is no such user
 *
 * @example
 * const { start, invitation } = await beginVisit(services, user.id, { via: 'start', startParam })
 */
export async function beginVisit(
  services: StartScope,
  userId: string,
  visit: Start,
): Promise<StartOutcome> {
  const visited = await services.visits.record(userId, visit)
  const code = visited.start.invitation
  if (code === undefined) return { ...visited, invitation: null }
  const { network, log } = visit
  try {
    const guesser = { userId, network, log }
    return { ...visited, invitation: await accept(services, visited.user, { code, guesser }) }
  } catch (error) {
    if (!isAppError(error) || error.kind === 'internal' || error.kind === 'unavailable') throw error
    return { ...visited, invitation: { isAccepted: false, refusal: error.code } }
  }
}

async function accept(
  { guessing, invites, repos }: StartScope,
  user: User,
  { code, guesser }: { readonly code: string; readonly guesser: Guesser },
): Promise<InvitationOutcome> {
  if (user.kind === 'guest') throw new GuestsNotInvited()
  // A link that was used stays in the app: opening it again is no try.
  if (!(await invites.isKnownTo(user.id, code))) await guessing.admit(guesser, code)
  const { createdBy, makesFriends } = await invites.use({ code, usedBy: user.id })
  const inviterId = idSchema.safeParse(createdBy).data
  const inviter = inviterId ? await repos.users.findById(inviterId) : undefined
  if (!inviter) return { isAccepted: true, inviter: null, makesFriends: false }
  const { id, firstName } = inviter
  return { isAccepted: true, inviter: { id, firstName }, makesFriends }
}
