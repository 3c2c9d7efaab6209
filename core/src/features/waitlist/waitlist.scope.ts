import type { Transactional } from '../../platform/database/index.ts'
import type { JobsRepository } from '../../platform/jobs/index.ts'
import type { Mailer } from '../../platform/mail/index.ts'
import type { SettingsService } from '../../platform/settings/index.ts'
import type { IdentitySettings, UsersRepository } from '../users/index.ts'
import type { BatchesRepository } from './batches/batches.repository.ts'
import type { EntriesRepository } from './entries.repository.ts'
import type { ForgettingScope } from './forget-entry.ts'
import type { PlacesRepository } from './places.repository.ts'

/** All that the waitlist service may touch. */
export interface WaitlistScope extends ForgettingScope, Transactional<WaitlistScope> {
  readonly identity: IdentitySettings
  readonly mailer: Mailer | undefined
  readonly settings: Pick<SettingsService, 'get' | 'read'>
  readonly repos: ForgettingScope['repos'] & {
    readonly jobs: Pick<JobsRepository, 'enqueue'>
    readonly users: Pick<UsersRepository, 'getById'>
    readonly waitlistBatches: BatchesRepository
    readonly waitlistEntries: EntriesRepository
    readonly waitlistPlaces: PlacesRepository
  }
}
