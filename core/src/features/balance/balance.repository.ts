import { and, asc, desc, eq, lt, or, sql } from 'drizzle-orm'
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
import { databaseError, type Executor, rows } from '../../platform/database/index.ts'
import { FloorTooHigh, InsufficientFunds, ReversalTooLarge } from './balance.errors.ts'
import { balanceAccount, balanceTransfer } from './balance.table.ts'
import {
  type AccountOwner,
  type Balance,
  type HistoryEntry,
  LEDGER_PROBLEMS,
  type LedgerReport,
  type NewTransfer,
  type Transfer,
} from './balance.ts'

/** Error codes that the ledger's own triggers raise (`0001_rules.sql`). */
const INSUFFICIENT_FUNDS = 'GK001'
const REVERSAL_TOO_LARGE = 'GK002'
const FLOOR_TOO_HIGH = 'GK004'

const bigintText = z.union([z.string(), z.bigint(), z.number()]).transform((value) => BigInt(value))

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
        z.object({ id: z.string(), number: bigintText }),
      )
      return new Map(posted.map(({ id, number }) => [id, number]))
    } catch (error) {
      throw reversalTooLarge(error) ?? insufficientFunds(error) ?? error
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
    return this.#db
      .select({
        unit: balanceAccount.unit,
        amount: balanceAccount.balance,
        held: balanceAccount.held,
        floor: balanceAccount.floor,
      })
      .from(balanceAccount)
      .where(eq(balanceAccount.userId, userId))
      .orderBy(asc(balanceAccount.unit))
  }

  /** What a user has of a unit; 0 when there was never any. */
  async readBalance(userId: string, unit: string): Promise<bigint> {
    const [row] = await this.#db
      .select({ amount: balanceAccount.balance })
      .from(balanceAccount)
      .where(and(eq(balanceAccount.userId, userId), eq(balanceAccount.unit, unit)))
    return row?.amount ?? 0n
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

  /** Sum of a system account's transfers. */
  async sumSystemAccount(system: string, unit: string): Promise<bigint> {
    const [accountId] = await this.#findAccountIds([{ owner: { system }, unit }])
    if (!accountId) return 0n
    const [row] = await rows(
      this.#db,
      sql`
        select coalesce(sum(case when target_account_id = ${accountId}::uuid then amount
                                 else -amount end), 0)::text as sum
        from gramkit.balance_transfer
        where source_account_id = ${accountId}::uuid or target_account_id = ${accountId}::uuid`,
      z.object({ sum: bigintText }),
    )
    return row?.sum ?? 0n
  }

  /**
   * Compares every kept balance with the sum of its transfers, what is held with the pending holds,
   * and every unit's total with zero.
   *
   * Reads the tables whole, in one statement and so in one snapshot.
   */
  async verify(): Promise<LedgerReport> {
    const found = await rows(
      this.#db,
      sql`
        with leg as (
          select target_account_id as account_id, amount from gramkit.balance_transfer
          union all
          select source_account_id, -amount from gramkit.balance_transfer
        ), moved as (
          select account_id, sum(amount) as amount from leg group by account_id
        ), account as (
          select a.id, a.unit, coalesce(m.amount, 0) as expected,
                 case when a.user_id is null then coalesce(m.amount, 0) else a.balance end as actual
          from gramkit.balance_account a left join moved m on m.account_id = a.id
        ), counted as (
          select (select count(*) from account)::int as accounts,
                 (select count(*) from gramkit.balance_transfer)::int as transfers
        ), pending as (
          select account_id, sum(amount) as amount from gramkit.balance_hold
          where status = 'pending' group by account_id
        ), difference as (
          select id as account_id, unit, 'balance_differs_from_transfers' as problem,
                 expected, actual from account where expected <> actual
          union all
          select null, unit, 'unit_does_not_sum_to_zero', 0, sum(actual)
          from account group by unit having sum(actual) <> 0
          union all
          select a.id, a.unit, 'held_differs_from_holds', coalesce(p.amount, 0), a.held
          from gramkit.balance_account a left join pending p on p.account_id = a.id
          where a.held <> coalesce(p.amount, 0)
        )
        select c.accounts, c.transfers, d.account_id, d.unit, d.problem,
               d.expected::text, d.actual::text
        from counted c left join difference d on true
        order by d.unit, d.account_id`,
      z.object({
        accounts: z.number(),
        transfers: z.number(),
        account_id: z.string().nullable(),
        unit: z.string().nullable(),
        problem: z.enum(LEDGER_PROBLEMS).nullable(),
        expected: bigintText.nullable(),
        actual: bigintText.nullable(),
      }),
    )
    const differences = found.flatMap((row) =>
      row.unit === null || !row.problem || row.expected === null || row.actual === null
        ? []
        : [
            {
              accountId: row.account_id,
              unit: row.unit,
              problem: row.problem,
              expected: row.expected,
              actual: row.actual,
            },
          ],
    )
    return {
      ok: differences.length === 0,
      accounts: found[0]?.accounts ?? 0,
      transfers: found[0]?.transfers ?? 0,
      differences,
    }
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
      z.object({ id: z.string(), place: z.number() }),
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
