import { and, desc, eq, inArray, lte, or } from 'drizzle-orm'
import {
  BaseRepository,
  builtOnce,
  type Executor,
  type ValueOf,
} from '../../platform/database/index.ts'
import type { Session } from './session.ts'
import { userAccount, userSession } from './user.table.ts'
import type { User } from './user.ts'

const withUser = builtOnce((db, value: ValueOf<{ tokenHash: string }>) =>
  db
    .select({ session: userSession, user: userAccount })
    .from(userSession)
    .innerJoin(userAccount, eq(userAccount.id, userSession.userId))
    .where(eq(userSession.tokenHash, value('tokenHash'))),
)

/** Logins. */
export class SessionsRepository extends BaseRepository<typeof userSession> {
  constructor(db: Executor) {
    super(db, userSession)
  }

  /** Finds a login and whose it is by the token's hash. */
  async findWithUser(tokenHash: string): Promise<{ session: Session; user: User } | undefined> {
    const [row] = await withUser(this.db, { tokenHash })
    return row
  }

  /** Writes down that a login was used, unless somebody just did; true when it was this call. */
  async touch(
    id: string,
    seen: { readonly notSince: Date; readonly at: Date; readonly expiresAt: Date },
  ): Promise<boolean> {
    const touched = await this.db
      .update(userSession)
      .set({ lastSeenAt: seen.at, expiresAt: seen.expiresAt })
      .where(and(eq(userSession.id, id), lte(userSession.lastSeenAt, seen.notSince)))
      .returning({ id: userSession.id })
    return touched.length === 1
  }

  /** Deletes the login of a token; false when there was none. */
  async removeByTokenHash(tokenHash: string): Promise<boolean> {
    const removed = await this.db
      .delete(userSession)
      .where(eq(userSession.tokenHash, tokenHash))
      .returning({ id: userSession.id })
    return removed.length === 1
  }

  /** Deletes a person's logins that have ended, and the oldest beyond the newest `keep`. */
  async removeSurplus(userId: string, keep: number, now: Date): Promise<void> {
    const surplus = this.db
      .select({ id: userSession.id })
      .from(userSession)
      .where(eq(userSession.userId, userId))
      .orderBy(desc(userSession.id))
      .offset(keep)
    await this.db
      .delete(userSession)
      .where(
        and(
          eq(userSession.userId, userId),
          or(lte(userSession.expiresAt, now), inArray(userSession.id, surplus)),
        ),
      )
  }
}
