import { addMs, type Clock } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { GatewayRegistry } from '../payment-gateway.ts'
import { ProviderRejected, ProviderUnavailable } from '../payments.errors.ts'
import type { PaymentsRepository } from '../payments.repository.ts'
import type { RefundsRepository } from '../refunds/refunds.repository.ts'
import { matchReceipt, nextLook, type Receipt } from './receipt.ts'
import type { ReceiptsRepository } from './receipts.repository.ts'
import type { ReceiptsService } from './receipts.service.ts'

/** All that the check of receipts may touch. */
export interface ReceiptsCheckScope extends Transactional<ReceiptsCheckScope> {
  readonly clock: Clock
  readonly repos: {
    readonly payments: Pick<PaymentsRepository, 'findById'>
    readonly receipts: ReceiptsRepository
    readonly refunds: Pick<RefundsRepository, 'findById'>
  }
  readonly gateways: GatewayRegistry
  readonly receipts: ReceiptsService
}

const BATCH = 20

/**
 * Looks after receipts that are not registered yet: asks how they stand, and repeats settlements
 * whose answer was lost.
 */
export class ReceiptsCheckService {
  readonly #scope: ReceiptsCheckScope

  constructor(scope: ReceiptsCheckScope) {
    this.#scope = scope
  }

  /**
   * Looks at up to 20 receipts that are due, and gives their number. What goes wrong with one of
   * them is thrown after all others have had their look.
   */
  async checkDue(): Promise<number> {
    const due = await this.#claim()
    let isAway = false
    const failures: unknown[] = []
    for (const receipt of due) {
      // A provider that does not answer is not asked about each of the others in turn.
      if (!isAway) {
        await this.#look(receipt).catch((error) => {
          if (error instanceof ProviderUnavailable) isAway = true
          else if (!(error instanceof ProviderRejected)) failures.push(error)
        })
      }
      await this.#scope.receipts.noteOverdue(receipt.id)
    }
    if (failures.length > 0) throw failures[0]
    return due.length
  }

  /** When the next look is due, or undefined. */
  findNextCheckAt(): Promise<Date | undefined> {
    return this.#scope.repos.receipts.findNextCheckAt()
  }

  /** Puts off the next look before looking, so that a crash in between only delays it. */
  async #claim(): Promise<Receipt[]> {
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const due = await tx.repos.receipts.lockDue(now, BATCH)
      for (const receipt of due) {
        await tx.repos.receipts.update(receipt.id, { nextCheckAt: nextLook(receipt, now) })
      }
      return due
    })
  }

  async #look(receipt: Receipt): Promise<void> {
    const { repos, gateways, receipts, clock } = this.#scope
    const payment = await repos.payments.findById(receipt.paymentId)
    const desk = payment && gateways.get(payment.gateway)?.receipts
    if (!desk || !payment.providerPaymentId) return
    const isUnanswered = receipt.kind === 'settlement' && receipt.providerReceiptId === null
    if (isUnanswered && clock.now() < addMs(receipt.createdAt, desk.keyTtlMs)) {
      await receipts.send(receipt, { isFirst: false })
      return
    }
    const refund = receipt.refundId ? await repos.refunds.findById(receipt.refundId) : undefined
    const found = matchReceipt(
      receipt,
      await desk.list({
        providerPaymentId: payment.providerPaymentId,
        providerRefundId: refund?.providerRefundId ?? undefined,
      }),
    )
    if (found) await receipts.apply(receipt.id, { status: found.status, found })
    else if (isUnanswered) {
      // The provider has forgotten the key, and its list does not have it: it may be asked anew.
      await receipts.apply(receipt.id, {
        status: 'rejected',
        rejection: 'never reached the provider',
      })
    }
  }
}
