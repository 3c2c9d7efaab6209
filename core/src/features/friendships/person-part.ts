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
  async export({ repos: { personRows } }, userId) {
    const all = [
      ...(await personRows.read(friendship.lowId, userId)),
      ...(await personRows.read(friendship.highId, userId)),
    ]
    return {
      // What became of their own requests is not theirs to know, nor who has blocked them.
      friendships: all.filter(
        ({ status, requestedBy }) => status === 'accepted' || requestedBy !== userId,
      ),
      blocks: await personRows.read(friendshipBlock.blockerId, userId),
    }
  },
  erase: ({ repos }, userId) => repos.friendships.removeAllOf(userId),
}
