/**
 * Friendships: asked for by one and agreed to by the other, or made by an invitation and its use.
 *
 * Nothing is told to a stranger: asking somebody who is not there, or who has blocked the asker,
 * answers like any request.
 *
 * @module
 */
export { friendship, friendshipBlock } from './friendship.table.ts'
export type { Friendship, PersonView } from './friendship.ts'
export {
  FriendBlockedByYou,
  FriendshipNotRequested,
  FriendshipWithSelf,
  TooManyFriendships,
} from './friendships.errors.ts'
export * as friendshipEvents from './friendships.events.ts'
export { FriendshipsRepository } from './friendships.repository.ts'
export type { FriendshipsScope } from './friendships.scope.ts'
export {
  type BefriendOutcome,
  FriendshipsService,
  type RequestOutcome,
} from './friendships.service.ts'
export { friendshipsPart } from './person-part.ts'
