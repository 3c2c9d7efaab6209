/**
 * Groups of people: an owner, admins and members, with rights by role.
 *
 * A group always has exactly one owner and never more members than it may have; both are kept by
 * the database. People come in through an invitation; whoever is not in a group does not learn
 * that it exists.
 *
 * @module
 */
export { group } from './group.table.ts'
export {
  GROUP_ACTIONS,
  GROUP_ROLES,
  type Group,
  type GroupAction,
  type GroupRole,
  type GroupView,
  mayAct,
} from './group.ts'
export {
  GroupFull,
  GroupNotFound,
  MemberNotFound,
  OwnerNeeded,
  RoleTooLow,
  TooManyGroups,
} from './groups.errors.ts'
export * as groupEvents from './groups.events.ts'
export { GroupsRepository } from './groups.repository.ts'
export type { GroupsScope } from './groups.scope.ts'
export { GroupsService, type NewGroup } from './groups.service.ts'
export { groupMember } from './members/member.table.ts'
export type { Member, MemberView } from './members/member.ts'
export { MembersRepository } from './members/members.repository.ts'
export { type JoinOutcome, MembersService } from './members/members.service.ts'
export { groupsPart } from './person-part.ts'
