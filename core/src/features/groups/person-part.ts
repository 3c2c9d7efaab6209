import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import { group } from './group.table.ts'
import { GROUP_ROLES, type GroupRole } from './group.ts'
import { groupMemberLeft, groupMemberRoleChanged } from './groups.events.ts'
import type { GroupsScope } from './groups.scope.ts'
import { groupMember } from './members/member.table.ts'
import type { Member } from './members/member.ts'
import { removeGroup } from './remove-group.ts'

interface GroupsPartScope extends GroupsScope {
  readonly repos: GroupsScope['repos'] & { readonly personRows: PersonRows }
}

/**
 * Groups and who is in them. Of two places in one group the higher role is kept; whoever is erased
 * leaves, and what they own goes to the oldest admin, else to the oldest member, else away.
 */
export const groupsPart: PersonPart<GroupsPartScope> = {
  name: 'groups',
  tables: [group, groupMember],
  async merge(tx, merge) {
    const { guestId, userId } = merge
    const { members, personRows } = tx.repos
    for await (const place of lockedPlaces(tx, guestId)) {
      const { groupId } = place
      const known = await members.find(groupId, userId)
      await members.remove(groupId, guestId)
      if (!known) await members.insert({ ...place, userId })
      else if (isHigher(place.role, known.role)) {
        await members.updateRole(groupId, userId, place.role)
      }
    }
    await personRows.move(group.createdBy, merge)
  },
  export: async ({ repos: { groups, personRows } }, userId) => {
    const memberships = await personRows.read(groupMember.userId, userId)
    const ids = memberships.map(({ groupId }) => String(groupId))
    return { memberships, groups: await groups.getByIds(ids) }
  },
  async erase(tx, userId) {
    for await (const place of lockedPlaces(tx, userId)) await leaveForGood(tx, place)
  },
}

/** Somebody's places, each as it is once its group is locked. */
async function* lockedPlaces(tx: GroupsScope, userId: string): AsyncGenerator<Member> {
  const { groups, members } = tx.repos
  for (const { groupId } of await members.listAllByUser(userId)) {
    const isThere = await groups.findByIdWithLock(groupId)
    const place = isThere && (await members.find(groupId, userId))
    if (place) yield place
  }
}

function isHigher(role: GroupRole, other: GroupRole): boolean {
  return GROUP_ROLES.indexOf(role) < GROUP_ROLES.indexOf(other)
}

async function leaveForGood(tx: GroupsScope, { groupId, userId, role }: Member): Promise<void> {
  const { members, outbox } = tx.repos
  const at = { occurredAt: tx.clock.now(), subjectId: groupId }
  const successor = role === 'owner' ? await members.findSuccessor(groupId) : undefined
  if (role === 'owner' && !successor) return removeGroup(tx, groupId, userId)
  await members.remove(groupId, userId)
  await outbox.add(groupMemberLeft.create({ ...at, userId, payload: { groupId, userId } }))
  if (!successor) return
  await members.updateRole(groupId, successor.userId, 'owner')
  const payload = { groupId, userId: successor.userId, role: 'owner', changedBy: userId } as const
  await outbox.add(groupMemberRoleChanged.create({ ...at, userId: successor.userId, payload }))
}
