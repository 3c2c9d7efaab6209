import { addMs, type Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import { nextCheck } from './apply-report.ts'
import { isOpen, type Payment } from './payment.ts'
import type { GatewayRegistry, PaymentGateway } from './payment-gateway.ts'
import { ProviderRejected, ProviderUnavailable } from './payments.errors.ts'
import type { PaymentsRepository } from './payments.repository.ts'
import type { PaymentsService } from './payments.service.ts'
import type { Refund } from './refunds/refund.ts'
import type { RefundsRepository } from './refunds/refunds.repository.ts'
import type { RefundsService } from './refunds/refunds.service.ts'

/** All that the check of open payments may touch. */
export interface PaymentsCheckScope extends Transactional<PaymentsCheckScope> {
  readonly clock: Clock
  readonly repos: {
    readonly payments: PaymentsRepository
    readonly refunds: RefundsRepository
  }
  readonly gateways: GatewayRegistry
  readonly payments: PaymentsService
  readonly refunds: RefundsService
}

const BATCH = 20

/**
 * Looks after payments and refunds that are open: asks providers how they stand, repeats questions
 * whose answer was lost, and ends what nobody paid in time.
 */
export class PaymentsCheckService {
  readonly #scope: PaymentsCheckScope

  constructor(scope: PaymentsCheckScope) {
    this.#scope = scope
  }

  /** Looks at up to 20 payments and 20 refunds that are due, and gives their number. */
  async checkDue(): Promise<number> {
    const { payments, refunds } = await this.#claim()
    for (const payment of payments) await tolerateOutage(this.#checkPayment(payment))
    for (const refund of refunds) await tolerateOutage(this.#checkRefund(refund))
    return payments.length + refunds.length
  }

  /** When the next look is due, or undefined. */
  async findNextCheckAt(): Promise<Date | undefined> {
    const { repos } = this.#scope
    const found = await Promise.all([
      repos.payments.findNextCheckAt(),
      repos.refunds.findNextCheckAt(),
    ])
    return found
      .filter((at) => at !== undefined)
      .sort((left, right) => left.getTime() - right.getTime())[0]
  }

  /** Puts off the next look before looking, so that a crash in between only delays it. */
  async #claim(): Promise<{ payments: Payment[]; refunds: Refund[] }> {
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const payments = await tx.repos.payments.lockDue(now, BATCH)
      for (const payment of payments) {
        await tx.repos.payments.update(payment.id, {
          nextCheckAt: isOpen(payment.status) ? nextCheck(payment, now) : null,
          updatedAt: payment.updatedAt,
        })
      }
      const refunds = await tx.repos.refunds.lockDue(now, BATCH)
      for (const refund of refunds) {
        await tx.repos.refunds.update(refund.id, {
          nextCheckAt: nextCheck(refund, now),
          updatedAt: refund.updatedAt,
        })
      }
      return { payments, refunds }
    })
  }

  async #checkPayment(payment: Payment): Promise<void> {
    if (!isOpen(payment.status)) return
    const { payments, gateways, clock } = this.#scope
    const gateway = gateways.get(payment.gateway)
    if (!gateway) return
    if (payment.providerPaymentId && gateway.fetch) {
      const snapshot = await gateway.fetch(payment.providerPaymentId)
      if (snapshot) await payments.apply(snapshot)
      return
    }
    const isUnanswered = payment.status === 'created' || payment.status === 'unknown'
    if (isUnanswered && clock.now() < idempotencyEnd(payment, gateway)) {
      await (payment.savedMethodId && payment.subscriptionId
        ? payments.chargeSavedMethod(payment)
        : payments.offer(payment))
      return
    }
    if (isUnanswered) {
      // Repeating an old key would be a new charge; what still arrives becomes a linked payment.
      await payments.close(payment.id, 'failed', 'no answer from the provider')
    } else if (clock.now() >= addMs(payment.createdAt, gateway.capabilities.paymentTtlMs)) {
      await payments.close(payment.id, 'expired', 'not paid in time')
    }
  }

  async #checkRefund(refund: Refund): Promise<void> {
    const { refunds, repos, gateways, clock } = this.#scope
    const payment = await repos.payments.findById(refund.paymentId)
    const gateway = payment && gateways.get(payment.gateway)
    if (!gateway) return
    if (refund.providerRefundId && gateway.fetchRefund) {
      const report = await gateway.fetchRefund(refund.providerRefundId)
      if (report) await refunds.apply(report)
    } else if (clock.now() < idempotencyEnd(refund, gateway)) {
      await refunds.send(refund)
    }
  }
}

function idempotencyEnd(of: Pick<Payment, 'createdAt'>, gateway: PaymentGateway): Date {
  return addMs(of.createdAt, gateway.capabilities.idempotencyTtlMs)
}

/** A provider that is down or says no has been written down already; the next row is looked at. */
async function tolerateOutage(look: Promise<unknown>): Promise<void> {
  try {
    await look
  } catch (error) {
    if (!(error instanceof ProviderUnavailable || error instanceof ProviderRejected)) throw error
  }
}
