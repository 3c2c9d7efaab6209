import { type Clock, systemClock } from '../../kernel/index.ts'
import type { EventBus } from '../../platform/bus/index.ts'
import type { InvitationStorage } from './invitation-storage.ts'
import type { InvitesScope } from './invites.scope.ts'
import { InvitesService } from './invites.service.ts'

/** What invitations stand on outside of a platform. */
export interface StandaloneInvites {
  readonly storage: InvitationStorage
  /** Who is told what happened, once it is stored. [nobody] */
  readonly events?: Pick<EventBus, 'publish'>
  /** [the machine's own time] */
  readonly clock?: Clock
}

/**
 * Opens invitations without a platform: over any storage, with or without an event bus.
 *
 * What the storage has kept stays although the bus fails to take its event, and the call fails then.
 * Who needs both or neither uses `services.invites` of a platform, whose events are rows beside the
 * change.
 *
 * @example
 * const invites = openInvites({ storage: new MemoryInvitations() })
 */
export function openInvites({
  storage,
  events,
  clock = systemClock,
}: StandaloneInvites): InvitesService {
  const scope: InvitesScope = {
    clock,
    repos: {
      invitations: storage,
      outbox: {
        async addAll(happened) {
          for (const event of happened) await events?.publish(event)
        },
      },
    },
    transaction: (work) => work(scope),
  }
  return new InvitesService(scope)
}
