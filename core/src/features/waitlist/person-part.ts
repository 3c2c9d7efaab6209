import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import { waitlistAdmission } from './admissions/admission.table.ts'
import { waitlistBatch, waitlistInvite } from './batches/batch.table.ts'
import { waitlistEntry } from './entry.table.ts'
import type { WaitlistService } from './waitlist.service.ts'

/** Who wanted to be let in. A guest is never on the waitlist, so nothing is merged. */
export const waitlistPart: PersonPart<{
  readonly repos: { readonly personRows: PersonRows }
  readonly waitlist: Pick<WaitlistService, 'find' | 'erase'>
}> = {
  name: 'waitlist',
  tables: [waitlistEntry, waitlistInvite, waitlistAdmission, waitlistBatch],
  merge: async () => {},
  async export({ repos, waitlist }, userId) {
    const found = await waitlist.find({ userId })
    const read = found
      ? await repos.personRows.read(waitlistEntry.id, found.id, { without: ['seq', 'networkHash'] })
      : []
    const [admission] = await repos.personRows.read(waitlistAdmission.userId, userId, {
      without: ['networkHash'],
    })
    const invites = found ? await repos.personRows.read(waitlistInvite.entryId, found.id) : []
    const batches = await repos.personRows.read(waitlistBatch.actor, userId)
    return { entry: read[0] ?? null, invites, admission: admission ?? null, batches }
  },
  erase: ({ waitlist }, userId) => waitlist.erase(userId),
}
