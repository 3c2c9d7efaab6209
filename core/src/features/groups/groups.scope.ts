import type { Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { UsersRepository } from '../users/index.ts'
import type { GroupsRepository } from './groups.repository.ts'
import type { MembersRepository } from './members/members.repository.ts'

/** All that the services of groups may touch. */
export interface GroupsScope extends Transactional<GroupsScope> {
  readonly clock: Clock
  readonly repos: {
    readonly groups: GroupsRepository
    readonly members: MembersRepository
    readonly users: Pick<UsersRepository, 'getByIds' | 'getByIdsWithLock'>
    readonly outbox: OutboxRepository
  }
}
