import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'
import { GROUP_ROLES } from './group.ts'

const membership = z.object({ groupId: z.uuid(), userId: z.uuid() })

/** A group was made; its maker is its owner. */
export const groupCreated = defineEvent('group.created', { version: 1, schema: membership })

/** A group is gone, and with it all memberships. */
export const groupRemoved = defineEvent('group.removed', {
  version: 1,
  schema: z.object({ groupId: z.uuid(), removedBy: z.uuid() }),
})

/** Somebody came into a group. */
export const groupMemberJoined = defineEvent('group.member_joined', {
  version: 1,
  schema: membership.extend({ invitationId: z.uuid().nullable() }),
})

/** Somebody left a group. */
export const groupMemberLeft = defineEvent('group.member_left', { version: 1, schema: membership })

/** Somebody was removed from a group. */
export const groupMemberRemoved = defineEvent('group.member_removed', {
  version: 1,
  schema: membership.extend({ removedBy: z.uuid() }),
})

/** Somebody is something else in a group now. */
export const groupMemberRoleChanged = defineEvent('group.member_role_changed', {
  version: 1,
  schema: membership.extend({ role: z.enum(GROUP_ROLES), changedBy: z.uuid() }),
})
