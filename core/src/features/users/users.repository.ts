import { eq } from 'drizzle-orm'
import { BaseRepository, type Executor } from '../../platform/database/index.ts'
import { userAccount } from './user.table.ts'
import type { User } from './user.ts'

/** Accounts of people. */
export class UsersRepository extends BaseRepository<typeof userAccount> {
  constructor(db: Executor) {
    super(db, userAccount)
  }

  /** Finds the person with a Telegram identity. */
  async findByTelegramId(telegramId: bigint): Promise<User | undefined> {
    const [row] = await this.db
      .select()
      .from(userAccount)
      .where(eq(userAccount.telegramId, telegramId))
    return row
  }

  /** Finds the guest of a device. */
  async findByDeviceKeyHash(deviceKeyHash: string): Promise<User | undefined> {
    const [row] = await this.db
      .select()
      .from(userAccount)
      .where(eq(userAccount.deviceKeyHash, deviceKeyHash))
    return row
  }

  /**
   * Writes a new person; undefined when somebody has the identity already.
   *
   * Waits for a transaction that is just writing the same identity.
   */
  async insertNew(values: typeof userAccount.$inferInsert): Promise<User | undefined> {
    const [row] = await this.db.insert(userAccount).values(values).onConflictDoNothing().returning()
    return row
  }
}
