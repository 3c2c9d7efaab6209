import { RoleRequired, requireAdmin } from '@gramkit/core/http'
import { isAppError, readEmail } from '@gramkit/core/kernel'
import { type Entry, EntryNotFound } from '@gramkit/core/waitlist'
import type { FastifyRequest } from 'fastify'
import type { LaunchpadServices } from '../services.ts'
import { entryOfRequest } from '../waitlist/entry-of-request.ts'

type Scope = Pick<LaunchpadServices, 'repos' | 'waitlist'>

/**
 * Lets administrators pass, and whoever holds a place: by a position token, or by the session of an
 * account that is on the waitlist. Use as `onRequest`, so that strangers never reach a parser.
 *
 * @throws {@link CredentialsMissing} {@link SessionUnknown}
 * @throws {@link EntryNotFound} for an account that is not on the waitlist
 */
export function requirePerson(services: Scope): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    try {
      await requireAdmin(request)
    } catch (error) {
      const isNoAdmin = isAppError(error) && ['unauthenticated', 'forbidden'].includes(error.kind)
      if (!isNoAdmin) throw error
      await entryOfRequest(request, services)
    }
  }
}

/**
 * Finds the entry whose address is named: one's own, or for an administrator anybody's. To everybody
 * else it is refused in one way, whether somebody has the address or not. Without an address it is
 * one's own. For routes behind {@link requirePerson}.
 *
 * @throws {@link RoleRequired} when the address is not one's own
 * @throws {@link EntryNotFound}
 */
export async function entryOfPerson(
  request: FastifyRequest,
  services: Scope,
  email: string | undefined,
): Promise<Entry> {
  if (email === undefined) return entryOfRequest(request, services)
  const named = await findByAddress(services, email)
  if (request.isAdmin) {
    if (!named) throw new EntryNotFound()
    return named
  }
  const own = await entryOfRequest(request, services)
  if (named?.id !== own.id) throw new RoleRequired({ role: 'admin' })
  return own
}

/** Whose an address is: that they joined by, or have proved since. */
async function findByAddress(
  { repos, waitlist }: Scope,
  email: string,
): Promise<Entry | undefined> {
  const joined = await waitlist.find({ email })
  if (joined) return joined
  const owner = await repos.emails.findUser(readEmail(email) ?? '')
  return owner && waitlist.find({ userId: owner.id })
}
