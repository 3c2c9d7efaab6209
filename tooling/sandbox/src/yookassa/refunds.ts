import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { toMinor } from './amount.ts'
import type { Notifications } from './notifications.ts'
import type { newRefundSchema, Refund } from './objects.ts'
import type { StoredPayment, YookassaPayments } from './payments.ts'
import type { Receipt } from './receipt-objects.ts'
import type { Receipts } from './receipts.ts'
import { invalid, YookassaError } from './yookassa-error.ts'

interface StoredRefund {
  readonly shopId: string
  readonly refund: Refund
  readonly dueMs: number | null
  readonly outcome?: { readonly succeeds: boolean; readonly reason: string } | undefined
}

/** Refunds of the shops, never more than was paid. */
export class YookassaRefunds {
  readonly #context: SandboxContext
  readonly #payments: YookassaPayments
  readonly #notifications: Notifications
  readonly #receipts: Receipts
  readonly #refunds

  constructor(
    context: SandboxContext,
    parts: { payments: YookassaPayments; notifications: Notifications; receipts: Receipts },
  ) {
    this.#context = context
    this.#payments = parts.payments
    this.#notifications = parts.notifications
    this.#receipts = parts.receipts
    this.#refunds = context.store.collection<StoredRefund>('refunds', {
      owner: ({ shopId }) => shopId,
      due: ({ dueMs }) => dueMs,
    })
  }

  /** Gives money of a payment back; at once unless a fault says otherwise. */
  create(shopId: string, input: z.output<typeof newRefundSchema>): Refund {
    const { payment_id, amount, description, metadata, receipt } = input
    const sold = this.#payments.of(shopId, payment_id)
    this.#check(sold, amount)
    // Of the whole payment YooKassa knows the items already.
    const isWhole = toMinor(amount.value) === toMinor(sold.payment.amount.value)
    const data = receipt ?? (isWhole ? this.#receipts.dataOf(payment_id) : undefined)
    this.#receipts.check(shopId, data, amount)
    const { clock, faults } = this.#context
    const id = randomUUID()
    const stored: StoredRefund = {
      shopId,
      dueMs: null,
      refund: {
        id,
        payment_id,
        status: 'pending',
        created_at: clock.iso(),
        amount,
        description,
        metadata,
        ...(data ? { receipt_registration: 'pending' as const } : {}),
      },
    }
    if (data) {
      const parts = { type: 'refund', refund_id: id, isWithMoney: true } as const
      this.#receipts.add(shopId, data, { ...parts, isWaiting: true })
    }
    const call = { method: 'POST /refunds' }
    const declined = faults.take('yookassa', 'decline', call)
    if (declined) return this.#cancel(stored, declined.reason)
    const slow = faults.take('yookassa', 'pending', call)
    if (!slow) return this.#succeed(stored)
    return this.#refunds.put(id, {
      ...stored,
      dueMs: clock.now() + slow.settle_after_seconds * 1_000,
      outcome: { succeeds: slow.outcome === 'succeeded', reason: slow.reason },
    }).refund
  }

  /** Notes how the registration of the refund's receipt went. */
  noteReceipt(shopId: string, id: string, receipt_registration: Receipt['status']): void {
    const stored = this.#refunds.get(id)
    if (stored?.shopId !== shopId) return
    this.#refunds.put(id, { ...stored, refund: { ...stored.refund, receipt_registration } })
  }

  /** A refund of a shop, which must exist. */
  of(shopId: string, id: string): Refund {
    const stored = this.#refunds.get(id)
    if (stored?.shopId !== shopId) throw new YookassaError(404, 'There is no such refund')
    return stored.refund
  }

  /** Refunds of a shop with their places, oldest first. */
  entries(shopId: string): { seq: number; value: Refund }[] {
    return this.#refunds.entries(shopId).map(({ seq, value }) => ({ seq, value: value.refund }))
  }

  /** When the next refund settles, or null. */
  nextDue(): number | null {
    return this.#refunds.nextDue()
  }

  /** Settles what is due; gives how many. */
  settleDue(): number {
    const due = this.#refunds.dueBy(this.#context.clock.now())
    for (const stored of due) {
      this.#context.store.transaction(() => {
        if (stored.outcome?.succeeds) this.#succeed(stored)
        else this.#cancel(stored, stored.outcome?.reason ?? 'general_decline')
      })
    }
    return due.length
  }

  #check({ payment, shopId }: StoredPayment, amount: { value: string; currency: string }): void {
    if (payment.status !== 'succeeded') throw invalid('Only a succeeded payment can be refunded')
    if (amount.currency !== payment.amount.currency) {
      throw invalid('The currency is not the one of the payment', 'amount.currency')
    }
    const taken = this.entries(shopId)
      .filter(({ value }) => value.payment_id === payment.id && value.status !== 'canceled')
      .reduce((sum, { value }) => sum + toMinor(value.amount.value), 0)
    if (taken + toMinor(amount.value) > toMinor(payment.amount.value)) {
      throw invalid('The refunds would be more than the payment', 'amount.value')
    }
  }

  #succeed(stored: StoredRefund): Refund {
    const { shopId, refund } = stored
    const payment = this.#payments.of(shopId, refund.payment_id)
    this.#payments.addRefund(payment, toMinor(refund.amount.value))
    this.#receipts.begin(refund.id)
    const done = this.#refunds.put(refund.id, {
      shopId,
      dueMs: null,
      refund: { ...refund, status: 'succeeded' },
    }).refund
    this.#notifications.send(shopId, 'refund.succeeded', done)
    return done
  }

  /** YooKassa has no event for this: shops find out by asking. */
  #cancel({ shopId, refund }: StoredRefund, reason: string): Refund {
    this.#context.activity.changed('yookassa')
    this.#receipts.drop(refund.id)
    return this.#refunds.put(refund.id, {
      shopId,
      dueMs: null,
      refund: {
        ...refund,
        status: 'canceled',
        cancellation_details: { party: 'yoo_money', reason },
        ...(refund.receipt_registration ? { receipt_registration: 'canceled' as const } : {}),
      },
    }).refund
  }
}
