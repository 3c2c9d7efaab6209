import { BaseRepository, type Executor } from '@gramkit/core/database'
import { decodeCursor, type Page, type PageRequest, pageLimit, toPage } from '@gramkit/core/kernel'
import { and, desc, eq, lt } from 'drizzle-orm'
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
  async listByUser(userId: string, request: PageRequest): Promise<Page<Order>> {
    const limit = pageLimit(request)
    const found = await this.db
      .select()
      .from(order)
      .where(
        and(
          eq(order.userId, userId),
          request.cursor ? lt(order.id, decodeCursor(request.cursor)) : undefined,
        ),
      )
      .orderBy(desc(order.id))
      .limit(limit + 1)
    return toPage(found, limit, (row) => row.id)
  }
}
