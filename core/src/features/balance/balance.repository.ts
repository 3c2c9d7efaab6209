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
import { InsufficientFunds, ReversalTooLarge } from './balance.errors.ts'
import { balanceAccount, balanceTransfer } from './balance.table.ts'
import {
  type AccountOwner,
  type Balance,
  type HistoryEntry,
  LEDGER_PROBLEMS,
  type LedgerReport,
  type Transfer,
  type TransferRequest,
} from './balance.ts'

/** Error codes that the ledger's own triggers raise (`0001_rules.sql`). */
const INSUFFICIENT_FUNDS = 'GK001'
const REVERSAL_TOO_LARGE = 'GK002'

const bigintText = z.union([z.string(), z.bigint(), z.number()]).transform((value) => BigInt(value))

/** Accounts and transfers. Balances are never written here: the database keeps them. */
export class BalanceRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Finds or opens the account of an owner for a unit and gives its id. */
  async ensureAccount(owner: AccountOwner, unit: string, openedAt: Date): Promise<string> {
    const existing = await this.#findAccountId(owner, unit)
    if (existing) return existing
    const [userId, systemName] = 'userId' in owner ? [owner.userId, null] : [null, owner.system]
    // Only these columns: the application's role may not write a balance, not even a first one.
    await this.#db.execute(sql`
      insert into gramkit.balance_account (id, user_id, system_name, unit, created_at)
      values (${newId()}, ${userId}, ${systemName}, ${unit}, ${openedAt.toISOString()})
      on conflict do nothing`)
    const opened = await this.#findAccountId(owner, unit)
    assert(opened, 'An account that was opened is there')
    return opened
  }

  /** Reads a transfer, or undefined. */
  async findTransfer(id: string): Promise<Transfer | undefined> {
    const [row] = await this.#db.select().from(balanceTransfer).where(eq(balanceTransfer.id, id))
    return row
  }

  /**
   * Posts a transfer; undefined when its id is taken already.
   *
   * The database locks the users' accounts in id order, moves their balances and checks floors and
   * the sum of reversals in the same statement.
   *
   * @throws {@link InsufficientFunds}
   * @throws {@link ReversalTooLarge}
   */
  async insertTransfer(transfer: Omit<Transfer, 'number'>): Promise<Transfer | undefined> {
    try {
      const [row] = await this.#db
        .insert(balanceTransfer)
        .values(transfer)
        .onConflictDoNothing({ target: balanceTransfer.id })
        .returning()
      return row
    } catch (error) {
      if (databaseError(error)?.code === REVERSAL_TOO_LARGE && transfer.reversalOf) {
        throw new ReversalTooLarge({ transferId: transfer.reversalOf }, { cause: error })
      }
      throw insufficientFunds(error, transfer) ?? error
    }
  }

  /** What a user has, by unit in name order. */
  async listBalances(userId: string): Promise<Balance[]> {
    return this.#db
      .select({
        unit: balanceAccount.unit,
        amount: balanceAccount.balance,
        held: balanceAccount.held,
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
    const accountId = await this.#findAccountId({ userId }, unit)
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
    const accountId = await this.#findAccountId({ system }, unit)
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

  async #findAccountId(owner: AccountOwner, unit: string): Promise<string | undefined> {
    const [row] = await this.#db
      .select({ id: balanceAccount.id })
      .from(balanceAccount)
      .where(
        and(
          'userId' in owner
            ? eq(balanceAccount.userId, owner.userId)
            : eq(balanceAccount.systemName, owner.system),
          eq(balanceAccount.unit, unit),
        ),
      )
    return row?.id
  }
}

/** Reads the ledger's refusal of an account that would fall below its floor, or undefined. */
export function insufficientFunds(
  error: unknown,
  { unit, amount }: Pick<TransferRequest, 'unit' | 'amount'>,
): InsufficientFunds | undefined {
  const cause = databaseError(error)
  if (cause?.code !== INSUFFICIENT_FUNDS) return undefined
  const facts = { unit, required: String(amount), available: cause.detail ?? '0' }
  return new InsufficientFunds(facts, { cause: error })
}

/** Shape of a transfer request's contents, to tell a replay from a conflict. */
export function isSameTransfer(
  transfer: Transfer,
  request: Pick<TransferRequest, 'unit' | 'amount' | 'reason' | 'reference'>,
  accounts: { readonly source: string; readonly target: string },
): boolean {
  return (
    transfer.sourceAccountId === accounts.source &&
    transfer.targetAccountId === accounts.target &&
    transfer.unit === request.unit &&
    transfer.amount === request.amount &&
    transfer.reason === request.reason &&
    transfer.reference === request.reference
  )
}
