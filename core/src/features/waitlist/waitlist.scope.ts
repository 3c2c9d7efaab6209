import type { Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { SettingsService } from '../../platform/settings/index.ts'
import type { IdentitySettings, UsersRepository } from '../users/index.ts'
import type { EntriesRepository } from './entries.repository.ts'
import type { PlacesRepository } from './places.repository.ts'

/** All that the waitlist service may touch. */
export interface WaitlistScope extends Transactional<WaitlistScope> {
  readonly clock: Clock
  readonly identity: IdentitySettings
  readonly settings: Pick<SettingsService, 'get'>
  readonly repos: {
    readonly outbox: Pick<OutboxRepository, 'add'>
    readonly users: Pick<UsersRepository, 'getById'>
    readonly waitlistEntries: EntriesRepository
    readonly waitlistPlaces: PlacesRepository
  }
}
