import { addMs } from '../../kernel/index.ts'
import type { DueWork } from '../../platform/jobs/index.ts'
import type { EntriesRepository } from './entries.repository.ts'
import { CONFIRM_WITHIN_MS } from './entry.ts'
import type { WaitlistService } from './waitlist.service.ts'

/** Forgets who never confirmed their address. */
export const forgetUnconfirmedEntries: DueWork<{
  readonly waitlist: Pick<WaitlistService, 'forgetUnconfirmed'>
  readonly repos: { readonly waitlistEntries: Pick<EntriesRepository, 'findOldestUnconfirmed'> }
}> = {
  name: 'waitlist.forget_unconfirmed',
  everyMs: 60_000,
  async nextDueAt({ repos }) {
    const oldest = await repos.waitlistEntries.findOldestUnconfirmed()
    return oldest ? addMs(oldest, CONFIRM_WITHIN_MS) : null
  },
  runDue: ({ waitlist }) => waitlist.forgetUnconfirmed(),
}
