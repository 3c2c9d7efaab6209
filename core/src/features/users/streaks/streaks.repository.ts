import { and, eq, type SQL } from 'drizzle-orm'
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

  /** Writes what follows the streak that was read; false when it is another one by now. */
  async replace(userId: string, read: Streak, next: Streak, at: Date): Promise<boolean> {
    const written = await this.#db
      .update(userStreak)
      .set({ ...fieldsOf(next), updatedAt: at })
      .where(and(eq(userStreak.userId, userId), ...isAsRead(read)))
      .returning({ userId: userStreak.userId })
    return written.length === 1
  }
}

/** All counts, not the day alone: a merge with a guest may have changed them on the same day. */
function isAsRead({ current, best, total, day }: Streak): readonly SQL[] {
  return [
    ...[eq(userStreak.day, day), eq(userStreak.current, current)],
    ...[eq(userStreak.best, best), eq(userStreak.total, total)],
  ]
}

function fieldsOf({ current, best, total, day, timeZone }: Streak): Streak {
  return { current, best, total, day, timeZone }
}
