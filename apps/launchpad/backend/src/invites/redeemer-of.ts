import { RequestInvalid } from '@gramkit/core/http'
import type { LaunchpadServices } from '../services.ts'

/** Who redeems a code. */
export interface Redeemer {
  readonly email: string | undefined
  readonly userId: string | undefined
  /** Their entry on the waitlist: codes of batches are bound to it. */
  readonly entryId: string | undefined
}

/**
 * Finds who redeems: whom a session is of, the entry of a position token, and whose the named address
 * is. Somebody who never waited has no entry.
 *
 * @throws {@link RequestInvalid} when nobody is named
 */
export async function redeemerOf(
  { sessions, waitlist }: Pick<LaunchpadServices, 'sessions' | 'waitlist'>,
  { token, email }: { readonly token: string | undefined; readonly email: string | undefined },
): Promise<Redeemer> {
  const named = email === undefined ? undefined : await waitlist.find({ email })
  if (token === undefined) {
    if (email === undefined) throw new RequestInvalid('email', 'is missing: send one, or log in')
    return { email, userId: undefined, entryId: named?.id }
  }
  const held = await waitlist.find({ positionToken: token })
  if (held) {
    const userId = held.userId ?? undefined
    return { email: email ?? held.email ?? undefined, userId, entryId: named?.id ?? held.id }
  }
  const { user } = await sessions.authenticate(token)
  const own = await waitlist.find({ userId: user.id })
  return { email, userId: user.id, entryId: named?.id ?? own?.id }
}
