import type { Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { FriendshipsService } from '../friendships/index.ts'
import type { MembersService } from '../groups/index.ts'
import type { InvitationStorage } from './invitation-storage.ts'

/** All that the invites service may touch. */
export interface InvitesScope extends Transactional<InvitesScope> {
  readonly clock: Clock
  readonly repos: {
    readonly invitations: InvitationStorage
    readonly outbox: Pick<OutboxRepository, 'addAll'>
  }
  /** What people are to each other; without a platform they are nothing, and no code changes it. */
  readonly members?: Pick<MembersService, 'join' | 'demandRight' | 'doorOf'>
  readonly friendships?: Pick<FriendshipsService, 'befriend'>
}
