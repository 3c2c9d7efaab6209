import { and, asc, desc, eq, lt, ne, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import {
  assert,
  decodeCursor,
  newId,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from '../../kernel/index.ts'
import {
  builtOnce,
  databaseError,
  type Executor,
  rows,
  type ValueOf,
} from '../../platform/database/index.ts'
import { FloorTooHigh, InsufficientFunds, ReversalTooLarge } from './balance.errors.ts'
import { balanceAccount, balanceTransfer } from './balance.table.ts'
import type {
  AccountOwner,
  Balance,
  HistoryEntry,
  NewTransfer,
  Transfer,
  TransferRequest,
} from './balance.ts'

/** Error codes that the ledger's own triggers raise (`0001_rules.sql`). */
const INSUFFICIENT_FUNDS = 'GK001'
const REVERSAL_TOO_LARGE = 'GK002'
const FLOOR_TOO_HIGH = 'GK004'

const balancesOf = builtOnce((db, value: ValueOf<{ userId: string }>) =>
  db
    .select({
      unit: balanceAccount.unit,
      amount: balanceAccount.balance,
      held: balanceAccount.held,
      floor: balanceAccount.floor,
    })
    .from(balanceAccount)
    .where(eq(balanceAccount.userId, value('userId')))
    .orderBy(asc(balanceAccount.unit)),
)

const bigintText = z.union([z.string(), z.bigint(), z.number()]).transform((value) => BigInt(value))
const postedSchema = z.object({ id: z.string(), number: bigintText })
const postedBetweenSchema = z.object({ number: bigintText, source: z.string(), target: z.string() })
const placeSchema = z.object({ id: z.string(), place: z.number() })

/** Accounts and transfers. Balances are never written here: the database keeps them. */
export class BalanceRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /**
   * Finds or opens accounts and gives their ids, in the order of the request.
   *
   * Opens them in the order of their owners, so that two callers who open the same ones wait for
   * each other and never deadlock.
   */
  async ensureAccounts(accounts: readonly AccountOf[], openedAt: Date): Promise<string[]> {
    const found = await this.#findAccountIds(accounts)
    if (found.every((id) => id !== undefined)) return found
    const missing = accounts.filter((_, index) => found[index] === undefined)
    const { users, systems, units } = columnsOf(missing)
    // Only these columns: the application's role may not write a balance, not even a first one.
    await this.#db.execute(sql`
      insert into gramkit.balance_account (id, user_id, system_name, unit, created_at)
      select id, user_id, system_name, unit, ${openedAt.toISOString()}
      from unnest(${sql.param(missing.map(() => newId()))}::uuid[], ${sql.param(users)}::uuid[],
        ${sql.param(systems)}::text[], ${sql.param(units)}::text[])
        as missing (id, user_id, system_name, unit)
      order by user_id, system_name, unit
      on conflict do nothing`)
    const opened = await this.#findAccountIds(accounts)
    return opened.map((id) => {
      assert(id, 'An account that was opened is there')
      return id
    })
  }

  /** Reads transfers by their ids; ids without one are left out. */
  async findTransfers(ids: readonly string[]): Promise<Transfer[]> {
    return this.#db
      .select()
      .from(balanceTransfer)
      .where(sql`${balanceTransfer.id} = any(${sql.param([...ids])}::uuid[])`)
  }

  /**
   * Posts transfers in one statement and gives the numbers of those whose ids were free, by id.
   *
   * The database locks the users' accounts in id order, moves their balances and checks floors and
   * the sum of reversals in the same statement, after all of its transfers. Ids are taken in order
   * too: whoever posts some of the same at once waits, and never deadlocks.
   *
   * @throws {@link InsufficientFunds}
   * @throws {@link ReversalTooLarge}
   */
  async insertTransfers(transfers: readonly NewTransfer[]): Promise<Map<string, bigint>> {
    const column = (read: (transfer: NewTransfer) => string | null) =>
      sql.param(transfers.map(read))
    try {
      const posted = await rows(
        this.#db,
        sql`
          insert into gramkit.balance_transfer (id, source_account_id, target_account_id, unit,
            amount, reason, reference, metadata, reversal_of, created_at)
          select * from unnest(
            ${column(({ id }) => id)}::uuid[],
            ${column(({ sourceAccountId }) => sourceAccountId)}::uuid[],
            ${column(({ targetAccountId }) => targetAccountId)}::uuid[],
            ${column(({ unit }) => unit)}::text[],
            ${column(({ amount }) => String(amount))}::int8[],
            ${column(({ reason }) => reason)}::text[],
            ${column(({ reference }) => reference)}::text[],
            ${column(({ metadata }) => JSON.stringify(metadata))}::jsonb[],
            ${column(({ reversalOf }) => reversalOf)}::uuid[],
            ${column(({ createdAt }) => createdAt.toISOString())}::timestamptz[]) as asked (id)
          order by asked.id
          on conflict (id) do nothing
          returning id, number::text`,
        postedSchema,
      )
      return new Map(posted.map(({ id, number }) => [id, number]))
    } catch (error) {
      throw reversalTooLarge(error) ?? insufficientFunds(error) ?? error
    }
  }

  /**
   * Posts one transfer between accounts that are open, as {@link insertTransfers} does, and finds
   * the accounts in the same statement; undefined when one is not open, both are one or the id is
   * taken.
   *
   * @throws {@link InsufficientFunds}
   */
  async insertTransfer(request: TransferRequest, createdAt: Date): Promise<Transfer | undefined> {
    const { source, target, unit, amount, reason, reference, metadata = {} } = request
    const id = request.id.toLowerCase()
    const isAccountOf = (owner: AccountOwner, name: 'source' | 'target') => {
      const account = alias(balanceAccount, name)
      const isOwner =
        'userId' in owner ? eq(account.userId, owner.userId) : eq(account.systemName, owner.system)
      return and(isOwner, eq(account.unit, unit))
    }
    try {
      const [posted] = await rows(
        this.#db,
        sql`
          insert into gramkit.balance_transfer (id, source_account_id, target_account_id, unit,
            amount, reason, reference, metadata, created_at)
          select ${id}, source.id, target.id, ${unit}, ${amount}, ${reason}, ${reference},
            ${JSON.stringify(metadata)}, ${createdAt.toISOString()}
          from gramkit.balance_account source, gramkit.balance_account target
          where ${isAccountOf(source, 'source')} and ${isAccountOf(target, 'target')}
            and source.id <> target.id
          on conflict (id) do nothing
          returning number::text, source_account_id as source, target_account_id as target`,
        postedBetweenSchema,
      )
      if (!posted) return undefined
      return {
        ...{ id, number: posted.number, unit, amount, reason, reference, metadata, createdAt },
        ...{ sourceAccountId: posted.source, targetAccountId: posted.target, reversalOf: null },
      }
    } catch (error) {
      throw insufficientFunds(error) ?? error
    }
  }

  /**
   * Undoes what the work wrote when it throws, and leaves the open transaction usable: whoever
   * catches the refusal goes on as if nothing had been asked.
   */
  async undoOnThrow<T>(work: () => Promise<T>): Promise<T> {
    await this.#db.execute(sql`savepoint balance_batch`)
    try {
      const result = await work()
      await this.#db.execute(sql`release savepoint balance_batch`)
      return result
    } catch (error) {
      await this.#db.execute(sql`rollback to savepoint balance_batch`)
      throw error
    }
  }

  /**
   * Sets what a user's account may not fall below, and writes down who did it. Waits for whoever
   * moves the account.
   *
   * @throws {@link FloorTooHigh}
   */
  async setFloor(change: {
    readonly accountId: string
    readonly unit: string
    readonly floor: bigint
    readonly actor: string
    readonly reason: string
    readonly changedAt: Date
  }): Promise<void> {
    const { accountId, unit, floor, actor, reason, changedAt } = change
    try {
      await this.#db.execute(sql`
        select gramkit.balance_set_floor(${accountId}, ${floor}, ${newId()}, ${actor}, ${reason},
          ${changedAt.toISOString()})`)
    } catch (error) {
      const cause = databaseError(error)
      if (cause?.code !== FLOOR_TOO_HIGH) throw error
      const facts = { unit, floor: String(floor), available: cause.detail ?? '' }
      throw new FloorTooHigh(facts, { cause: error })
    }
  }

  /** What a user has, by unit in name order. */
  async listBalances(userId: string): Promise<Balance[]> {
    return balancesOf(this.#db, { userId })
  }

  /** What a user has of a unit; 0 when there was never any. */
  async readBalance(userId: string, unit: string): Promise<bigint> {
    const [row] = await this.#db
      .select({ amount: balanceAccount.balance })
      .from(balanceAccount)
      .where(and(eq(balanceAccount.userId, userId), eq(balanceAccount.unit, unit)))
    return row?.amount ?? 0n
  }

  /** What a user was ever given of a unit, save by refills. */
  async sumGiven(userId: string, unit: string): Promise<bigint> {
    const [row] = await this.#db
      .select({ sum: sql`coalesce(sum(${balanceTransfer.amount}), 0)`.mapWith(BigInt) })
      .from(balanceTransfer)
      .innerJoin(balanceAccount, eq(balanceAccount.id, balanceTransfer.targetAccountId))
      .where(
        and(
          ...[eq(balanceAccount.userId, userId), eq(balanceAccount.unit, unit)],
          ne(balanceTransfer.reason, 'balance.refilled'),
        ),
      )
    return row?.sum ?? 0n
  }

  /** A user's transfers of a unit, newest first. */
  async listHistory(
    userId: string,
    unit: string,
    request: PageRequest,
  ): Promise<Page<HistoryEntry>> {
    const [accountId] = await this.#findAccountIds([{ owner: { userId }, unit }])
    if (!accountId) return { items: [], nextCursor: null }
    const limit = pageLimit(request)
    const before = request.cursor ? BigInt(decodeCursor(request.cursor, 'number')) : undefined
    const found = await this.#db
      .select()
      .from(balanceTransfer)
      .where(
        and(
          or(
            eq(balanceTransfer.sourceAccountId, accountId),
            eq(balanceTransfer.targetAccountId, accountId),
          ),
          before ? lt(balanceTransfer.number, before) : undefined,
        ),
      )
      .orderBy(desc(balanceTransfer.number))
      .limit(limit + 1)
    const page = toPage(found, limit, (row) => String(row.number))
    return {
      nextCursor: page.nextCursor,
      items: page.items.map((row) => ({
        id: row.id,
        number: row.number,
        amount: row.targetAccountId === accountId ? row.amount : -row.amount,
        reason: row.reason,
        reference: row.reference,
        createdAt: row.createdAt,
      })),
    }
  }

  /** What a system account has: its latest snapshot and the sum of its transfers since. */
  async sumSystemAccount(system: string, unit: string): Promise<bigint> {
    const [accountId] = await this.#findAccountIds([{ owner: { system }, unit }])
    if (!accountId) return 0n
    const [row] = await rows(
      this.#db,
      sql`
        with snapshot as (
          select coalesce(max(number), 0) as number, coalesce(max(balance), 0) as balance from (
            select number, balance from gramkit.balance_snapshot
            where account_id = ${accountId} and balance is not null order by number desc limit 1
          ) latest
        )
        select (balance
          + (select coalesce(sum(amount), 0) from gramkit.balance_transfer t
             where t.target_account_id = ${accountId} and t.number > snapshot.number)
          - (select coalesce(sum(amount), 0) from gramkit.balance_transfer t
             where t.source_account_id = ${accountId} and t.number > snapshot.number)
        )::text as sum from snapshot`,
      z.object({ sum: bigintText }),
    )
    return row?.sum ?? 0n
  }

  /**
   * Goes on with the snapshots of system accounts, and takes new ones when the last are older than
   * told; gives how many were finished.
   */
  async takeSnapshots(takenAt: Date, notSince: Date): Promise<number> {
    const [row] = await rows(
      this.#db,
      sql`select gramkit.balance_take_snapshots(${takenAt.toISOString()},
            ${notSince.toISOString()}) as count`,
      z.object({ count: z.number() }),
    )
    return row?.count ?? 0
  }

  /** Ids of accounts in the order of the request, undefined where there is none. */
  async #findAccountIds(accounts: readonly AccountOf[]): Promise<(string | undefined)[]> {
    const { users, systems, units } = columnsOf(accounts)
    const found = await rows(
      this.#db,
      sql`
        with asked as (
          select * from unnest(${sql.param(users)}::uuid[], ${sql.param(systems)}::text[],
            ${sql.param(units)}::text[]) with ordinality as asked (user_id, system_name, unit, place)
        )
        select a.id, asked.place::int from asked
        join gramkit.balance_account a on a.user_id = asked.user_id and a.unit = asked.unit
        union all
        select a.id, asked.place::int from asked
        join gramkit.balance_account a on a.system_name = asked.system_name and a.unit = asked.unit`,
      placeSchema,
    )
    const idAt = new Map(found.map(({ id, place }) => [place, id]))
    return accounts.map((_, index) => idAt.get(index + 1))
  }
}

/** The account of an owner for a unit. */
export interface AccountOf {
  readonly owner: AccountOwner
  readonly unit: string
}

function columnsOf(accounts: readonly AccountOf[]) {
  return {
    users: accounts.map(({ owner }) => ('userId' in owner ? owner.userId : null)),
    systems: accounts.map(({ owner }) => ('system' in owner ? owner.system : null)),
    units: accounts.map(({ unit }) => unit),
  }
}

const shortSchema = z.object({
  accountId: z.string(),
  unit: z.string(),
  required: z.string(),
  available: z.string(),
})

/** Reads the ledger's refusal of an account that would fall below its floor, or undefined. */
export function insufficientFunds(error: unknown): InsufficientFunds | undefined {
  const cause = databaseError(error)
  if (cause?.code !== INSUFFICIENT_FUNDS) return undefined
  const facts = shortSchema.parse(JSON.parse(cause.detail ?? ''))
  return new InsufficientFunds(facts, { cause: error })
}

function reversalTooLarge(error: unknown): ReversalTooLarge | undefined {
  const cause = databaseError(error)
  if (cause?.code !== REVERSAL_TOO_LARGE) return undefined
  return new ReversalTooLarge({ transferId: cause.detail ?? '' }, { cause: error })
}
