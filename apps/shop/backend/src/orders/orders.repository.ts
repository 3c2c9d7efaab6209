import { BaseRepository, type Executor } from '@gramkit/core/database'
import type { Page, PageRequest } from '@gramkit/core/kernel'
import { eq } from 'drizzle-orm'
import { order } from './order.table.ts'

/** An order as it is stored. */
export type Order = typeof order.$inferSelect

/** Orders. */
export class OrdersRepository extends BaseRepository<typeof order> {
  constructor(db: Executor) {
    super(db, order)
  }

  /** Reads and locks the order of a payment, or undefined. */
  async findByPaymentWithLock(paymentId: string): Promise<Order | undefined> {
    const [row] = await this.db
      .select()
      .from(order)
      .where(eq(order.paymentId, paymentId))
      .for('update')
    return row
  }

  /** A user's orders, newest first. */
  listByUser(userId: string, request: PageRequest): Promise<Page<Order>> {
    return this.listWhere(eq(order.userId, userId), request, 'newest_first')
  }
}
