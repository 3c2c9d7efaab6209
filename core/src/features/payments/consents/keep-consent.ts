import { newId } from '../../../kernel/index.ts'
import type { Payment } from '../payment.ts'
import type { PaymentsScope } from '../payments.scope.ts'
import type { GivenConsent } from './consent.ts'

/**
 * Writes down what the buyer agreed to: the price and period that they are being asked to pay, or
 * that what was quoted may be charged again whenever it is due.
 */
export async function keepConsent(
  tx: PaymentsScope,
  payment: Payment,
  given: GivenConsent | undefined,
): Promise<void> {
  const { plan, facts } = payment.product
  const renewals = tx.gateways.get(payment.gateway)?.capabilities.renewals
  if (!given || !(plan || facts) || renewals !== 'saved_method') return
  await tx.repos.consents.insert({
    id: newId(),
    userId: payment.userId,
    paymentId: payment.id,
    sessionId: given.sessionId,
    textVersion: given.textVersion,
    amount: payment.amount,
    currency: payment.currency,
    period: plan?.period ?? null,
    agreedAt: payment.createdAt,
  })
}
