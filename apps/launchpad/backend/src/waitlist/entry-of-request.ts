import { CredentialsMissing, sessionTokenOf } from '@gramkit/core/http'
import { type Entry, EntryNotFound } from '@gramkit/core/waitlist'
import type { FastifyRequest } from 'fastify'
import type { LaunchpadServices } from '../services.ts'

/**
 * Finds the entry of who asks: by the position token that they hold, or by the session of their
 * account. Another person's entry is asked for by neither.
 *
 * @throws {@link CredentialsMissing}
 * @throws {@link EntryNotFound} for an account that is not on the waitlist
 */
export async function entryOfRequest(
  request: FastifyRequest,
  { waitlist }: Pick<LaunchpadServices, 'waitlist'>,
): Promise<Entry> {
  const token = sessionTokenOf(request)
  if (token === undefined) throw new CredentialsMissing()
  const held = await waitlist.find({ positionToken: token })
  if (held) return held
  const { user } = await request.server.edge.authenticate(token)
  const own = await waitlist.find({ userId: user.id })
  if (!own) throw new EntryNotFound()
  return own
}
