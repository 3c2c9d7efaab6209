import type { Page, PageRequest } from '../../../kernel/index.ts'
import { demandRight, demandRoom, lockGroup, lockNewcomer } from '../entering.ts'
import type { GroupAction, GroupRole } from '../group.ts'
import { mayAct, rightToRemove } from '../group.ts'
import {
  GroupFull,
  GroupNotFound,
  MemberNotFound,
  OwnerNeeded,
  RoleTooLow,
} from '../groups.errors.ts'
import {
  groupMemberJoined,
  groupMemberLeft,
  groupMemberRemoved,
  groupMemberRoleChanged,
} from '../groups.events.ts'
import type { GroupsScope } from '../groups.scope.ts'
import { removeGroup } from '../remove-group.ts'
import type { Member, MemberView } from './member.ts'

/** What came of a wish to be in a group. */
export type JoinOutcome = 'joined' | 'already_member'

/** Who is in a group, and as what. */
export class MembersService {
  readonly #scope: GroupsScope

  constructor(scope: GroupsScope) {
    this.#scope = scope
  }

  /**
   * Puts somebody into a group; may join the caller's transaction, as the use of an invitation does.
   *
   * Whether they may come is the caller's question. Locks the person, then the group. Emits
   * `group.member_joined` for who was not in it.
   *
   * @throws {@link GroupNotFound}
   * @throws {@link GroupFull}
   * @throws {@link TooManyGroups}
   * @throws {@link NotFound} for a person who is not there
   *
   * @example
   * await tx.members.join(groupId, userId, { invitationId })
   */
  async join(
    groupId: string,
    userId: string,
    { invitationId = null }: { readonly invitationId?: string | null } = {},
  ): Promise<JoinOutcome> {
    return this.#scope.transaction(async (tx) => {
      await lockNewcomer(tx, userId)
      const { memberCount, memberMax } = await lockGroup(tx, groupId)
      if (await tx.repos.members.find(groupId, userId)) return 'already_member'
      if (memberCount >= memberMax) throw new GroupFull({ groupId, memberMax })
      await demandRoom(tx, userId)
      const now = tx.clock.now()
      const joined = { groupId, userId, invitationId }
      await tx.repos.members.insert({ ...joined, role: 'member', joinedAt: now })
      await tx.repos.outbox.add(
        groupMemberJoined.create({ occurredAt: now, subjectId: groupId, userId, payload: joined }),
      )
      return 'joined'
    })
  }

  /**
   * Takes oneself out of a group; the last one takes the group along.
   *
   * Emits `group.member_left`, or `group.removed`.
   *
   * @throws {@link GroupNotFound}
   * @throws {@link OwnerNeeded} for an owner who is not alone
   */
  async leave(userId: string, groupId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const { memberCount } = await lockGroup(tx, groupId)
      const { role } = await demandRight(tx, groupId, userId, 'read')
      if (role === 'owner' && memberCount > 1) throw new OwnerNeeded({ groupId })
      if (role === 'owner') return removeGroup(tx, groupId, userId)
      await tx.repos.members.remove(groupId, userId)
      await tx.repos.outbox.add(
        groupMemberLeft.create({
          occurredAt: tx.clock.now(),
          subjectId: groupId,
          userId,
          payload: { groupId, userId },
        }),
      )
    })
  }

  /**
   * Takes somebody else out of a group: an admin takes members, the owner admins too.
   *
   * Emits `group.member_removed`.
   *
   * @throws {@link GroupNotFound} for strangers too
   * @throws {@link MemberNotFound}
   * @throws {@link RoleTooLow}
   */
  async remove(actorId: string, groupId: string, userId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await lockGroup(tx, groupId)
      const actor = await demandRight(tx, groupId, actorId, 'read')
      const target = await getMember(tx, groupId, userId)
      const right = rightToRemove(target.role)
      if (!right || !mayAct(actor.role, right)) {
        throw new RoleTooLow({ role: actor.role, action: right ?? 'remove_owner' })
      }
      await tx.repos.members.remove(groupId, userId)
      await tx.repos.outbox.add(
        groupMemberRemoved.create({
          occurredAt: tx.clock.now(),
          subjectId: groupId,
          userId,
          payload: { groupId, userId, removedBy: actorId },
        }),
      )
    })
  }

  /**
   * Makes a member an admin, or an admin a member; asking for what is so already changes nothing.
   *
   * Emits `group.member_role_changed`.
   *
   * @throws {@link GroupNotFound} for strangers too
   * @throws {@link RoleTooLow}
   * @throws {@link MemberNotFound}
   * @throws {@link OwnerNeeded} when the owner is meant
   */
  async changeRole(
    actorId: string,
    groupId: string,
    { userId, role }: { readonly userId: string; readonly role: 'admin' | 'member' },
  ): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await lockGroup(tx, groupId)
      await demandRight(tx, groupId, actorId, 'change_role')
      const target = await getMember(tx, groupId, userId)
      if (target.role === 'owner') throw new OwnerNeeded({ groupId })
      await assignRole(tx, target, role, actorId)
    })
  }

  /**
   * Makes another member the owner; the owner so far stays as an admin.
   *
   * Emits `group.member_role_changed` for both.
   *
   * @throws {@link GroupNotFound} for strangers too
   * @throws {@link RoleTooLow}
   * @throws {@link MemberNotFound}
   */
  async transferOwnership(ownerId: string, groupId: string, userId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await lockGroup(tx, groupId)
      const owner = await demandRight(tx, groupId, ownerId, 'transfer')
      const target = await getMember(tx, groupId, userId)
      if (target.role === 'owner') return
      // In this order: at no moment are there two owners, which the database would refuse.
      await assignRole(tx, owner, 'admin', ownerId)
      await assignRole(tx, target, 'owner', ownerId)
    })
  }

  /**
   * The members of a group, as its members see them: name, role, since when.
   *
   * @throws {@link GroupNotFound} for strangers too
   */
  async list(actorId: string, groupId: string, request: PageRequest): Promise<Page<MemberView>> {
    const { repos } = this.#scope
    await demandRight(this.#scope, groupId, actorId, 'read')
    const page = await repos.members.listByGroup(groupId, request)
    const users = await repos.users.getByIds(page.items.map(({ userId }) => userId))
    const names = new Map(users.map((user) => [user.id, user]))
    return {
      ...page,
      items: page.items.map(({ userId, role, joinedAt }) => ({
        userId,
        firstName: names.get(userId)?.firstName ?? null,
        username: names.get(userId)?.username ?? null,
        role,
        joinedAt,
      })),
    }
  }

  /**
   * Tells what a newcomer whom somebody invites would find: `closed` where who invites may not, or
   * there is no such group. Changes nothing, so that it may be otherwise when they come.
   */
  async doorOf(groupId: string, inviterId: string): Promise<'open' | 'full' | 'closed'> {
    const { groups, members } = this.#scope.repos
    const inviter = await members.find(groupId, inviterId)
    if (!inviter || !mayAct(inviter.role, 'invite')) return 'closed'
    const group = await groups.findById(groupId)
    if (!group) return 'closed'
    return group.memberCount < group.memberMax ? 'open' : 'full'
  }

  /**
   * Refuses who may not do something in a group, for other features such as invitations.
   *
   * @throws {@link GroupNotFound} for strangers too
   * @throws {@link RoleTooLow}
   *
   * @example
   * await tx.members.demandRight(groupId, userId, 'invite')
   */
  async demandRight(groupId: string, userId: string, action: GroupAction): Promise<void> {
    await demandRight(this.#scope, groupId, userId, action)
  }
}

async function getMember(tx: GroupsScope, groupId: string, userId: string): Promise<Member> {
  const member = await tx.repos.members.find(groupId, userId)
  if (!member) throw new MemberNotFound({ groupId, userId })
  return member
}

async function assignRole(
  tx: GroupsScope,
  { groupId, userId, role: current }: Member,
  role: GroupRole,
  changedBy: string,
): Promise<void> {
  if (role === current) return
  await tx.repos.members.updateRole(groupId, userId, role)
  await tx.repos.outbox.add(
    groupMemberRoleChanged.create({
      occurredAt: tx.clock.now(),
      subjectId: groupId,
      userId,
      payload: { groupId, userId, role, changedBy },
    }),
  )
}
