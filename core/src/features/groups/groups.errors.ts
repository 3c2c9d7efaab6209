import { AppError } from '../../kernel/index.ts'
import type { GroupAction, GroupRole } from './group.ts'

/** There is no such group, or the asker is not in it: nobody outside learns which. */
export class GroupNotFound extends AppError {
  readonly code = 'groups.not_found'
  readonly kind = 'not_found'

  constructor(facts: { groupId: string }) {
    super(`You are in no group with the id ${facts.groupId}`, facts)
  }
}

/** The person who is meant is not in the group. */
export class MemberNotFound extends AppError {
  readonly code = 'groups.member_not_found'
  readonly kind = 'not_found'

  constructor(facts: { groupId: string; userId: string }) {
    super('That person is not in the group', facts)
  }
}

/** The member's role does not allow the action. */
export class RoleTooLow extends AppError {
  readonly code = 'groups.role_too_low'
  readonly kind = 'forbidden'

  constructor(facts: { role: GroupRole; action: GroupAction | 'remove_owner' }) {
    super(`A ${facts.role} of the group may not ${facts.action.replaceAll('_', ' ')}`, facts)
  }
}

/** The group has as many members as it may have. */
export class GroupFull extends AppError {
  readonly code = 'groups.full'
  readonly kind = 'conflict'

  constructor(facts: { groupId: string; memberMax: number }) {
    super(`The group has ${facts.memberMax} members already, which is its limit`, facts)
  }
}

/** The owner would leave others, or the role, behind without an owner. */
export class OwnerNeeded extends AppError {
  readonly code = 'groups.owner_needed'
  readonly kind = 'conflict'

  constructor(facts: { groupId: string }) {
    super('A group needs its owner: hand the ownership over first, or remove the group', facts)
  }
}

/** The person is in as many groups as they may be. */
export class TooManyGroups extends AppError {
  readonly code = 'groups.too_many'
  readonly kind = 'conflict'

  constructor(facts: { limit: number }) {
    super(`A person is in ${facts.limit} groups at the most: leave one first`, facts)
  }
}
