import { addDays, InvalidValue, localDay } from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import type { BooksReport } from './books.ts'
import { MonthNotClosable } from './revenue.errors.ts'
import type { RevenueScope } from './revenue.scope.ts'
import {
  type ClosedMonth,
  type MonthInput,
  monthFields,
  type RecognitionInput,
  recognitionFields,
} from './revenue.ts'

/** Lines recognised in one transaction. */
const BATCH = 1_000

/** When a tenant earns what its invoices ask for, and which months are over for its books. */
export class RevenueService {
  readonly #scope: RevenueScope

  constructor(scope: RevenueScope) {
    this.#scope = scope
  }

  /**
   * Recognises what was earned up to a day, and says of how many lines. It works in batches, each in
   * a transaction of its own: stopped anywhere it goes on when it is called again, and booked twice
   * is nothing.
   *
   * Days are booked on the last of them in their month; days of closed months on the first open day.
   *
   * @throws {@link InvalidValue} for a day that is not over
   * @example
   * await billing.revenue.recognise({ throughOn: '2028-01-31' })
   */
  async recognise(input: RecognitionInput = {}): Promise<number> {
    const { throughOn } = readFields(recognitionFields, input)
    const today = await this.#today()
    if (throughOn !== undefined && throughOn >= today) {
      throw new InvalidValue({ field: 'throughOn', problem: `is not over: today is ${today}` })
    }
    const untilOn = throughOn === undefined ? monthOf(today) : addDays(throughOn, 1)
    return this.#recogniseUntil(untilOn)
  }

  /** Recognises one batch of what fell due with the months that are over. */
  async recogniseDue(): Promise<number> {
    return this.#scope.journal.bookRecognition(monthOf(await this.#today()), BATCH)
  }

  /**
   * Closes a month and those before it: what was earned in it is recognised first, and from then on
   * it takes no entry. What is corrected later counts for the first day that is open, and so does what
   * could not be billed.
   *
   * @throws {@link InvalidValue}
   * @throws {@link MonthNotClosable}
   * @example
   * await billing.revenue.closeMonth({ month: '2028-01' })
   */
  async closeMonth(input: MonthInput): Promise<ClosedMonth> {
    const { month } = readFields(monthFields, input)
    const firstOn = `${month}-01`
    const untilOn = nextMonth(firstOn)
    if (untilOn > (await this.#today())) throw new MonthNotClosable({ month, reason: 'not_over' })
    await this.#recogniseUntil(untilOn)
    return this.#scope.transaction(async (tx) => {
      await tx.repos.closedMonths.lock()
      const last = await tx.repos.closedMonths.findLast()
      if (last && last.month >= firstOn) throw new MonthNotClosable({ month, reason: 'closed' })
      // What was booked while the lock was waited for.
      while ((await tx.journal.bookRecognition(untilOn, BATCH)) > 0);
      const open = await tx.repos.closedMonths.findOpenWork(untilOn)
      if (open) throw new MonthNotClosable({ month, reason: open })
      const [actor, createdAt] = [tx.caller.actor, tx.clock.now()]
      await tx.repos.closedMonths.insert({ month: firstOn, actor, createdAt })
      await tx.record({ action: 'month.closed', subject: `month:${month}`, after: { month } })
      return { tenantId: tx.tenantId, month: firstOn, actor, createdAt }
    })
  }

  /** The months that are closed, the last one first; those before the first of them are closed too. */
  listClosedMonths(): Promise<ClosedMonth[]> {
    return this.#scope.transaction((tx) => tx.repos.closedMonths.list())
  }

  /**
   * Proves the journal: what is owed, sold, taxed, earned and deferred is what invoices, their lines
   * and their schedules say, invoice by invoice; credit is what customers have; and every entry is what it was when it was booked,
   * by the hashes in the audit. Reads whole tables.
   *
   * @example
   * const { ok, differences } = await billing.revenue.verify()
   */
  verify(): Promise<BooksReport> {
    return this.#scope.transaction(async (tx) => {
      const stream = `tenant:${tx.tenantId}:journal`
      const { broken } = await tx.core.audit.verify({ stream })
      const differences = [
        ...(await tx.repos.books.compareInvoices()),
        ...(await tx.repos.books.compareMoney()),
        ...(await tx.repos.books.compareCreditNotes()),
        ...(await tx.repos.books.compareCredit()),
        ...(await tx.repos.books.compareBookings()),
        ...broken.map((id) => ({
          ...{ problem: 'audit_is_broken' as const, subject: `audit entry ${id}` },
          ...{ expected: null, actual: null },
        })),
      ]
      return { ok: differences.length === 0, entries: await tx.repos.books.count(), differences }
    })
  }

  async #recogniseUntil(untilOn: string): Promise<number> {
    let count = 0
    for (;;) {
      const done = await this.#scope.journal.bookRecognition(untilOn, BATCH)
      count += done
      if (done === 0) return count
    }
  }

  #today(): Promise<string> {
    return this.#scope.transaction(async (tx) => {
      const { timeZone } = await tx.repos.tenant.get()
      return localDay(tx.clock.now(), timeZone)
    })
  }
}

/** The first day of the month of a day. */
function monthOf(day: string): string {
  return `${day.slice(0, 8)}01`
}

/** The first day of the month after that of a first day. */
function nextMonth(firstOn: string): string {
  return monthOf(addDays(firstOn, 31))
}
