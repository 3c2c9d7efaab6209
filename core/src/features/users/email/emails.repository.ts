import { eq, getTableColumns, sql } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'
import type { User } from '../user.ts'
import { userEmail } from './email.table.ts'
import type { UserEmail } from './email.ts'

/** Proved addresses of people. */
export class EmailsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Lets one transaction at a time decide whose an address is, also one that nobody has yet. */
  async lockAddress(email: string): Promise<void> {
    const key = sql`hashtextextended(${`gramkit.user_email:${email}`}, 0)`
    await this.#db.execute(sql`select pg_advisory_xact_lock(${key})`)
  }

  /** Finds whose an address is. */
  async findUser(email: string): Promise<User | undefined> {
    const [row] = await this.#db
      .select(getTableColumns(userAccount))
      .from(userEmail)
      .innerJoin(userAccount, eq(userAccount.id, userEmail.userId))
      .where(eq(userEmail.email, email))
    return row
  }

  /** Finds somebody's address. */
  async find(userId: string): Promise<UserEmail | undefined> {
    const [row] = await this.#db.select().from(userEmail).where(eq(userEmail.userId, userId))
    return row
  }

  /** Writes somebody's address, in place of the one they had. */
  async put(address: Omit<UserEmail, 'loginNetwork'>): Promise<void> {
    const { email, verifiedAt } = address
    await this.#db
      .insert(userEmail)
      .values(address)
      .onConflictDoUpdate({
        target: userEmail.userId,
        set: { email, verifiedAt, loginNetwork: null },
      })
  }

  /** Tells whether the last login by an address was from this network. */
  async isLoginNetwork(email: string, loginNetwork: string): Promise<boolean> {
    const [row] = await this.#db
      .select({ loginNetwork: userEmail.loginNetwork })
      .from(userEmail)
      .where(eq(userEmail.email, email))
    return row?.loginNetwork === loginNetwork
  }

  /** Writes down from which network somebody logged in by their address. */
  async noteLogin(userId: string, loginNetwork: string): Promise<void> {
    await this.#db.update(userEmail).set({ loginNetwork }).where(eq(userEmail.userId, userId))
  }

  /** Takes somebody's address away; false when they had none. */
  async remove(userId: string): Promise<boolean> {
    const removed = await this.#db
      .delete(userEmail)
      .where(eq(userEmail.userId, userId))
      .returning({ userId: userEmail.userId })
    return removed.length === 1
  }
}
