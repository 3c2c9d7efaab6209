/** What somebody is in a group; each has the rights of the roles below it. */
export const GROUP_ROLES = ['owner', 'admin', 'member'] as const

/** What somebody is in a group. */
export type GroupRole = (typeof GROUP_ROLES)[number]

/** What a member may or may not be allowed to do. */
export const GROUP_ACTIONS = [
  'read',
  'invite',
  'rename',
  'remove_member',
  'remove_admin',
  'change_role',
  'transfer',
  'remove',
] as const

/** What a member may or may not be allowed to do. */
export type GroupAction = (typeof GROUP_ACTIONS)[number]

const MEMBER: readonly GroupAction[] = ['read']
const ADMIN: readonly GroupAction[] = [...MEMBER, 'invite', 'rename', 'remove_member']
const RIGHTS: Readonly<Record<GroupRole, readonly GroupAction[]>> = {
  owner: [...ADMIN, 'remove_admin', 'change_role', 'transfer', 'remove'],
  admin: ADMIN,
  member: MEMBER,
}

/** People who belong together, under one owner. */
export interface Group {
  readonly id: string
  readonly title: string
  readonly createdBy: string
  /** Kept by the database. */
  readonly memberCount: number
  readonly memberMax: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A group as one of its members sees it. */
export interface GroupView extends Group {
  readonly role: GroupRole
}

/** Groups that one person may be in. */
export const GROUPS_PER_USER_MAX = 50

/** Members that a group may have. */
export const MEMBERS_MAX = 200

/** Tells whether a role has the right to an action. */
export function mayAct(role: GroupRole, action: GroupAction): boolean {
  return RIGHTS[role].includes(action)
}

/** The right that is needed to remove somebody; nobody removes an owner. */
export function rightToRemove(role: GroupRole): GroupAction | undefined {
  return role === 'owner' ? undefined : `remove_${role}`
}
