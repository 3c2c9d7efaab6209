import type { SandboxContext } from '../context.ts'
import { Idempotence } from './idempotence.ts'
import { Notifications } from './notifications.ts'
import { YookassaPayments } from './payments.ts'
import { Receipts } from './receipts.ts'
import { YookassaRefunds } from './refunds.ts'

/** The parts of YooKassa that the sandbox plays. */
export interface Yookassa {
  readonly payments: YookassaPayments
  readonly refunds: YookassaRefunds
  readonly receipts: Receipts
  readonly notifications: Notifications
  readonly idempotence: Idempotence
}

/** Builds YooKassa on the sandbox's state. */
export function openYookassa(context: SandboxContext): Yookassa {
  const notifications = new Notifications(context)
  const receipts = new Receipts(context)
  const payments = new YookassaPayments(context, notifications, receipts)
  return {
    payments,
    refunds: new YookassaRefunds(context, { payments, notifications, receipts }),
    receipts,
    notifications,
    idempotence: new Idempotence(context),
  }
}
