import type { Clock } from '../../../kernel/index.ts'
import type { PersonPart, PersonRows } from '../../../platform/people/index.ts'
import { userActiveDay } from './active-day.table.ts'
import type { ActiveDaysRepository } from './active-days.repository.ts'
import { userStreak } from './streak.table.ts'
import { joinStreaks } from './streak.ts'
import type { StreaksRepository } from './streaks.repository.ts'

/** Days of people are united; of two runs of them the one that lasts longer into the present goes on. */
export const streaksPart: PersonPart<{
  readonly clock: Clock
  readonly repos: {
    readonly streaks: StreaksRepository
    readonly activeDays: ActiveDaysRepository
    readonly personRows: PersonRows
  }
}> = {
  name: 'streaks',
  tables: [userStreak, userActiveDay],
  async merge({ clock, repos: { streaks, activeDays, personRows } }, merge) {
    await activeDays.unite(merge.guestId, merge.userId)
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
    const days = await repos.personRows.read(userActiveDay.userId, userId, { without: ['userId'] })
    return { streak: streak ?? null, activeDays: days }
  },
  async erase({ repos }, userId) {
    await repos.personRows.remove(userStreak.userId, userId)
    await repos.personRows.remove(userActiveDay.userId, userId)
  },
}
