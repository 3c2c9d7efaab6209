import { desc, sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Executor, rows } from '../../../platform/database/index.ts'
import { LEDGER_PROBLEMS, type LedgerReport } from '../balance.ts'
import { balanceVerification } from './verification.table.ts'

const bigintText = z.string().transform((value) => BigInt(value))

/** The proof of the ledger, and when it was made. */
export class VerificationRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Keeps every other scheduled verification out until the transaction ends. */
  async lock(): Promise<void> {
    await this.#db.execute(sql`select pg_advisory_xact_lock(hashtext('gramkit.verification'))`)
  }

  /** When the ledger was verified by schedule for the last time, or undefined. */
  async findLastAt(): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: balanceVerification.createdAt })
      .from(balanceVerification)
      .orderBy(desc(balanceVerification.createdAt))
      .limit(1)
    return row?.at
  }

  /** Writes down that the ledger was verified. */
  async insert(verification: typeof balanceVerification.$inferInsert): Promise<void> {
    await this.#db.insert(balanceVerification).values(verification)
  }

  /**
   * Compares every kept balance with the sum of its transfers, what is held with the pending holds,
   * every snapshot with the transfers before it, and every unit's total with zero.
   *
   * Reads the tables whole, in one statement and so in one snapshot.
   */
  async compare(): Promise<LedgerReport> {
    const found = await rows(
      this.#db,
      sql`
        with leg as (
          select target_account_id as account_id, amount, number from gramkit.balance_transfer
          union all
          select source_account_id, -amount, number from gramkit.balance_transfer
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
          union all
          select s.account_id, a.unit, 'snapshot_differs_from_transfers',
                 coalesce(sum(l.amount), 0), s.balance
          from gramkit.balance_snapshot s
          join gramkit.balance_account a on a.id = s.account_id
          left join leg l on l.account_id = s.account_id and l.number <= s.number
          where s.balance is not null group by s.account_id, s.number, s.balance, a.unit
          having s.balance <> coalesce(sum(l.amount), 0)
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
}
