import type { DueWork, JobsRepository } from '../jobs/index.ts'
import type { OutboxRepository } from '../outbox/index.ts'
import type { InboxRepository } from './inbox.repository.ts'

/**
 * Scheduled work that removes what was done more than 30 days ago: deliveries, jobs, and events whose
 * jobs are gone. No provider repeats a delivery for so long, and what people wrote goes along.
 */
export const forgetOldMessages: DueWork<{
  readonly repos: {
    readonly inbox: Pick<InboxRepository, 'removeOld'>
    readonly jobs: Pick<JobsRepository, 'removeOld'>
    readonly outbox: Pick<OutboxRepository, 'removeOld'>
  }
}> = {
  name: 'messages.forget_old',
  everyMs: 600_000,
  // Nobody waits for it, so the clock need not stop for it either.
  nextDueAt: async () => null,
  runDue: async ({ repos: { inbox, jobs, outbox } }) =>
    (await inbox.removeOld()) + (await jobs.removeOld()) + (await outbox.removeOld()),
}
