import { eq } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { userAttribution } from './attribution.table.ts'
import type { Attribution } from './attribution.ts'

/** Where people came from. */
export class AttributionsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Finds where somebody came from. */
  async find(userId: string): Promise<Attribution | undefined> {
    const [row] = await this.#db
      .select()
      .from(userAttribution)
      .where(eq(userAttribution.userId, userId))
    return row
  }

  /** Writes where somebody came from, unless that is known; true when it was this call. */
  async insertFirst(userId: string, attribution: Attribution): Promise<boolean> {
    const written = await this.#db
      .insert(userAttribution)
      .values({ userId, ...attribution })
      .onConflictDoNothing()
      .returning({ userId: userAttribution.userId })
    return written.length === 1
  }
}
