import { newId } from '@gramkit/core/kernel'
import type { Payment, PaymentSnapshot } from '@gramkit/core/payments'

/** A provider's report that a payment was paid as it was asked for. */
export function paid(payment: Payment, providerPaymentId = newId()): PaymentSnapshot {
  return {
    gateway: payment.gateway,
    paymentId: payment.id,
    providerPaymentId,
    status: 'succeeded',
    money: { amount: payment.amount, currency: payment.currency },
    body: {},
  }
}
