import { groupRemoved } from './groups.events.ts'
import type { GroupsScope } from './groups.scope.ts'

/** Removes a locked group with all memberships, and tells the screens of all who were in it. */
export async function removeGroup(
  tx: GroupsScope,
  groupId: string,
  removedBy: string,
): Promise<void> {
  const userIds = await tx.repos.members.removeAll(groupId)
  await tx.repos.groups.remove(groupId)
  await tx.repos.outbox.add(
    groupRemoved.create({
      occurredAt: tx.clock.now(),
      subjectId: groupId,
      userId: removedBy,
      payload: { groupId, removedBy },
    }),
    userIds,
  )
}
