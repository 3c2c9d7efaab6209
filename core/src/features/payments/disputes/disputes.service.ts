import { newId } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import { type Payment, paidStatus } from '../payment.ts'
import { DisputeMismatch, NotDisputable, PaymentNotFound } from '../payments.errors.ts'
import { paymentDisputed } from '../payments.events.ts'
import type { PaymentsScope } from '../payments.scope.ts'
import { disputeRefundId } from '../refunds/refund.ts'
import type { RefundsService } from '../refunds/refunds.service.ts'
import { lossTransfer } from '../settlement.ts'
import { type Dispute, type DisputeStatus, movesDispute } from './dispute.ts'
import type { DisputesRepository } from './disputes.repository.ts'

/** All that the disputes service may touch. */
export interface DisputesScope
  extends Omit<PaymentsScope, 'transaction' | 'repos'>,
    Transactional<DisputesScope> {
  readonly repos: PaymentsScope['repos'] & {
    readonly disputes: DisputesRepository
    readonly audit: AuditRepository
  }
  readonly refunds: Pick<RefundsService, 'apply'>
}

/** What a provider says of a dispute, or a person who had a letter from one. */
export interface DisputeReport {
  readonly paymentId: string
  /** The provider's name for it: the same reference is the same dispute. */
  readonly reference: string
  /** Minor units. [all of the payment] */
  readonly amount?: bigint | undefined
  readonly status: DisputeStatus
  readonly reason?: string | undefined
  readonly actor: string
}

/** Payments whose money a bank or an app store wants back. */
export class DisputesService {
  readonly #scope: DisputesScope

  constructor(scope: DisputesScope) {
    this.#scope = scope
  }

  /**
   * Takes in how a dispute stands. Idempotent by `reference`; a decided dispute stays decided.
   *
   * While one is open the payment is `disputed`: the buyer keeps the goods and nothing is refunded.
   * Won, the payment is what it was. Lost, its money is booked back and the goods are taken back, as
   * by a refund; what had been refunded before is lost twice and booked from the account `losses`.
   *
   * @throws {@link PaymentNotFound} {@link NotDisputable} {@link DisputeMismatch}
   * @example
   * await services.disputes.record({
   *   paymentId, reference: 'cb-1842', status: 'open', reason: 'fraud', actor: 'admin',
   * })
   */
  async record(report: DisputeReport): Promise<Dispute> {
    return this.#scope.transaction(async (tx) => {
      const { paymentId, reference, status, actor } = report
      const payment = await tx.repos.payments.findByIdWithLock(paymentId)
      if (!payment) throw new PaymentNotFound({ paymentId })
      if (!payment.paidAt) throw new NotDisputable({ paymentId, status: payment.status })
      const disputes = await tx.repos.disputes.listByPayment(paymentId)
      const known = disputes.find((dispute) => dispute.reference === reference)
      const amount = report.amount ?? known?.amount ?? payment.amount
      if (amount <= 0n || amount > payment.amount || (known && known.amount !== amount)) {
        throw new DisputeMismatch({ paymentId, reference })
      }
      if (known && !movesDispute(known.status, status)) return known
      const now = tx.clock.now()
      const reason = report.reason ?? known?.reason ?? null
      const dispute = known
        ? await tx.repos.disputes.update(known.id, { status, reason, updatedAt: now })
        : await tx.repos.disputes.insert({
            id: newId(),
            paymentId,
            reference,
            amount,
            status,
            reason,
            createdAt: now,
            updatedAt: now,
          })
      const others = disputes.filter(({ id }) => id !== dispute.id)
      const isDisputed = [...others, dispute].some((each) => each.status === 'open')
      if (status === 'lost') await this.#lose(tx, payment, dispute)
      await this.#restate(tx, paymentId, isDisputed)
      await tx.repos.outbox.add(
        paymentDisputed.create({
          occurredAt: now,
          subjectId: paymentId,
          userId: payment.userId,
          payload: {
            paymentId,
            disputeId: dispute.id,
            status,
            amount: String(amount),
            currency: payment.currency,
          },
        }),
      )
      await tx.repos.audit.insert({
        actor,
        action: `dispute.${status}`,
        subject: `payment:${paymentId}`,
        facts: { disputeId: dispute.id, reference, amount: String(amount) },
        createdAt: now,
      })
      return dispute
    })
  }

  /** Books what went back: from the payment as far as it reaches, the rest as a loss. */
  async #lose(tx: DisputesScope, payment: Payment, dispute: Dispute): Promise<void> {
    const left = payment.amount - payment.refundedAmount
    const isCovered = dispute.amount <= left
    const amount = isCovered ? dispute.amount : left
    if (amount > 0n) {
      await tx.refunds.apply({
        gateway: payment.gateway,
        providerPaymentId: payment.providerPaymentId ?? '',
        providerRefundId: disputeRefundId(dispute.reference),
        amount,
        currency: payment.currency,
        status: 'succeeded',
      })
    }
    const lost = dispute.amount - amount
    if (lost === 0n) return
    await tx.balance.transfer(lossTransfer(payment, { id: dispute.id, amount: lost }))
  }

  async #restate(tx: DisputesScope, paymentId: string, isDisputed: boolean): Promise<void> {
    const payment = await tx.repos.payments.findByIdWithLock(paymentId)
    if (!payment) throw new PaymentNotFound({ paymentId })
    const status = paidStatus(payment, isDisputed)
    if (status === payment.status) return
    await tx.repos.payments.update(paymentId, { status, updatedAt: tx.clock.now() })
  }
}
