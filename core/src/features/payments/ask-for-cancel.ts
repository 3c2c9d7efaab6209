import { closeOpen } from './apply-report.ts'
import { isOpen, type Payment } from './payment.ts'
import { PaymentClosed, PaymentNotFound, UnknownGateway } from './payments.errors.ts'
import type { PaymentsScope } from './payments.scope.ts'

/**
 * Writes down who calls an open payment off, and closes what nobody has paid: money that comes for it
 * all the same becomes a linked payment. Reserved money stays, for the provider to give back.
 *
 * @throws {@link PaymentNotFound} {@link PaymentClosed} {@link UnknownGateway}
 */
export async function askForCancel(
  tx: PaymentsScope,
  paymentId: string,
  actor: string,
): Promise<Payment> {
  const payment = await tx.repos.payments.findByIdWithLock(paymentId)
  if (!payment) throw new PaymentNotFound({ paymentId })
  const { status, paidAt, providerPaymentId } = payment
  if (!isOpen(status)) {
    if (paidAt) throw new PaymentClosed({ paymentId, status })
    return payment
  }
  const gateway = tx.gateways.get(payment.gateway)
  if (!gateway) throw new UnknownGateway({ gateway: payment.gateway })
  await tx.repos.audit.insert({
    actor,
    action: 'cancel.requested',
    subject: `payment:${paymentId}`,
    facts: { status },
    createdAt: tx.clock.now(),
  })
  const isReserved = status === 'waiting_for_capture' && gateway.cancel && providerPaymentId
  return isReserved ? payment : closeOpen(tx, payment, 'canceled', 'canceled by us')
}
