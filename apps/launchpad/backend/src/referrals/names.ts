import { mask, maskEmail } from '@gramkit/core/referrals'
import type { Entry } from '@gramkit/core/waitlist'
import type { LaunchpadServices } from '../services.ts'

/** How somebody is called. */
export interface Name {
  readonly email: string | null
  readonly telegram: string | null
}

/** Reads how the people of up to 1,000 entries are called. */
export async function namesOf(
  { repos }: Pick<LaunchpadServices, 'repos'>,
  entryIds: readonly string[],
): Promise<Map<string, Name>> {
  const entries = await repos.waitlistEntries.getByIds([...new Set(entryIds)])
  const people = await repos.users.getByIds(entries.flatMap(({ userId }) => userId ?? []))
  const personOf = new Map(people.map((user) => [user.id, user]))
  const nameOf = ({ email, userId }: Entry): Name => {
    const user = personOf.get(userId ?? '')
    return { email, telegram: user?.username ?? user?.firstName ?? null }
  }
  return new Map(entries.map((entry) => [entry.id, nameOf(entry)]))
}

/** A name of which strangers read hardly more than the first letter. */
export function maskedName(name: Name | undefined): string {
  if (name?.telegram) return mask(name.telegram)
  return name?.email ? maskEmail(name.email) : mask('')
}

/** A name as administrators read it. */
export function fullName(name: Name | undefined): string {
  return name?.email ?? name?.telegram ?? ''
}
