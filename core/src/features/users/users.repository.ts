import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { NotFound } from '../../kernel/index.ts'
import {
  BaseRepository,
  builtOnce,
  type Executor,
  rows,
  type ValueOf,
} from '../../platform/database/index.ts'
import { userAttribution } from './attribution/attribution.table.ts'
import { userStreak } from './streaks/streak.table.ts'
import type { Streak } from './streaks/streak.ts'
import { userAccount } from './user.table.ts'
import type { User } from './user.ts'

const withVisits = builtOnce((db, value: ValueOf<{ id: string }>) =>
  db
    .select({ user: userAccount, streak: userStreak, attributedAt: userAttribution.firstAt })
    .from(userAccount)
    .leftJoin(userStreak, eq(userStreak.userId, userAccount.id))
    .leftJoin(userAttribution, eq(userAttribution.userId, userAccount.id))
    .where(eq(userAccount.id, value('id'))),
)

const role = z.enum(['user', 'admin', 'owner'])
const roleChangeSchema = z.object({ userId: z.string(), role, was: role })

/** A person whose role changed. */
export type RoleChange = z.output<typeof roleChangeSchema>

/** Accounts of people. */
export class UsersRepository extends BaseRepository<typeof userAccount> {
  constructor(db: Executor) {
    super(db, userAccount)
  }

  /**
   * Reads somebody who can be given something: not a guest who was merged, nor somebody erased.
   *
   * @throws {@link NotFound}
   */
  async getPresent(id: string): Promise<User> {
    const user = await this.getById(id)
    if (user.departedAt) throw new NotFound({ what: 'user account', id })
    return user
  }

  /** Finds the person with a Telegram identity. */
  async findByTelegramId(telegramId: bigint): Promise<User | undefined> {
    const [row] = await this.db
      .select()
      .from(userAccount)
      .where(eq(userAccount.telegramId, telegramId))
    return row
  }

  /** Tells which of some Telegram ids are somebody's here. */
  async listTelegramIds(ids: readonly bigint[]): Promise<ReadonlySet<bigint>> {
    const found = await this.db
      .select({ id: sql<bigint>`${userAccount.telegramId}`.mapWith(userAccount.telegramId) })
      .from(userAccount)
      .where(inArray(userAccount.telegramId, [...ids]))
    return new Set(found.map(({ id }) => id))
  }

  /** Lets one transaction at a time decide whose a Telegram identity is, also one of nobody yet. */
  async lockTelegramId(telegramId: bigint): Promise<void> {
    const key = sql`hashtextextended(${`gramkit.user_account:telegram:${telegramId}`}, 0)`
    await this.db.execute(sql`select pg_advisory_xact_lock(${key})`)
  }

  /**
   * Finds the guest of a device, and keeps them its guest until the transaction ends: whoever
   * registers waits, and then ends the login that is opened meanwhile.
   */
  async findByDeviceKeyHash(deviceKeyHash: string): Promise<User | undefined> {
    const [row] = await this.db
      .select()
      .from(userAccount)
      .where(eq(userAccount.deviceKeyHash, deviceKeyHash))
      .for('key share')
    return row
  }

  /**
   * Reads a person with what their visits came to, in one statement.
   *
   * @throws {@link NotFound}
   */
  async getWithVisits(id: string): Promise<{
    readonly user: User
    readonly streak: Streak | undefined
    readonly isAttributed: boolean
  }> {
    const [row] = await withVisits(this.db, { id })
    if (!row) throw new NotFound({ what: 'user account', id })
    const { user, streak, attributedAt } = row
    return { user, streak: streak ?? undefined, isAttributed: attributedAt !== null }
  }

  /** Reads who runs the app: up to 100 admins and owners. */
  listStaff(): Promise<User[]> {
    return this.db
      .select()
      .from(userAccount)
      .where(and(inArray(userAccount.role, ['admin', 'owner']), isNull(userAccount.departedAt)))
      .orderBy(asc(userAccount.id))
      .limit(100)
  }

  /**
   * Makes owners of exactly those with one of these Telegram ids, and gives whom that changed.
   *
   * Locks the rows that change, in id order.
   */
  async syncOwners(telegramIds: readonly bigint[], at: Date): Promise<RoleChange[]> {
    const ids = sql`${sql.param(telegramIds.map(String))}::bigint[]`
    return rows(
      this.db,
      sql`
        update gramkit.user_account account
        set role = wanted.role, updated_at = ${at.toISOString()}::timestamptz
        from (
          select id, role as was, case when role = 'owner' then 'user' else 'owner' end as role
          from gramkit.user_account
          where role <> 'owner' and telegram_id = any(${ids})
            or role = 'owner' and coalesce(telegram_id <> all(${ids}), true)
          order by id for update
        ) wanted
        where wanted.id = account.id
        returning account.id as "userId", account.role, wanted.was`,
      roleChangeSchema,
    )
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

  /** Makes a guest's language and time zone the user's, where the user has said nothing. */
  async adopt(guestId: string, userId: string, updatedAt: Date): Promise<void> {
    const guest = await this.getById(guestId)
    const user = await this.getById(userId)
    const language = user.language ?? guest.language
    const timeZone = user.timeZone === 'UTC' ? guest.timeZone : user.timeZone
    if (language === user.language && timeZone === user.timeZone) return
    await this.update(userId, { language, timeZone, updatedAt })
  }

  /** Takes away all that tells who a person is; does nothing to one who has departed. */
  async depart(id: string, departedAt: Date): Promise<void> {
    await this.db
      .update(userAccount)
      .set({
        ...{ telegramId: null, deviceKeyHash: null, username: null, firstName: null },
        ...{ lastName: null, languageCode: null, language: null, lastSeenAt: null },
        ...{ timeZone: 'UTC', role: 'user' },
        ...{ departedAt, updatedAt: departedAt },
      })
      .where(and(eq(userAccount.id, id), isNull(userAccount.departedAt)))
  }
}
