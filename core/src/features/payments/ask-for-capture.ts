import type { Payment } from './payment.ts'
import { NotCapturable, PaymentConflict, PaymentNotFound } from './payments.errors.ts'
import type { PaymentsScope } from './payments.scope.ts'

/**
 * Writes down how much of reserved money is to be taken, and who has it taken, before the provider
 * hears of it: every later try asks for the same.
 *
 * @throws {@link PaymentNotFound} {@link NotCapturable} {@link PaymentConflict}
 */
export async function askForCapture(
  tx: PaymentsScope,
  paymentId: string,
  { wanted, actor }: { readonly wanted: bigint | undefined; readonly actor: string },
): Promise<Payment> {
  const payment = await tx.repos.payments.findByIdWithLock(paymentId)
  if (!payment) throw new PaymentNotFound({ paymentId })
  const { status, amount, captureAmount, paidAt, providerPaymentId } = payment
  const asked = paidAt ? amount : captureAmount
  if (asked !== null && wanted !== undefined && wanted !== asked) {
    throw new PaymentConflict({ paymentId })
  }
  if (paidAt || (asked !== null && status === 'waiting_for_capture')) return payment
  const isReserved = status === 'waiting_for_capture' && providerPaymentId !== null
  const captured = wanted ?? amount
  const fits = captured > 0n && captured <= amount
  if (!isReserved || !fits || !tx.gateways.get(payment.gateway)?.capture) {
    throw new NotCapturable({ paymentId, status })
  }
  const now = tx.clock.now()
  await tx.repos.audit.insert({
    actor,
    action: 'capture.requested',
    subject: `payment:${paymentId}`,
    facts: { amount: String(captured), currency: payment.currency },
    createdAt: now,
  })
  return tx.repos.payments.update(paymentId, { captureAmount: captured, updatedAt: now })
}
