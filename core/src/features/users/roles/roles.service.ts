import type { Clock } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { IdentitySettings } from '../identity.ts'
import type { User } from '../user.ts'
import { OwnerIsConfigured, RoleNeedsRegistration } from '../users.errors.ts'
import { userRoleChanged } from '../users.events.ts'
import type { RoleChange, UsersRepository } from '../users.repository.ts'

/** All that the roles service may touch. */
export interface RolesScope extends Transactional<RolesScope> {
  readonly clock: Clock
  readonly identity: Pick<IdentitySettings, 'ownerTelegramIds'>
  readonly repos: {
    readonly users: UsersRepository
    readonly outbox: OutboxRepository
    readonly audit: {
      insert(entry: {
        readonly actor: string
        readonly action: string
        readonly subject: string
        readonly facts: Readonly<Record<string, string>>
        readonly createdAt: Date
      }): Promise<void>
    }
  }
}

/** A person's new role, and who gives it. */
export interface NewRole {
  readonly userId: string
  readonly role: 'user' | 'admin'
  /** Who: `admin` for the admin token, or a user's id. */
  readonly actor: string
}

/** Who may act for the app. Owners are configured, they appoint admins; each change is audited. */
export class RolesService {
  readonly #scope: RolesScope

  constructor(scope: RolesScope) {
    this.#scope = scope
  }

  /**
   * Makes owners of exactly those whom the configuration names, and gives whom that changed. Repeating
   * it is harmless; a process calls it when it starts. Emits `user.role_changed` for each change.
   */
  async syncOwners(): Promise<RoleChange[]> {
    return this.#scope.transaction(async (tx) => {
      const named = tx.identity.ownerTelegramIds ?? []
      const changes = await tx.repos.users.syncOwners(named, tx.clock.now())
      for (const change of changes) await note(tx, change, 'system')
      return changes
    })
  }

  /**
   * Makes somebody an admin, or takes that back. Emits `user.role_changed` if it changes anything.
   *
   * @throws {@link NotFound}
   * @throws {@link RoleNeedsRegistration} for a guest
   * @throws {@link OwnerIsConfigured} for an owner
   */
  async set({ userId, role, actor }: NewRole): Promise<User> {
    return this.#scope.transaction(async (tx) => {
      const user = await tx.repos.users.getByIdWithLock(userId)
      if (user.role === role) return user
      if (user.role === 'owner') throw new OwnerIsConfigured({ userId })
      if (user.kind !== 'registered') throw new RoleNeedsRegistration({ userId })
      await note(tx, { userId, role, was: user.role }, actor)
      return tx.repos.users.update(userId, { role, updatedAt: tx.clock.now() })
    })
  }
}

async function note(tx: RolesScope, change: RoleChange, actor: string): Promise<void> {
  const { userId, role, was } = change
  const now = tx.clock.now()
  await tx.repos.audit.insert({
    actor,
    action: 'user.role_changed',
    subject: `user:${userId}`,
    facts: { role, was },
    createdAt: now,
  })
  await tx.repos.outbox.add(
    userRoleChanged.create({
      occurredAt: now,
      subjectId: userId,
      userId,
      payload: { userId, role },
    }),
  )
}
