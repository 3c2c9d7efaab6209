import type { Clock } from '../../kernel/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { InvitesService } from '../invites/index.ts'
import { makerOf } from './admissions/admission.ts'
import type { AdmissionsRepository } from './admissions/admissions.repository.ts'
import type { BatchesRepository } from './batches/batches.repository.ts'
import type { EntriesRepository } from './entries.repository.ts'
import type { Entry } from './entry.ts'
import { waitlistLeft } from './waitlist.events.ts'

/** What is touched when an entry is forgotten. */
export interface ForgettingScope {
  readonly clock: Clock
  readonly invites: Pick<InvitesService, 'list' | 'revoke'>
  readonly repos: {
    readonly outbox: Pick<OutboxRepository, 'add'>
    readonly waitlistAdmissions: Pick<AdmissionsRepository, 'forgetNetwork'>
    readonly waitlistBatches: Pick<BatchesRepository, 'findOpen' | 'end'>
    readonly waitlistEntries: Pick<EntriesRepository, 'update'>
  }
}

const CODES_BATCH = 100

/**
 * Forgets who an entry was, in the transaction that holds its lock: no code of theirs opens anything
 * any more. Whoever was admitted has been here, so their entry and its user stay.
 */
export async function forgetEntry(
  tx: ForgettingScope,
  { id, status, userId }: Entry,
  reason: 'asked' | 'unconfirmed' | 'erased',
): Promise<void> {
  const isAdmitted = status === 'admitted'
  if (isAdmitted && reason !== 'erased') return
  const { outbox, waitlistAdmissions, waitlistBatches, waitlistEntries } = tx.repos
  const invite = await waitlistBatches.findOpen(id)
  const occurredAt = tx.clock.now()
  if (invite) {
    await waitlistBatches.end([id], { outcome: 'left', at: occurredAt })
    await tx.invites.revoke({ id: invite.invitationId, by: 'system' })
  }
  await waitlistEntries.update(id, {
    ...{ email: null, useCase: '', networkHash: null },
    ...(isAdmitted ? {} : { userId: null, status: 'left' as const }),
  })
  if (isAdmitted) {
    if (userId) await waitlistAdmissions.forgetNetwork(userId)
    await revokeEarned(tx, id)
    return
  }
  const payload = { entryId: id, reason }
  await outbox.add(waitlistLeft.create({ occurredAt, subjectId: id, userId, payload }))
}

async function revokeEarned({ invites }: ForgettingScope, entryId: string): Promise<void> {
  const createdBy = makerOf(entryId)
  const active = () => invites.list({ createdBy, status: 'active' }, { limit: CODES_BATCH })
  for (let { items } = await active(); items.length > 0; { items } = await active()) {
    for (const { id } of items) await invites.revoke({ id, by: 'system' })
  }
}
