import type { Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { Limiter } from '../../platform/limits/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { UsersRepository } from '../users/index.ts'
import type { FriendshipsRepository } from './friendships.repository.ts'

/** All that the friendships service may touch. */
export interface FriendshipsScope extends Transactional<FriendshipsScope> {
  readonly clock: Clock
  readonly limiter: Limiter
  readonly repos: {
    readonly friendships: FriendshipsRepository
    readonly users: Pick<UsersRepository, 'getByIds' | 'getByIdsWithLock'>
    readonly outbox: OutboxRepository
  }
}
