import type { DueWork } from '../../platform/jobs/index.ts'
import type { InvitationsRepository } from './invitations.repository.ts'
import type { InvitesService } from './invites.service.ts'

/** Stores and publishes which invitations have expired. */
export const expireDueInvitations: DueWork<{
  readonly invites: Pick<InvitesService, 'expireDue'>
  readonly repos: { readonly invitations: Pick<InvitationsRepository, 'findNextExpiry'> }
}> = {
  name: 'invites.expire_due',
  everyMs: 15_000,
  nextDueAt: async ({ repos }) => (await repos.invitations.findNextExpiry()) ?? null,
  runDue: ({ invites }) => invites.expireDue(),
}
