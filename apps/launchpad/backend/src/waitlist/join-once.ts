import { isAppError } from '@gramkit/core/kernel'
import { admit } from '@gramkit/core/limits'
import type { Joined, NewJoin } from '@gramkit/core/waitlist'
import type { LaunchpadServices } from '../services.ts'

const JOINS = { limit: 600, perMs: 60_000 }
/** Times an hour that one network may be told that somebody has joined before. */
const KNOWN = { limit: 60, perMs: 3_600_000 }

/**
 * Joins the waitlist, or tells that somebody has joined before: one network hears that so seldom that
 * a list of addresses cannot be tried. A join that succeeds costs nothing of it.
 *
 * @throws {@link TooManyTries} also for who would have joined, so that it tells nothing
 * @throws {@link AlreadyJoined}
 */
export async function joinOnce(
  { limiter, waitlist }: Pick<LaunchpadServices, 'limiter' | 'waitlist'>,
  join: NewJoin,
  network: string,
): Promise<Joined> {
  await admit(limiter, 'waitlist.join', network, JOINS)
  await admit(limiter, 'waitlist.known', network, KNOWN)
  let isKnown = false
  try {
    return await waitlist.join(join)
  } catch (error) {
    isKnown = isAppError(error) && error.code === 'waitlist.already_joined'
    throw error
  } finally {
    if (!isKnown) await limiter.giveBack('waitlist.known', [network], KNOWN)
  }
}
