import { asc, eq } from 'drizzle-orm'
import { BaseRepository, type Executor } from '../../../platform/database/index.ts'
import { paymentDispute } from './dispute.table.ts'
import type { Dispute } from './dispute.ts'

/** Disputes; whoever changes one has locked its payment first. */
export class DisputesRepository extends BaseRepository<typeof paymentDispute> {
  constructor(db: Executor) {
    super(db, paymentDispute)
  }

  /** All disputes of a payment, oldest first. */
  listByPayment(paymentId: string): Promise<Dispute[]> {
    return this.db
      .select()
      .from(paymentDispute)
      .where(eq(paymentDispute.paymentId, paymentId))
      .orderBy(asc(paymentDispute.id))
  }
}
