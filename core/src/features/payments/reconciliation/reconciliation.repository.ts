import { and, eq, inArray, isNull, lt, notLike } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { payment } from '../payment.table.ts'
import { paymentRefund } from '../refunds/refund.table.ts'
import type { InBooks } from './in-books.ts'
import { paymentReconciliation } from './reconciliation.table.ts'
import type { ReconciledEntry } from './reconciliation.ts'

/** A finding without its words. */
export type Finding = Pick<ReconciledEntry, 'kind' | 'providerPaymentId' | 'paymentId'> & {
  readonly inBooks: InBooks | null
}

/** Findings of one list; whoever has more has another problem than a long list. */
const FINDINGS_MAX = 500

/** How far the books of providers were compared, and what did not fit. */
export class ReconciliationRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** How far a gateway's books were compared, and when; undefined before the first time. */
  async find(gateway: string): Promise<{ cursor: string; updatedAt: Date } | undefined> {
    const [row] = await this.#db
      .select()
      .from(paymentReconciliation)
      .where(eq(paymentReconciliation.gateway, gateway))
    return row
  }

  /** Remembers how far a gateway's books were compared. */
  async upsert(gateway: string, cursor: string, updatedAt: Date): Promise<void> {
    await this.#db
      .insert(paymentReconciliation)
      .values({ gateway, cursor, updatedAt })
      .onConflictDoUpdate({
        target: paymentReconciliation.gateway,
        set: { cursor, updatedAt },
      })
  }

  /** Marks what was paid or refunded before an instant and is not in the books, and gives it. */
  async markMissing(gateway: string, before: Date): Promise<Finding[]> {
    const inBooks = 'missing'
    const payments = await this.#db
      .update(payment)
      .set({ inBooks })
      .where(and(eq(payment.gateway, gateway), lt(payment.paidAt, before), isNull(payment.inBooks)))
      .returning({ paymentId: payment.id, providerPaymentId: payment.providerPaymentId })
    const refunds = await this.#db
      .update(paymentRefund)
      .set({ inBooks })
      .from(payment)
      .where(
        and(
          eq(payment.id, paymentRefund.paymentId),
          eq(payment.gateway, gateway),
          eq(paymentRefund.status, 'succeeded'),
          lt(paymentRefund.updatedAt, before),
          isNull(paymentRefund.inBooks),
          // What a lost dispute took is in no provider's list of refunds.
          notLike(paymentRefund.providerRefundId, 'dispute:%'),
        ),
      )
      .returning({ paymentId: payment.id, providerPaymentId: payment.providerPaymentId })
    return [...toFindings('payment', inBooks, payments), ...toFindings('refund', inBooks, refunds)]
  }

  /** What does not fit the books of a gateway, oldest first. */
  async listDifferences(gateway: string): Promise<Finding[]> {
    const isDifferent = ['different', 'missing'] as const
    const [payments, refunds] = await Promise.all([
      this.#db
        .select()
        .from(payment)
        .where(and(eq(payment.gateway, gateway), inArray(payment.inBooks, isDifferent)))
        .orderBy(payment.id)
        .limit(FINDINGS_MAX),
      this.#db
        .select()
        .from(paymentRefund)
        .innerJoin(payment, eq(payment.id, paymentRefund.paymentId))
        .where(and(eq(payment.gateway, gateway), inArray(paymentRefund.inBooks, isDifferent)))
        .orderBy(paymentRefund.id)
        .limit(FINDINGS_MAX),
    ])
    return [
      ...payments.flatMap((row) =>
        toFindings('payment', row.inBooks, [{ ...row, paymentId: row.id }]),
      ),
      ...refunds.flatMap(({ payment: paid, payment_refund: { inBooks } }) =>
        toFindings('refund', inBooks, [{ ...paid, paymentId: paid.id }]),
      ),
    ]
  }
}

function toFindings(
  kind: Finding['kind'],
  inBooks: Finding['inBooks'],
  found: readonly { paymentId: string; providerPaymentId: string | null }[],
): Finding[] {
  return found.map(({ paymentId, providerPaymentId }) => ({
    kind,
    inBooks,
    paymentId,
    providerPaymentId: providerPaymentId ?? '',
  }))
}
