import { and, asc, eq, ne, notExists, or, type SQL, sql } from 'drizzle-orm'
import { decodeCursor, type Page, type PageRequest, pageLimit, toPage } from '../../kernel/index.ts'
import type { Executor } from '../../platform/database/index.ts'
import { friendship, friendshipBlock } from './friendship.table.ts'
import { type Friendship, pairOf } from './friendship.ts'

/** The person at the other end of a friendship, a request or a block. */
export interface OtherEnd {
  readonly userId: string
  readonly since: Date
}

/** Friendships, requests and blocks. Whoever writes holds the locks of both people. */
export class FriendshipsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Reads what is between two people, or undefined. */
  async find(a: string, b: string): Promise<Friendship | undefined> {
    const [row] = await this.#db.select().from(friendship).where(isBetween(a, b))
    return row
  }

  /** Writes a request, or a friendship that both have agreed to. */
  async insert(values: Friendship): Promise<void> {
    await this.#db.insert(friendship).values(values)
  }

  /** Makes a request a friendship. */
  async accept(a: string, b: string, acceptedAt: Date): Promise<void> {
    await this.#db.update(friendship).set({ status: 'accepted', acceptedAt }).where(isBetween(a, b))
  }

  /** Removes what is between two people. */
  async remove(a: string, b: string): Promise<void> {
    await this.#db.delete(friendship).where(isBetween(a, b))
  }

  /** Counts somebody's friends. */
  async countFriends(userId: string): Promise<number> {
    return this.#db.$count(friendship, and(isWith(userId), eq(friendship.status, 'accepted')))
  }

  /** One page of somebody's friends, in the order of their ids. */
  async listFriends(userId: string, request: PageRequest): Promise<Page<OtherEnd>> {
    const limit = pageLimit(request)
    const otherId = sql<string>`case when ${friendship.lowId} = ${userId}
      then ${friendship.highId} else ${friendship.lowId} end`
    const found = await this.#db
      .select({
        userId: otherId,
        since: sql<Date>`${friendship.acceptedAt}`.mapWith(friendship.acceptedAt),
      })
      .from(friendship)
      .where(and(isWith(userId), eq(friendship.status, 'accepted'), isAfter(otherId, request)))
      .orderBy(asc(otherId))
      .limit(limit + 1)
    return toPage(found, limit, (row) => row.userId)
  }

  /** One page of those who want to be somebody's friend, without whom they have blocked. */
  async listRequests(userId: string, request: PageRequest): Promise<Page<OtherEnd>> {
    const limit = pageLimit(request)
    const { requestedBy } = friendship
    const block = this.#db
      .select({ one: sql`1` })
      .from(friendshipBlock)
      .where(and(eq(friendshipBlock.blockerId, userId), eq(friendshipBlock.blockedId, requestedBy)))
    const found = await this.#db
      .select({ userId: requestedBy, since: friendship.createdAt })
      .from(friendship)
      .where(
        and(
          isWith(userId),
          eq(friendship.status, 'requested'),
          ne(requestedBy, userId),
          notExists(block),
          isAfter(sql`${requestedBy}`, request),
        ),
      )
      .orderBy(asc(requestedBy))
      .limit(limit + 1)
    return toPage(found, limit, (row) => row.userId)
  }

  /**
   * Makes a guest's friends, requests and blocks those of a user: what both have is kept once, and a
   * block wins over a friendship, whichever of the two had it.
   */
  async merge(guestId: string, userId: string): Promise<void> {
    await this.#db.execute(sql`
      insert into gramkit.friendship_block (blocker_id, blocked_id, created_at)
      select case when blocker_id = ${guestId} then ${userId}::uuid else blocker_id end,
        case when blocked_id = ${guestId} then ${userId}::uuid else blocked_id end, created_at
      from gramkit.friendship_block
      where ${guestId} in (blocker_id, blocked_id) and ${userId} not in (blocker_id, blocked_id)
      on conflict do nothing`)
    await this.#db.execute(sql`
      insert into gramkit.friendship as known
        (low_id, high_id, status, requested_by, created_at, accepted_at)
      select least(other_id, ${userId}::uuid), greatest(other_id, ${userId}::uuid), status,
        case when requested_by = other_id then other_id else ${userId}::uuid end, created_at, accepted_at
      from (select *, case when low_id = ${guestId} then high_id else low_id end as other_id
        from gramkit.friendship where ${guestId} in (low_id, high_id)) of_guest
      where other_id <> ${userId}
      on conflict on constraint friendship_key do update
        set status = excluded.status, accepted_at = excluded.accepted_at
        where known.status = 'requested' and excluded.status = 'accepted'`)
    await this.removeAllOf(guestId)
    await this.#db.execute(sql`
      delete from gramkit.friendship f using gramkit.friendship_block b
      where ${userId} in (f.low_id, f.high_id)
        and f.low_id in (b.blocker_id, b.blocked_id) and f.high_id in (b.blocker_id, b.blocked_id)
        and (f.status = 'accepted' or f.requested_by = b.blocker_id)`)
  }

  /** Removes everything between somebody and others. */
  async removeAllOf(userId: string): Promise<void> {
    await this.#db.delete(friendship).where(isWith(userId))
    await this.#db
      .delete(friendshipBlock)
      .where(or(eq(friendshipBlock.blockerId, userId), eq(friendshipBlock.blockedId, userId)))
  }

  /** Tells whether one person has blocked another. */
  async isBlocked(blockerId: string, blockedId: string): Promise<boolean> {
    const [row] = await this.#db
      .select()
      .from(friendshipBlock)
      .where(isBlockOf(blockerId, blockedId))
    return row !== undefined
  }

  /** Writes a block; one that is there stays as it is. */
  async insertBlock(blockerId: string, blockedId: string, createdAt: Date): Promise<void> {
    await this.#db
      .insert(friendshipBlock)
      .values({ blockerId, blockedId, createdAt })
      .onConflictDoNothing()
  }

  /** Takes a block back; one that is not there is no failure. */
  async removeBlock(blockerId: string, blockedId: string): Promise<void> {
    await this.#db.delete(friendshipBlock).where(isBlockOf(blockerId, blockedId))
  }

  /** Counts the people whom somebody has blocked. */
  async countBlocks(blockerId: string): Promise<number> {
    return this.#db.$count(friendshipBlock, eq(friendshipBlock.blockerId, blockerId))
  }

  /** One page of those whom somebody has blocked, in the order of their ids. */
  async listBlocks(blockerId: string, request: PageRequest): Promise<Page<OtherEnd>> {
    const limit = pageLimit(request)
    const { blockedId } = friendshipBlock
    const found = await this.#db
      .select({ userId: blockedId, since: friendshipBlock.createdAt })
      .from(friendshipBlock)
      .where(and(eq(friendshipBlock.blockerId, blockerId), isAfter(sql`${blockedId}`, request)))
      .orderBy(asc(blockedId))
      .limit(limit + 1)
    return toPage(found, limit, (row) => row.userId)
  }
}

function isBetween(a: string, b: string): SQL | undefined {
  const { lowId, highId } = pairOf(a, b)
  return and(eq(friendship.lowId, lowId), eq(friendship.highId, highId))
}

function isWith(userId: string): SQL | undefined {
  return or(eq(friendship.lowId, userId), eq(friendship.highId, userId))
}

function isBlockOf(blockerId: string, blockedId: string): SQL | undefined {
  return and(eq(friendshipBlock.blockerId, blockerId), eq(friendshipBlock.blockedId, blockedId))
}

function isAfter(otherId: SQL, { cursor }: PageRequest): SQL | undefined {
  return cursor ? sql`${otherId} > ${decodeCursor(cursor)}::uuid` : undefined
}
