import { and, eq } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { userStreak } from './streak.table.ts'
import type { Streak } from './streak.ts'

/** Streaks of people. */
export class StreaksRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Finds somebody's streak. */
  async find(userId: string): Promise<Streak | undefined> {
    const [row] = await this.#db.select().from(userStreak).where(eq(userStreak.userId, userId))
    return row
  }

  /** Writes a person's first day; false when another visit did. */
  async insertFirst(userId: string, streak: Streak, at: Date): Promise<boolean> {
    const written = await this.#db
      .insert(userStreak)
      .values({ userId, ...fieldsOf(streak), updatedAt: at })
      .onConflictDoNothing()
      .returning({ userId: userStreak.userId })
    return written.length === 1
  }

  /** Writes what follows the streak that was read; false when another visit counted meanwhile. */
  async replace(userId: string, read: Streak, next: Streak, at: Date): Promise<boolean> {
    const written = await this.#db
      .update(userStreak)
      .set({ ...fieldsOf(next), updatedAt: at })
      .where(and(eq(userStreak.userId, userId), eq(userStreak.day, read.day)))
      .returning({ userId: userStreak.userId })
    return written.length === 1
  }
}

function fieldsOf({ current, best, total, day, timeZone }: Streak): Streak {
  return { current, best, total, day, timeZone }
}
