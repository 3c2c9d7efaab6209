import type { PersonPart, PersonRows } from '../../../platform/people/index.ts'
import { userAttribution } from './attribution.table.ts'
import type { AttributionsRepository } from './attributions.repository.ts'

/** Where somebody came from: of two first touches the earlier one. */
export const attributionPart: PersonPart<{
  readonly repos: {
    readonly attributions: AttributionsRepository
    readonly personRows: PersonRows
  }
}> = {
  name: 'attribution',
  tables: [userAttribution],
  async merge({ repos: { attributions, personRows } }, merge) {
    const own = await attributions.find(merge.guestId)
    if (!own) return
    const known = await attributions.find(merge.userId)
    if (known && known.firstAt <= own.firstAt) {
      return personRows.remove(userAttribution.userId, merge.guestId)
    }
    await personRows.remove(userAttribution.userId, merge.userId)
    await personRows.move(userAttribution.userId, merge)
  },
  async export({ repos }, userId) {
    const [attribution] = await repos.personRows.read(userAttribution.userId, userId)
    return { attribution: attribution ?? null }
  },
  erase: ({ repos }, userId) => repos.personRows.remove(userAttribution.userId, userId),
}
