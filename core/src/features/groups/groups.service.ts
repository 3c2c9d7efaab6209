import { newId, type Page, type PageRequest } from '../../kernel/index.ts'
import { demandRight, demandRoom, lockGroup, lockNewcomer } from './entering.ts'
import { type GroupView, MEMBERS_MAX } from './group.ts'
import { GroupNotFound } from './groups.errors.ts'
import { groupCreated } from './groups.events.ts'
import type { GroupsScope } from './groups.scope.ts'
import { removeGroup } from './remove-group.ts'

/** What a new group is called, and how many may be in it. */
export interface NewGroup {
  readonly title: string
  /** 2 to 200. [200] */
  readonly memberMax?: number | undefined
}

/** Groups of people; who is in them is the matter of `MembersService`. */
export class GroupsService {
  readonly #scope: GroupsScope

  constructor(scope: GroupsScope) {
    this.#scope = scope
  }

  /**
   * Makes a group with one member, its owner. Emits `group.created`.
   *
   * @throws {@link TooManyGroups}
   *
   * @example
   * const group = await services.groups.create(userId, { title: 'Chess on Fridays' })
   */
  async create(userId: string, { title, memberMax = MEMBERS_MAX }: NewGroup): Promise<GroupView> {
    return this.#scope.transaction(async (tx) => {
      await lockNewcomer(tx, userId)
      await demandRoom(tx, userId)
      const now = tx.clock.now()
      const id = newId()
      const dates = { createdAt: now, updatedAt: now }
      await tx.repos.groups.insertEmpty({ id, title, createdBy: userId, memberMax, ...dates })
      await tx.repos.members.insert({
        groupId: id,
        userId,
        role: 'owner',
        joinedAt: now,
        invitationId: null,
      })
      await tx.repos.outbox.add(
        groupCreated.create({
          occurredAt: now,
          subjectId: id,
          userId,
          payload: { groupId: id, userId },
        }),
      )
      return { ...(await tx.repos.groups.getById(id)), role: 'owner' }
    })
  }

  /**
   * Reads a group as one of its members.
   *
   * @throws {@link GroupNotFound} for strangers too
   */
  async get(userId: string, groupId: string): Promise<GroupView> {
    const { role } = await demandRight(this.#scope, groupId, userId, 'read')
    const group = await this.#scope.repos.groups.findById(groupId)
    if (!group) throw new GroupNotFound({ groupId })
    return { ...group, role }
  }

  /** The groups that somebody is in, oldest first. */
  async list(userId: string, request: PageRequest): Promise<Page<GroupView>> {
    const { repos } = this.#scope
    const page = await repos.members.listByUser(userId, request)
    const groups = await repos.groups.getByIds(page.items.map(({ groupId }) => groupId))
    const roles = new Map(page.items.map(({ groupId, role }) => [groupId, role]))
    return {
      ...page,
      items: groups.map((group) => ({ ...group, role: roles.get(group.id) ?? 'member' })),
    }
  }

  /**
   * Gives a group another title.
   *
   * @throws {@link GroupNotFound} for strangers too
   * @throws {@link RoleTooLow}
   */
  async rename(userId: string, groupId: string, title: string): Promise<GroupView> {
    return this.#scope.transaction(async (tx) => {
      await lockGroup(tx, groupId)
      const { role } = await demandRight(tx, groupId, userId, 'rename')
      const changes = { title, updatedAt: tx.clock.now() }
      return { ...(await tx.repos.groups.update(groupId, changes)), role }
    })
  }

  /**
   * Removes a group with all memberships. Emits `group.removed`.
   *
   * @throws {@link GroupNotFound} for strangers too
   * @throws {@link RoleTooLow}
   */
  async remove(userId: string, groupId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await lockGroup(tx, groupId)
      await demandRight(tx, groupId, userId, 'remove')
      await removeGroup(tx, groupId, userId)
    })
  }
}
