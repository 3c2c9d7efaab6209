import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import { invitation, invitationUse } from './invitation.table.ts'
import type { InvitationsRepository } from './invitations.repository.ts'
import type { InvitesService } from './invites.service.ts'

const BATCH = 100

/**
 * Invitations that somebody made, and those they used. A code that both guest and user had used stays
 * used by the guest as well. Whoever is erased leaves no code that opens anything, and no word of
 * theirs: codes they chose are replaced.
 */
export const invitesPart: PersonPart<{
  readonly invites: Pick<InvitesService, 'list' | 'revoke'>
  readonly repos: {
    readonly invitations: Pick<InvitationsRepository, 'movePerson' | 'forgetPerson'>
    readonly personRows: PersonRows
  }
}> = {
  name: 'invitations',
  tables: [invitation, invitationUse],
  merge: ({ repos }, { guestId, userId }) => repos.invitations.movePerson(guestId, userId),
  async export({ repos }, userId) {
    const without = ['codeKey']
    return {
      made: await repos.personRows.read(invitation.createdBy, userId, { without }),
      received: await repos.personRows.read(invitation.recipient, userId, { without }),
      used: await repos.personRows.read(invitationUse.usedBy, userId),
    }
  },
  async erase({ invites, repos }, userId) {
    const active = () => invites.list({ createdBy: userId, status: 'active' }, { limit: BATCH })
    for (let { items } = await active(); items.length > 0; { items } = await active()) {
      for (const { id } of items) await invites.revoke({ id, by: userId })
    }
    await repos.invitations.forgetPerson(userId)
  },
}
