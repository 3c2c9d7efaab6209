import { addMs, DAY_MS } from '../../kernel/index.ts'
import type { DueWork } from '../../platform/jobs/index.ts'
import type { BatchesRepository } from './batches/batches.repository.ts'
import type { BatchesService } from './batches/batches.service.ts'
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

interface BatchesHost {
  readonly batches: Pick<
    BatchesService,
    'findNextPlannedAt' | 'requeueExpired' | 'runPlan' | 'warnExpiring'
  >
  readonly repos: { readonly waitlistBatches: Pick<BatchesRepository, 'findNextExpiry'> }
}

/** Lets those wait again whose codes expired unused. */
export const requeueExpiredInvites: DueWork<BatchesHost> = {
  name: 'waitlist.requeue_expired',
  everyMs: 60_000,
  nextDueAt: async ({ repos }) => (await repos.waitlistBatches.findNextExpiry()) ?? null,
  runDue: ({ batches }) => batches.requeueExpired(),
}

/** Tells people whose code ends within a day. */
export const warnExpiringInvites: DueWork<BatchesHost> = {
  name: 'waitlist.warn_expiring',
  everyMs: 60_000,
  async nextDueAt({ repos }) {
    const next = await repos.waitlistBatches.findNextExpiry({ isUnwarned: true })
    return next ? addMs(next, -DAY_MS) : null
  },
  runDue: ({ batches }) => batches.warnExpiring(),
}

/** Invites people by the plan. */
export const inviteByPlan: DueWork<BatchesHost> = {
  name: 'waitlist.invite_by_plan',
  everyMs: 60_000,
  nextDueAt: ({ batches }) => batches.findNextPlannedAt(),
  runDue: async ({ batches }) => ((await batches.runPlan()) ? 1 : 0),
}
