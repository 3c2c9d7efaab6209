import { sql } from 'drizzle-orm'
import { BaseRepository, type Executor } from '../../platform/database/index.ts'
import { group } from './group.table.ts'
import type { Group } from './group.ts'

/** Groups. */
export class GroupsRepository extends BaseRepository<typeof group> {
  constructor(db: Executor) {
    super(db, group)
  }

  /** Locks a group, and with it who is in it; undefined when there is none. */
  async findByIdWithLock(id: string): Promise<Group | undefined> {
    const [row] = await this.getByIdsWithLock([id])
    return row
  }

  /** Writes a group without members; the transaction fails unless it gets an owner. */
  async insertEmpty(values: Omit<Group, 'memberCount'>): Promise<void> {
    const { id, title, createdBy, memberMax, createdAt, updatedAt } = values
    // Only these columns: the application's role may not write the count, not even a first one.
    await this.db.execute(sql`
      insert into gramkit."group" (id, title, created_by, member_max, created_at, updated_at)
      values (${id}, ${title}, ${createdBy}, ${memberMax}, ${createdAt.toISOString()},
        ${updatedAt.toISOString()})`)
  }
}
