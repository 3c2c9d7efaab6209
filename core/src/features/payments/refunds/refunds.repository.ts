import { and, asc, eq, isNotNull, lte } from 'drizzle-orm'
import { NotFound } from '../../../kernel/index.ts'
import type { Executor } from '../../../platform/database/index.ts'
import type { InBooks } from '../reconciliation/in-books.ts'
import { paymentRefund } from './refund.table.ts'
import type { Refund } from './refund.ts'

/** Refunds; whoever changes one has locked its payment first. */
export class RefundsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Reads a refund, or undefined. */
  async findById(id: string): Promise<Refund | undefined> {
    const [row] = await this.#db.select().from(paymentRefund).where(eq(paymentRefund.id, id))
    return row
  }

  /** All refunds of a payment, oldest first. */
  listByPayment(paymentId: string): Promise<Refund[]> {
    return this.#db
      .select()
      .from(paymentRefund)
      .where(eq(paymentRefund.paymentId, paymentId))
      .orderBy(asc(paymentRefund.id))
  }

  /** Writes a new refund; undefined when its id is taken. */
  async insert(values: typeof paymentRefund.$inferInsert): Promise<Refund | undefined> {
    const [row] = await this.#db
      .insert(paymentRefund)
      .values(values)
      .onConflictDoNothing({ target: paymentRefund.id })
      .returning()
    return row
  }

  /** Changes a refund. */
  async update(
    id: string,
    changes: Partial<
      Pick<Refund, 'status' | 'providerRefundId' | 'failureReason' | 'nextCheckAt'>
    > & {
      updatedAt: Date
    },
  ): Promise<Refund> {
    const [row] = await this.#db
      .update(paymentRefund)
      .set(changes)
      .where(eq(paymentRefund.id, id))
      .returning()
    if (!row) throw new NotFound({ what: 'refund', id })
    return row
  }

  /** Keeps what the comparison with the provider's books said of a refund. */
  async markInBooks(id: string, inBooks: InBooks): Promise<void> {
    await this.#db.update(paymentRefund).set({ inBooks }).where(eq(paymentRefund.id, id))
  }

  /** When the next refund is due for a look, or undefined. */
  async findNextCheckAt(): Promise<Date | undefined> {
    const [row] = await this.#db
      .select({ at: paymentRefund.nextCheckAt })
      .from(paymentRefund)
      .where(isNotNull(paymentRefund.nextCheckAt))
      .orderBy(asc(paymentRefund.nextCheckAt))
      .limit(1)
    return row?.at ?? undefined
  }

  /** Locks refunds that are due for a look, leaving out what others hold. */
  lockDue(now: Date, limit: number): Promise<Refund[]> {
    return this.#db
      .select()
      .from(paymentRefund)
      .where(and(isNotNull(paymentRefund.nextCheckAt), lte(paymentRefund.nextCheckAt, now)))
      .orderBy(asc(paymentRefund.nextCheckAt))
      .limit(limit)
      .for('update', { skipLocked: true })
  }
}
