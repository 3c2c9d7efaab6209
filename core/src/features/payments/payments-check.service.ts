import { addMs, assert, type Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import { nextCheck } from './apply-report.ts'
import { isOpen, type Payment } from './payment.ts'
import {
  type GatewayRegistry,
  isKeyForgotten,
  type LookUp,
  type PaymentGateway,
} from './payment-gateway.ts'
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

const NEVER_MADE = 'the provider never got the call'

/**
 * Looks after payments and refunds that are open: asks providers how they stand, repeats questions
 * whose answer was lost, and ends what nobody paid in time.
 */
export class PaymentsCheckService {
  readonly #scope: PaymentsCheckScope

  constructor(scope: PaymentsCheckScope) {
    this.#scope = scope
  }

  /**
   * Looks at up to 20 payments and 20 refunds that are due, and gives their number. What goes wrong
   * with one of them is thrown after all others have had their look.
   */
  async checkDue(): Promise<number> {
    const { payments, refunds } = await this.#claim()
    const away = new Set<string>()
    const failures: unknown[] = []
    const look = async ({ gateway }: Payment, work: () => Promise<void>): Promise<void> => {
      // A provider that does not answer is not asked about each of the others in turn.
      if (away.has(gateway)) return
      await work().catch((error) => {
        if (error instanceof ProviderUnavailable) away.add(gateway)
        else if (!(error instanceof ProviderRejected)) failures.push(error)
      })
    }
    for (const payment of payments) await look(payment, () => this.#checkPayment(payment))
    for (const refund of refunds) {
      const payment = await this.#scope.payments.getById(refund.paymentId)
      await look(payment, () => this.#checkRefund(refund, payment))
    }
    if (failures.length > 0) throw failures[0]
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
      else await this.#closeOverdue(payment, gateway)
      return
    }
    if (payment.status !== 'created' && payment.status !== 'unknown') {
      await this.#closeOverdue(payment, gateway)
      return
    }
    if (gateway.lookUp && isKeyForgotten(gateway, payment, clock.now())) {
      await this.#lookUpPayment(payment, gateway.lookUp)
      return
    }
    const { status } = await (payment.savedMethodId
      ? payments.chargeSavedMethod(payment)
      : payments.offer(payment))
    if (status !== 'unknown') return
    throw new ProviderUnavailable({ gateway: gateway.name, reason: 'no answer' })
  }

  /**
   * Settles a payment whose answer was lost for so long that the provider has forgotten the key:
   * asking it again could charge again, so it is looked for. Until the provider says that it has
   * none, the payment stays open and nothing else is charged in its place.
   */
  async #lookUpPayment({ id, createdAt }: Payment, lookUp: LookUp): Promise<void> {
    const { payments } = this.#scope
    const snapshot = await lookUp.payment({ paymentId: id, createdAt })
    if (snapshot) await payments.apply(snapshot)
    else await payments.close(id, 'failed', NEVER_MADE)
  }

  /** Ends a payment that its provider lets nobody pay any more. */
  async #closeOverdue(payment: Payment, gateway: PaymentGateway): Promise<void> {
    const { payments, clock } = this.#scope
    if (clock.now() < addMs(payment.createdAt, gateway.capabilities.paymentTtlMs)) return
    await payments.close(payment.id, 'expired', 'not paid in time')
  }

  async #checkRefund(refund: Refund, payment: Payment): Promise<void> {
    const { refunds, gateways, clock } = this.#scope
    const gateway = gateways.get(payment.gateway)
    if (!gateway) return
    if (refund.providerRefundId && gateway.fetchRefund) {
      const report = await gateway.fetchRefund(refund.providerRefundId)
      if (report) await refunds.apply(report)
    } else if (gateway.lookUp && isKeyForgotten(gateway, refund, clock.now())) {
      await this.#lookUpRefund(refund, payment, gateway.lookUp)
    } else {
      await refunds.send(refund)
    }
  }

  /** The same for a refund. */
  async #lookUpRefund(refund: Refund, payment: Payment, lookUp: LookUp): Promise<void> {
    const { id: refundId, createdAt } = refund
    const { providerPaymentId } = payment
    assert(providerPaymentId, 'A refund has a payment that was paid')
    const report = await lookUp.refund({ refundId, providerPaymentId, createdAt })
    if (report) await this.#scope.refunds.apply(report)
    else await this.#scope.refunds.fail(refund, NEVER_MADE)
  }
}
