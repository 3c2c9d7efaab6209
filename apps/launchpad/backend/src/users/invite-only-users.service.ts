import type { InvitationsRepository } from '@gramkit/core/invites'
import {
  type Login,
  type NewEmailUser,
  type User,
  type UsersScope,
  UsersService,
} from '@gramkit/core/users'
import type { EntriesRepository } from '@gramkit/core/waitlist'
import { InvitationRequired } from './invite-only.errors.ts'

/** All that the users of a launchpad may touch. */
export interface InviteOnlyUsersScope extends UsersScope {
  readonly repos: UsersScope['repos'] & {
    readonly invitations: Pick<InvitationsRepository, 'listUses'>
    readonly waitlistEntries: Pick<EntriesRepository, 'findByEmail'>
  }
}

/**
 * Users of whom nobody is written down without an invitation. A Telegram identity is no account yet:
 * whoever has one may wait, and is admitted like everybody else.
 *
 * Core's own ways to log in come here too, in their transactions.
 */
export class InviteOnlyUsersService extends UsersService {
  readonly #scope: InviteOnlyUsersScope

  constructor(scope: InviteOnlyUsersScope) {
    super(scope)
    this.#scope = scope
  }

  /**
   * Writes down somebody who has proved an address and was let in, or gives the account that was made
   * for the address when it redeemed an earned code: it is theirs now that they have proved it.
   *
   * @throws {@link InvitationRequired} unless an invitation was used for them
   */
  override async createWithEmail(person: NewEmailUser): Promise<User> {
    if (await this.#isUsed(person.admittedBy)) return super.createWithEmail(person)
    const entry = await this.#scope.repos.waitlistEntries.findByEmail(person.email)
    if (entry?.status !== 'admitted' || entry.userId === null) throw new InvitationRequired()
    return this.getById(entry.userId)
  }

  /**
   * Nobody is a guest here: a guest who proved an address would be registered.
   *
   * @throws {@link InvitationRequired}
   */
  override async loginAsGuest(): Promise<Login> {
    throw new InvitationRequired()
  }

  /** The database tells, not who calls: within a redemption it is the use of this transaction. */
  async #isUsed(invitationId: string | undefined): Promise<boolean> {
    if (invitationId === undefined) return false
    const { items } = await this.#scope.repos.invitations.listUses(invitationId, { limit: 1 })
    return items.length > 0
  }
}
