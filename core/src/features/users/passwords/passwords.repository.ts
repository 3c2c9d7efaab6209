import { and, eq, getTableColumns } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { userEmail } from '../email/email.table.ts'
import { userAccount } from '../user.table.ts'
import type { User } from '../user.ts'
import { userPassword } from './password.table.ts'

/** Hashes of passwords. */
export class PasswordsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Finds whose an address is, with the hash of their password; null when they have none. */
  async findByEmail(email: string): Promise<{ user: User; hash: string | null } | undefined> {
    const [row] = await this.#db
      .select({ user: getTableColumns(userAccount), hash: userPassword.hash })
      .from(userEmail)
      .innerJoin(userAccount, eq(userAccount.id, userEmail.userId))
      .leftJoin(userPassword, eq(userPassword.userId, userEmail.userId))
      .where(eq(userEmail.email, email))
    return row
  }

  /** Tells whether somebody has a password. */
  async has(userId: string): Promise<boolean> {
    const found = await this.#db
      .select({ userId: userPassword.userId })
      .from(userPassword)
      .where(eq(userPassword.userId, userId))
    return found.length === 1
  }

  /**
   * Tells whether a hash is still somebody's, and keeps it so until the transaction ends: a change
   * waits, and then ends the session that is opened meanwhile.
   */
  async holdHash(userId: string, hash: string): Promise<boolean> {
    const held = await this.#db
      .select({ userId: userPassword.userId })
      .from(userPassword)
      .where(and(eq(userPassword.userId, userId), eq(userPassword.hash, hash)))
      .for('share')
    return held.length === 1
  }

  /** Writes somebody's hash, in place of the one they had. */
  async put(userId: string, hash: string, changedAt: Date): Promise<void> {
    await this.#db
      .insert(userPassword)
      .values({ userId, hash, changedAt })
      .onConflictDoUpdate({ target: userPassword.userId, set: { hash, changedAt } })
  }

  /** Takes somebody's password away, if there is one. */
  async remove(userId: string): Promise<void> {
    await this.#db.delete(userPassword).where(eq(userPassword.userId, userId))
  }
}
