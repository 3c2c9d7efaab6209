import { and, desc, eq, gt, inArray, lte, ne, or } from 'drizzle-orm'
import {
  BaseRepository,
  builtOnce,
  type Executor,
  type ValueOf,
} from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'
import type { User } from '../user.ts'
import { userSession } from './session.table.ts'
import type { Session } from './session.ts'

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

  /** Tells whether a login is there, and keeps it until the transaction ends. */
  async hold(id: string): Promise<boolean> {
    const held = await this.db
      .select({ id: userSession.id })
      .from(userSession)
      .where(eq(userSession.id, id))
      .for('key share')
    return held.length === 1
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

  /** A person's logins that have not ended, the last used first. */
  listLive(userId: string, now: Date): Promise<Session[]> {
    return this.db
      .select()
      .from(userSession)
      .where(and(eq(userSession.userId, userId), gt(userSession.expiresAt, now)))
      .orderBy(desc(userSession.lastSeenAt), desc(userSession.id))
  }

  /** Deletes one login of a person; false when they have no such. */
  async removeOf(userId: string, id: string): Promise<boolean> {
    const removed = await this.db
      .delete(userSession)
      .where(and(eq(userSession.userId, userId), eq(userSession.id, id)))
      .returning({ id: userSession.id })
    return removed.length === 1
  }

  /** Deletes all logins of a person but one, and gives their number. */
  async removeAllOf(userId: string, exceptId?: string): Promise<number> {
    const removed = await this.db
      .delete(userSession)
      .where(
        and(
          eq(userSession.userId, userId),
          exceptId === undefined ? undefined : ne(userSession.id, exceptId),
        ),
      )
      .returning({ id: userSession.id })
    return removed.length
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
