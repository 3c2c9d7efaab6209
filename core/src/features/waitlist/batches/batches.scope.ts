import type { Clock } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { JobsRepository } from '../../../platform/jobs/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { SettingsService } from '../../../platform/settings/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import type { InvitesService } from '../../invites/index.ts'
import type { QualityService } from '../../quality/index.ts'
import type { EntriesRepository } from '../entries.repository.ts'
import type { PlacesRepository } from '../places.repository.ts'
import type { WaitlistOptions } from '../waitlist-options.ts'
import type { BatchesRepository } from './batches.repository.ts'

/** All that the batches service may touch. */
export interface BatchesScope extends Transactional<BatchesScope> {
  readonly clock: Clock
  readonly invites: Pick<InvitesService, 'createBatch' | 'getByCode' | 'revoke'>
  readonly quality: Pick<QualityService, 'gate' | 'requireIssuing'>
  readonly settings: Pick<SettingsService, 'get' | 'read'>
  readonly waitlistOptions: WaitlistOptions
  readonly repos: {
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly jobs: Pick<JobsRepository, 'enqueue' | 'enqueueAll'>
    readonly outbox: Pick<OutboxRepository, 'addAll'>
    readonly waitlistBatches: BatchesRepository
    readonly waitlistEntries: EntriesRepository
    readonly waitlistPlaces: PlacesRepository
  }
}
