import { and, asc, count, desc, eq, gt, ne, sql } from 'drizzle-orm'
import {
  assert,
  decodeCursor,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from '../../../kernel/index.ts'
import type { Executor } from '../../../platform/database/index.ts'
import type { GroupRole } from '../group.ts'
import { groupMember } from './member.table.ts'
import type { Member } from './member.ts'

/** Who is in which group. Whoever writes holds the lock of the group. */
export class MembersRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Reads somebody's place in a group, or undefined. */
  async find(groupId: string, userId: string): Promise<Member | undefined> {
    const [row] = await this.#db.select().from(groupMember).where(isOf(groupId, userId))
    return row
  }

  /** One page of a group's members, in the order of their ids. */
  async listByGroup(groupId: string, request: PageRequest): Promise<Page<Member>> {
    const limit = pageLimit(request)
    const after = request.cursor ? gt(groupMember.userId, decodeCursor(request.cursor)) : undefined
    const found = await this.#db
      .select()
      .from(groupMember)
      .where(and(eq(groupMember.groupId, groupId), after))
      .orderBy(asc(groupMember.userId))
      .limit(limit + 1)
    return toPage(found, limit, ({ userId }) => userId)
  }

  /** One page of somebody's memberships, in the order in which the groups were made. */
  async listByUser(userId: string, request: PageRequest): Promise<Page<Member>> {
    const limit = pageLimit(request)
    const after = request.cursor ? gt(groupMember.groupId, decodeCursor(request.cursor)) : undefined
    const found = await this.#db
      .select()
      .from(groupMember)
      .where(and(eq(groupMember.userId, userId), after))
      .orderBy(asc(groupMember.groupId))
      .limit(limit + 1)
    return toPage(found, limit, ({ groupId }) => groupId)
  }

  /** All memberships of somebody, in the order in which groups are locked. */
  async listAllByUser(userId: string): Promise<Member[]> {
    return this.#db
      .select()
      .from(groupMember)
      .where(eq(groupMember.userId, userId))
      .orderBy(asc(groupMember.groupId))
  }

  /** Who owns a group once its owner is gone: the oldest admin, else the oldest member. */
  async findSuccessor(groupId: string): Promise<Member | undefined> {
    const [row] = await this.#db
      .select()
      .from(groupMember)
      .where(and(eq(groupMember.groupId, groupId), ne(groupMember.role, 'owner')))
      .orderBy(desc(sql`${groupMember.role} = 'admin'`), asc(groupMember.joinedAt))
      .limit(1)
    return row
  }

  /** Counts the groups that somebody is in. */
  async countByUser(userId: string): Promise<number> {
    const [row] = await this.#db
      .select({ count: count() })
      .from(groupMember)
      .where(eq(groupMember.userId, userId))
    assert(row, 'A count is one row')
    return row.count
  }

  /** Writes somebody into a group; the database refuses whoever is one too many. */
  async insert(values: Member): Promise<void> {
    await this.#db.insert(groupMember).values(values)
  }

  /** Makes a member something else. */
  async updateRole(groupId: string, userId: string, role: GroupRole): Promise<void> {
    await this.#db.update(groupMember).set({ role }).where(isOf(groupId, userId))
  }

  /** Takes somebody out of a group. */
  async remove(groupId: string, userId: string): Promise<void> {
    await this.#db.delete(groupMember).where(isOf(groupId, userId))
  }

  /** Takes everybody out of a group that is removed too, and gives their ids. */
  async removeAll(groupId: string): Promise<string[]> {
    const removed = await this.#db
      .delete(groupMember)
      .where(eq(groupMember.groupId, groupId))
      .returning({ userId: groupMember.userId })
    return removed.map(({ userId }) => userId)
  }
}

function isOf(groupId: string, userId: string) {
  return and(eq(groupMember.groupId, groupId), eq(groupMember.userId, userId))
}
