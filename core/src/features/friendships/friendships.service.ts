import { DAY_MS, type Page, type PageRequest } from '../../kernel/index.ts'
import { admit, type Rate } from '../../platform/limits/index.ts'
import { BLOCKS_MAX, FRIENDS_MAX, type Friendship, type PersonView, pairOf } from './friendship.ts'
import {
  FriendBlockedByYou,
  FriendshipNotRequested,
  FriendshipWithSelf,
  TooManyFriendships,
} from './friendships.errors.ts'
import { friendshipAccepted, friendshipRemoved, friendshipRequested } from './friendships.events.ts'
import type { OtherEnd } from './friendships.repository.ts'
import type { FriendshipsScope } from './friendships.scope.ts'

/** How often somebody may ask, whoever is asked and whatever comes of it. */
const REQUEST_RATE: Rate = { limit: 20, perMs: DAY_MS }

/** What came of asking for a friendship. */
export type RequestOutcome = 'requested' | 'accepted' | 'already_friends'

/** What came of an invitation that makes friends. */
export type BefriendOutcome = 'befriended' | 'already_friends' | 'refused'

/**
 * Friends, those who want to be, and those who are blocked.
 *
 * Every change locks both people in the order of their ids, so that what is between two people is
 * decided by one call after the other. Nothing here tells that somebody is not there, or has
 * blocked the asker.
 */
export class FriendshipsService {
  readonly #scope: FriendshipsScope

  constructor(scope: FriendshipsScope) {
    this.#scope = scope
  }

  /**
   * Asks somebody for their friendship; whoever has asked first is agreed with.
   *
   * Somebody who is not there, or has blocked the asker, makes no difference in the answer: the
   * request is not shown to them. Emits `friendship.requested` or `friendship.accepted`.
   *
   * @throws {@link FriendshipWithSelf}
   * @throws {@link FriendBlockedByYou}
   * @throws {@link TooManyFriendships}
   * @throws {@link TooManyTries} after 20 a day
   *
   * @example
   * const outcome = await services.friendships.request(userId, otherId)
   */
  async request(userId: string, otherId: string): Promise<RequestOutcome> {
    refuseSelf(userId, otherId)
    await admit(this.#scope.limiter, 'friendships.request', userId, REQUEST_RATE)
    return this.#scope.transaction(async (tx) => {
      const { friendships } = tx.repos
      if (!(await lockBoth(tx, userId, otherId))) return 'requested'
      if (await friendships.isBlocked(userId, otherId)) throw new FriendBlockedByYou()
      const found = await friendships.find(userId, otherId)
      if (found?.status === 'accepted') return 'already_friends'
      if (found?.requestedBy === userId) return 'requested'
      if (found) {
        await accept(tx, found, userId)
        return 'accepted'
      }
      const now = tx.clock.now()
      await friendships.insert({
        ...pairOf(userId, otherId),
        status: 'requested',
        requestedBy: userId,
        createdAt: now,
        acceptedAt: null,
      })
      if (await friendships.isBlocked(otherId, userId)) return 'requested'
      await tx.repos.outbox.add(
        friendshipRequested.create({
          occurredAt: now,
          subjectId: subjectOf(userId, otherId),
          userId: otherId,
          payload: { requestedBy: userId, userId: otherId },
        }),
      )
      return 'requested'
    })
  }

  /**
   * Agrees to somebody's request; agreeing twice is no failure. Emits `friendship.accepted`.
   *
   * @throws {@link FriendshipNotRequested}
   * @throws {@link TooManyFriendships}
   */
  async accept(userId: string, otherId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await lockBoth(tx, userId, otherId)
      const found = await tx.repos.friendships.find(userId, otherId)
      if (found?.status === 'accepted') return
      const isHidden = await tx.repos.friendships.isBlocked(userId, otherId)
      if (found?.requestedBy !== otherId || isHidden) throw new FriendshipNotRequested()
      await accept(tx, found, userId)
    })
  }

  /** Forgets somebody's request without a word to them; none is no failure. */
  async decline(userId: string, otherId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await lockBoth(tx, userId, otherId)
      const found = await tx.repos.friendships.find(userId, otherId)
      if (found?.status !== 'requested' || found.requestedBy !== otherId) return
      await tx.repos.friendships.remove(userId, otherId)
    })
  }

  /**
   * Ends a friendship, or takes one's own request back; neither is no failure.
   *
   * Emits `friendship.removed` for a friendship.
   */
  async remove(userId: string, otherId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await lockBoth(tx, userId, otherId)
      await part(tx, userId, otherId)
    })
  }

  /**
   * Stops hearing of somebody: ends a friendship, takes one's own request back and hides theirs.
   *
   * They are not told, and nothing is shown differently to them. Emits `friendship.removed` for a
   * friendship.
   *
   * @throws {@link FriendshipWithSelf}
   * @throws {@link TooManyFriendships}
   */
  async block(userId: string, otherId: string): Promise<void> {
    refuseSelf(userId, otherId)
    await this.#scope.transaction(async (tx) => {
      const { friendships } = tx.repos
      if (!(await lockBoth(tx, userId, otherId))) return
      if (await friendships.isBlocked(userId, otherId)) return
      if ((await friendships.countBlocks(userId)) >= BLOCKS_MAX) {
        throw new TooManyFriendships({ of: 'blocks', limit: BLOCKS_MAX })
      }
      await part(tx, userId, otherId)
      await friendships.insertBlock(userId, otherId, tx.clock.now())
    })
  }

  /** Takes a block back; a request that came meanwhile is shown. None is no failure. */
  async unblock(userId: string, otherId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await lockBoth(tx, userId, otherId)
      await tx.repos.friendships.removeBlock(userId, otherId)
    })
  }

  /**
   * Makes two people friends who have both agreed elsewhere, such as by an invitation and its use;
   * may join the caller's transaction.
   *
   * A block wins, whoever has set it; so do the limits. The caller must not show the outcome: it
   * would tell of a block. In a transaction that also calls `members.join`, call this first: both
   * people are locked here in the order of their ids. Emits `friendship.accepted`.
   *
   * @example
   * await tx.friendships.befriend(invitation.createdBy, userId)
   */
  async befriend(a: string, b: string): Promise<BefriendOutcome> {
    if (a === b) return 'refused'
    return this.#scope.transaction(async (tx) => {
      const { friendships } = tx.repos
      if (!(await lockBoth(tx, a, b))) return 'refused'
      if (await friendships.isBlocked(a, b)) return 'refused'
      if (await friendships.isBlocked(b, a)) return 'refused'
      const found = await friendships.find(a, b)
      if (found?.status === 'accepted') return 'already_friends'
      if (await findFull(tx, a, b)) return 'refused'
      const now = tx.clock.now()
      const pair = pairOf(a, b)
      if (found) await friendships.accept(a, b, now)
      else {
        const dates = { createdAt: now, acceptedAt: now }
        await friendships.insert({ ...pair, status: 'accepted', requestedBy: a, ...dates })
      }
      await announceAccepted(tx, { requestedBy: a, userId: b })
      return 'befriended'
    })
  }

  /** Somebody's friends: name and since when, nothing else of them. */
  async list(userId: string, request: PageRequest): Promise<Page<PersonView>> {
    return this.#named(await this.#scope.repos.friendships.listFriends(userId, request))
  }

  /** Those who want to be somebody's friend. */
  async requests(userId: string, request: PageRequest): Promise<Page<PersonView>> {
    return this.#named(await this.#scope.repos.friendships.listRequests(userId, request))
  }

  /** Those whom somebody has blocked. */
  async blocks(userId: string, request: PageRequest): Promise<Page<PersonView>> {
    return this.#named(await this.#scope.repos.friendships.listBlocks(userId, request))
  }

  async #named(page: Page<OtherEnd>): Promise<Page<PersonView>> {
    const users = await this.#scope.repos.users.getByIds(page.items.map(({ userId }) => userId))
    const names = new Map(users.map((user) => [user.id, user]))
    return {
      ...page,
      items: page.items.map(({ userId, since }) => ({
        userId,
        firstName: names.get(userId)?.firstName ?? null,
        username: names.get(userId)?.username ?? null,
        since,
      })),
    }
  }
}

/** Tells whether both are there; they are locked until the transaction ends. */
async function lockBoth(tx: FriendshipsScope, a: string, b: string): Promise<boolean> {
  const locked = await tx.repos.users.getByIdsWithLock([a, b], { mode: 'no key update' })
  return locked.length === 2
}

async function accept(
  tx: FriendshipsScope,
  { requestedBy }: Friendship,
  userId: string,
): Promise<void> {
  if (await findFull(tx, userId, requestedBy)) {
    throw new TooManyFriendships({ of: 'friends', limit: FRIENDS_MAX })
  }
  await tx.repos.friendships.accept(userId, requestedBy, tx.clock.now())
  await announceAccepted(tx, { requestedBy, userId })
}

async function findFull(tx: FriendshipsScope, a: string, b: string): Promise<boolean> {
  const { friendships } = tx.repos
  const most = Math.max(await friendships.countFriends(a), await friendships.countFriends(b))
  return most >= FRIENDS_MAX
}

/** Ends a friendship, or takes back what the first of the two has asked for. */
async function part(tx: FriendshipsScope, userId: string, otherId: string): Promise<void> {
  const found = await tx.repos.friendships.find(userId, otherId)
  if (!found || (found.status === 'requested' && found.requestedBy !== userId)) return
  await tx.repos.friendships.remove(userId, otherId)
  if (found.status === 'requested') return
  await tx.repos.outbox.add(
    friendshipRemoved.create({
      occurredAt: tx.clock.now(),
      subjectId: subjectOf(userId, otherId),
      userId: otherId,
      payload: { removedBy: userId, userId: otherId },
    }),
    [userId],
  )
}

async function announceAccepted(
  tx: FriendshipsScope,
  payload: { readonly requestedBy: string; readonly userId: string },
): Promise<void> {
  await tx.repos.outbox.add(
    friendshipAccepted.create({
      occurredAt: tx.clock.now(),
      subjectId: subjectOf(payload.requestedBy, payload.userId),
      userId: payload.requestedBy,
      payload,
    }),
    [payload.userId],
  )
}

/** What is between two people has no id of its own. */
function subjectOf(a: string, b: string): string {
  const { lowId, highId } = pairOf(a, b)
  return `${lowId}:${highId}`
}

function refuseSelf(userId: string, otherId: string): void {
  if (userId === otherId) throw new FriendshipWithSelf()
}
