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
