import { and, asc, eq, isNotNull, lte, ne, or, type SQL } from 'drizzle-orm'
import type { Page, PageRequest } from '../../../kernel/index.ts'
import { BaseRepository, type Executor } from '../../../platform/database/index.ts'
import { paymentReceipt } from './receipt.table.ts'
import type { Receipt } from './receipt.ts'

/** Receipts; whoever changes one has locked it. */
export class ReceiptsRepository extends BaseRepository<typeof paymentReceipt> {
  constructor(db: Executor) {
    super(db, paymentReceipt)
  }

  /** Receipts of a payment and of its refunds, oldest first. */
  listByPayment(paymentId: string): Promise<Receipt[]> {
    return this.#listWhere(eq(paymentReceipt.paymentId, paymentId))
  }

  /** The settlement of a payment that stands, or undefined. */
  async findSettlement(paymentId: string): Promise<Receipt | undefined> {
    const [row] = await this.#listWhere(
      and(
        eq(paymentReceipt.paymentId, paymentId),
        eq(paymentReceipt.kind, 'settlement'),
        ne(paymentReceipt.status, 'rejected'),
      ),
    )
    return row
  }

  /** Receipts that a person has to see to, oldest first. */
  listInTrouble(request: PageRequest): Promise<Page<Receipt>> {
    return this.listWhere(
      or(
        eq(paymentReceipt.status, 'rejected'),
        and(eq(paymentReceipt.status, 'pending'), isNotNull(paymentReceipt.overdueAt)),
      ),
      request,
    )
  }

  /** When the next receipt is due for a look, or undefined. */
  async findNextCheckAt(): Promise<Date | undefined> {
    const [row] = await this.db
      .select({ at: paymentReceipt.nextCheckAt })
      .from(paymentReceipt)
      .where(isNotNull(paymentReceipt.nextCheckAt))
      .orderBy(asc(paymentReceipt.nextCheckAt))
      .limit(1)
    return row?.at ?? undefined
  }

  /** Locks receipts that are due for a look, leaving out what others hold. */
  lockDue(now: Date, limit: number): Promise<Receipt[]> {
    return this.db
      .select()
      .from(paymentReceipt)
      .where(lte(paymentReceipt.nextCheckAt, now))
      .orderBy(asc(paymentReceipt.nextCheckAt))
      .limit(limit)
      .for('update', { skipLocked: true })
  }

  #listWhere(condition: SQL | undefined): Promise<Receipt[]> {
    return this.db.select().from(paymentReceipt).where(condition).orderBy(asc(paymentReceipt.id))
  }
}
