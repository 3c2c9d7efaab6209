import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import { friendship, friendshipBlock } from './friendship.table.ts'
import type { FriendshipsRepository } from './friendships.repository.ts'

/** Friends, requests and blocks: those of both are kept, and a block wins. */
export const friendshipsPart: PersonPart<{
  readonly repos: { readonly friendships: FriendshipsRepository; readonly personRows: PersonRows }
}> = {
  name: 'friendships',
  tables: [friendship, friendshipBlock],
  merge: ({ repos }, { guestId, userId }) => repos.friendships.merge(guestId, userId),
  export: async ({ repos: { personRows } }, userId) => ({
    friendships: [
      ...(await personRows.read(friendship.lowId, userId)),
      ...(await personRows.read(friendship.highId, userId)),
    ],
    // Who has blocked them is not theirs to know.
    blocks: await personRows.read(friendshipBlock.blockerId, userId),
  }),
  erase: ({ repos }, userId) => repos.friendships.removeAllOf(userId),
}
