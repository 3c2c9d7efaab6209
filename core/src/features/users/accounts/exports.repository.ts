import { and, eq, gt } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { userExport } from './export.table.ts'

/** Links to people's own data. */
export class ExportsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Writes a new link of a person, in place of those before. */
  async replace(link: typeof userExport.$inferInsert): Promise<void> {
    await this.#db.delete(userExport).where(eq(userExport.userId, link.userId))
    await this.#db.insert(userExport).values(link)
  }

  /** Finds whose data a link opens; undefined when its time is over. */
  async findUserId(tokenHash: string, now: Date): Promise<string | undefined> {
    const [row] = await this.#db
      .select({ userId: userExport.userId })
      .from(userExport)
      .where(and(eq(userExport.tokenHash, tokenHash), gt(userExport.expiresAt, now)))
    return row?.userId
  }
}
