import type { Transactional } from '../../platform/database/index.ts'
import type { SettingsService } from '../../platform/settings/index.ts'
import type { IdentitySettings, UsersRepository } from '../users/index.ts'
import type { BatchesRepository } from './batches/batches.repository.ts'
import type { EntriesRepository } from './entries.repository.ts'
import type { ForgettingScope } from './forget-entry.ts'
import type { PlacesRepository } from './places.repository.ts'

/** All that the waitlist service may touch. */
export interface WaitlistScope extends ForgettingScope, Transactional<WaitlistScope> {
  readonly identity: IdentitySettings
  readonly settings: Pick<SettingsService, 'get'>
  readonly repos: ForgettingScope['repos'] & {
    readonly users: Pick<UsersRepository, 'getById'>
    readonly waitlistBatches: BatchesRepository
    readonly waitlistEntries: EntriesRepository
    readonly waitlistPlaces: PlacesRepository
  }
}
