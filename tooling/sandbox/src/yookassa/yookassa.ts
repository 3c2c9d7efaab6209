import type { SandboxContext } from '../context.ts'
import { format, toMinor } from './amount.ts'
import { Idempotence } from './idempotence.ts'
import { Notifications } from './notifications.ts'
import type { Payment } from './objects.ts'
import { YookassaPayments } from './payments.ts'
import { type NewReceipt, type Receipt, sumOf } from './receipt-objects.ts'
import { Receipts } from './receipts.ts'
import { YookassaRefunds } from './refunds.ts'
import { invalid } from './yookassa-error.ts'

/** The parts of YooKassa that the sandbox plays. */
export interface Yookassa {
  readonly payments: YookassaPayments
  readonly refunds: YookassaRefunds
  readonly receipts: Receipts
  readonly notifications: Notifications
  readonly idempotence: Idempotence
  /** Makes a receipt that is asked for by itself. */
  issue(shopId: string, input: NewReceipt): Receipt
  /** Registers the receipts that are due; gives how many. */
  registerDue(): number
}

/** Builds YooKassa on the sandbox's state. */
export function openYookassa(context: SandboxContext): Yookassa {
  const notifications = new Notifications(context)
  const receipts = new Receipts(context)
  const payments = new YookassaPayments(context, notifications, receipts)
  const refunds = new YookassaRefunds(context, { payments, notifications, receipts })
  return {
    payments,
    refunds,
    receipts,
    notifications,
    idempotence: new Idempotence(context),
    issue(shopId, input) {
      const { type, payment_id, refund_id, settlements, items } = input
      const payment = refund_id ? undefined : payments.of(shopId, payment_id ?? '').payment
      const { amount } = payment ?? refunds.of(shopId, refund_id ?? '')
      checkIssued(input, payment)
      receipts.check(shopId, input, { ...amount, value: format(sumOf(items)) })
      return receipts.add(shopId, input, { type, payment_id, refund_id, settlements })
    },
    registerDue: () =>
      receipts.settleDue(({ shopId, receipt }) => {
        if (receipt.refund_id) refunds.noteReceipt(shopId, receipt.refund_id, receipt.status)
        else payments.noteReceipt(receipt.payment_id ?? '', receipt.status)
      }),
  }
}

/** A receipt by itself needs money that has moved, and settlements of what its items cost. */
function checkIssued({ settlements, items, type }: NewReceipt, payment: Payment | undefined): void {
  const fits = type === 'payment' ? ['waiting_for_capture', 'succeeded'] : ['succeeded', 'canceled']
  if (payment && !fits.includes(payment.status)) {
    throw invalid(`The payment is ${payment.status}`, 'payment_id')
  }
  const settled = settlements.reduce((sum, { amount }) => sum + toMinor(amount.value), 0)
  if (settled !== sumOf(items)) {
    throw invalid('The settlements are not what the items cost', 'settlements.amount')
  }
}
