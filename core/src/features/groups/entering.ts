import { NotFound } from '../../kernel/index.ts'
import { GROUPS_PER_USER_MAX, type Group, type GroupAction, mayAct } from './group.ts'
import { GroupNotFound, RoleTooLow, TooManyGroups } from './groups.errors.ts'
import type { GroupsScope } from './groups.scope.ts'
import type { Member } from './members/member.ts'

/**
 * Finds who acts in a group, with the right to it.
 *
 * @throws {@link GroupNotFound} for strangers too
 * @throws {@link RoleTooLow}
 */
export async function demandRight(
  { repos }: GroupsScope,
  groupId: string,
  actorId: string,
  action: GroupAction,
): Promise<Member> {
  const actor = await repos.members.find(groupId, actorId)
  if (!actor) throw new GroupNotFound({ groupId })
  if (!mayAct(actor.role, action)) throw new RoleTooLow({ role: actor.role, action })
  return actor
}

/**
 * Locks a group before anything in it is decided, so that one change follows the other.
 *
 * @throws {@link GroupNotFound}
 */
export async function lockGroup(tx: GroupsScope, groupId: string): Promise<Group> {
  const group = await tx.repos.groups.findByIdWithLock(groupId)
  if (!group) throw new GroupNotFound({ groupId })
  return group
}

/**
 * Locks a person before the groups they are in are counted; always before the lock of a group.
 *
 * @throws {@link NotFound}
 */
export async function lockNewcomer(tx: GroupsScope, userId: string): Promise<void> {
  const [user] = await tx.repos.users.getByIdsWithLock([userId], { mode: 'no key update' })
  if (!user) throw new NotFound({ what: 'user', id: userId })
}

/**
 * Refuses a locked person who is in as many groups as they may be.
 *
 * @throws {@link TooManyGroups}
 */
export async function demandRoom(tx: GroupsScope, userId: string): Promise<void> {
  if ((await tx.repos.members.countByUser(userId)) < GROUPS_PER_USER_MAX) return
  throw new TooManyGroups({ limit: GROUPS_PER_USER_MAX })
}
