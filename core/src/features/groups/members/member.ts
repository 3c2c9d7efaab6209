import type { GroupRole } from '../group.ts'

/** Somebody's place in a group. */
export interface Member {
  readonly groupId: string
  readonly userId: string
  readonly role: GroupRole
  readonly joinedAt: Date
  /** The invitation that brought them. */
  readonly invitationId: string | null
}

/** A member as the others of the group see them: nothing but the name. */
export interface MemberView {
  readonly userId: string
  readonly firstName: string | null
  readonly username: string | null
  readonly role: GroupRole
  readonly joinedAt: Date
}
