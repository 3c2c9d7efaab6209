import type { Clock } from '../../../kernel/index.ts'
import type { PersonPart, PersonRows } from '../../../platform/people/index.ts'
import { userStreak } from './streak.table.ts'
import { joinStreaks } from './streak.ts'
import type { StreaksRepository } from './streaks.repository.ts'

/** Days in a row: of two runs the one that lasts longer into the present goes on. */
export const streaksPart: PersonPart<{
  readonly clock: Clock
  readonly repos: { readonly streaks: StreaksRepository; readonly personRows: PersonRows }
}> = {
  name: 'streaks',
  tables: [userStreak],
  async merge({ clock, repos: { streaks, personRows } }, merge) {
    const own = await streaks.find(merge.guestId)
    if (!own) return
    const known = await streaks.find(merge.userId)
    if (!known) return personRows.move(userStreak.userId, merge)
    // A visit of the user at this very moment wins; the guest's days are looked at again later.
    const joined = joinStreaks(own, known)
    const isJoined = await streaks.replace(merge.userId, known, joined, clock.now())
    if (isJoined) await personRows.remove(userStreak.userId, merge.guestId)
  },
  async export({ repos }, userId) {
    const [streak] = await repos.personRows.read(userStreak.userId, userId)
    return { streak: streak ?? null }
  },
  erase: ({ repos }, userId) => repos.personRows.remove(userStreak.userId, userId),
}
