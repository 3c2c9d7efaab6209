import type { Transactional } from '@gramkit/core/database'
import { type Clock, newId, type Page, type PageRequest } from '@gramkit/core/kernel'
import type { Fulfilment, Payment } from '@gramkit/core/payments'
import type { Order, OrdersRepository } from './orders.repository.ts'

/** All that the orders service may touch. */
export interface OrdersScope extends Transactional<OrdersScope> {
  readonly clock: Clock
  readonly repos: { readonly orders: OrdersRepository }
}

/** Orders of physical things. */
export class OrdersService {
  readonly #scope: OrdersScope

  constructor(scope: OrdersScope) {
    this.#scope = scope
  }

  /** Writes the order that a payment has paid for, in the transaction that settles it. */
  async open(payment: Payment): Promise<Order> {
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      return tx.repos.orders.insert({
        id: newId(),
        userId: payment.userId,
        paymentId: payment.id,
        productId: payment.productId,
        title: payment.product.title,
        status: 'paid',
        createdAt: now,
        updatedAt: now,
      })
    })
  }

  /** Marks the order of a payment that was refunded in full: nothing is to be sent. */
  async close(payment: Payment): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const order = await tx.repos.orders.findByPaymentWithLock(payment.id)
      if (!order) return
      await tx.repos.orders.update(order.id, { status: 'refunded', updatedAt: tx.clock.now() })
    })
  }

  /** A user's orders, newest first. */
  list(userId: string, request: PageRequest = {}): Promise<Page<Order>> {
    return this.#scope.repos.orders.listByUser(userId, request)
  }
}

/** Gives what products of kind `order` sell: an order to be sent. */
export const orderFulfilment: Fulfilment<{ readonly orders: OrdersService }> = {
  async fulfil({ orders }, payment) {
    await orders.open(payment)
  },
  async reverse({ orders }, payment, { refundedAmount }) {
    if (refundedAmount === payment.amount) await orders.close(payment)
  },
}
