import { addMs, assert, newId } from '../../../kernel/index.ts'
import { assertNoTransaction, type Transactional } from '../../../platform/database/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import { applyReport, FIRST_CHECK_MS, nextCheck } from '../apply-report.ts'
import { type Payment, paidStatus } from '../payment.ts'
import { isKeyForgotten } from '../payment-gateway.ts'
import {
  NotRefundable,
  PartialRefundUnsupported,
  PaymentConflict,
  PaymentNotFound,
  ProviderRejected,
  ProviderUnavailable,
  RefundMismatch,
} from '../payments.errors.ts'
import { paymentRefunded } from '../payments.events.ts'
import type { PaymentsScope } from '../payments.scope.ts'
import { lossTransfer, settlementReversal } from '../settlement.ts'
import { isRefundOpen, isTooMuch, movesRefund, type Refund, type RefundReport } from './refund.ts'
import type { RefundsRepository } from './refunds.repository.ts'

/** All that the refunds service may touch. */
export interface RefundsScope
  extends Omit<PaymentsScope, 'transaction' | 'repos'>,
    Transactional<RefundsScope> {
  readonly repos: PaymentsScope['repos'] & {
    readonly refunds: RefundsRepository
    readonly audit: AuditRepository
  }
}

/** What a refund is asked with. */
export interface RequestRefund {
  /** Idempotency key: the same id gives the first refund again. */
  readonly id: string
  readonly paymentId: string
  /** Minor units. [all that is left] */
  readonly amount?: bigint | undefined
  readonly actor: string
}

/** Money back to buyers: asked for here, or reported by a provider. */
export class RefundsService {
  readonly #scope: RefundsScope

  constructor(scope: RefundsScope) {
    this.#scope = scope
  }

  /**
   * Gives money back and takes back what was sold. Idempotent by `id`; never more than was paid,
   * refunds under way included. A lost answer leaves the refund `unknown` for the resolver.
   *
   * Must not be called inside a transaction, as it calls the provider.
   *
   * @throws {@link PaymentNotFound} {@link NotRefundable} {@link PartialRefundUnsupported}
   * {@link PaymentConflict} {@link ContactRequired} {@link ProviderRejected}, or {@link GoodsUsed}
   * from the fulfilment
   */
  async request(request: RequestRefund): Promise<Refund> {
    assertNoTransaction('refunds.request')
    const refund = await this.#scope.transaction(async (tx) => {
      const first = await tx.repos.refunds.findById(request.id)
      if (first) return this.#replay(first, request)
      const payment = await tx.repos.payments.findByIdWithLock(request.paymentId)
      if (!payment) throw new PaymentNotFound({ paymentId: request.paymentId })
      const amount = await this.#refundable(tx, payment, request.amount)
      // Refused here rather than once the refund is on its way.
      await tx.receipts.draftRefund(payment, amount)
      const now = tx.clock.now()
      const inserted = await tx.repos.refunds.insert({
        id: request.id,
        paymentId: payment.id,
        amount,
        status: 'requested',
        actor: request.actor,
        createdAt: now,
        updatedAt: now,
        nextCheckAt: addMs(now, FIRST_CHECK_MS),
      })
      if (!inserted) {
        const parallel = await tx.repos.refunds.findById(request.id)
        assert(parallel, 'A refund whose id is taken is there')
        return this.#replay(parallel, request)
      }
      await tx.fulfilment(payment.product.kind).reserve(payment, { refundId: request.id, amount })
      await tx.repos.audit.insert({
        actor: request.actor,
        action: 'refund.requested',
        subject: `payment:${payment.id}`,
        facts: { refundId: request.id, amount: String(amount), currency: payment.currency },
        createdAt: now,
      })
      return inserted
    })
    return refund.status === 'requested' ? this.send(refund) : refund
  }

  /**
   * Puts a refund to the provider, for the first time or again with the same key; leaves it to the
   * resolver once the provider may have forgotten that.
   */
  async send(refund: Refund): Promise<Refund> {
    const { repos, gateways, receipts, clock } = this.#scope
    const payment = await repos.payments.findById(refund.paymentId)
    const gateway = payment && gateways.get(payment.gateway)
    assert(gateway && payment.providerPaymentId, 'A refund has a payment that was paid')
    if (isKeyForgotten(gateway, refund, clock.now())) return refund
    const user = await repos.users.findById(payment.userId)
    try {
      const snapshot = await gateway.refund({
        refundId: refund.id,
        providerPaymentId: payment.providerPaymentId,
        money: { amount: refund.amount, currency: payment.currency },
        payerTelegramId: user?.telegramId ?? null,
        receipt: await receipts.draftRefund(payment, refund.amount),
      })
      return await this.apply({
        gateway: gateway.name,
        providerPaymentId: payment.providerPaymentId,
        refundId: refund.id,
        amount: refund.amount,
        currency: payment.currency,
        ...snapshot,
      })
    } catch (error) {
      if (error instanceof ProviderUnavailable) return this.#end(refund, 'unknown', null)
      if (error instanceof ProviderRejected) {
        // A no to the second try says nothing about the first, whose answer was lost.
        if (refund.status === 'unknown') return refund
        await this.fail(refund, String(error.details['reason']))
      }
      throw error
    }
  }

  /**
   * Takes in what a provider reports of a refund, whoever asked for it.
   *
   * Locks the payment; a refund succeeds once, and then reverses ledger and goods in the same
   * transaction. A payment that was not heard of before is taken in first, so that what it bought is
   * never there to be used.
   *
   * @throws {@link PaymentNotFound} when the provider's payment is none of ours
   * {@link RefundMismatch} when payment, amount or currency do not fit
   */
  async apply(report: RefundReport): Promise<Refund> {
    return this.#scope.transaction(async (tx) => {
      const { gateway, providerPaymentId } = report
      const refuse = (problem: string): never => {
        throw new RefundMismatch({ providerPaymentId, problem })
      }
      const find = () => tx.repos.payments.findByProviderId(gateway, providerPaymentId)
      let found = await find()
      if (!found?.paidAt && report.payment) {
        const taken = await applyReport(tx, report.payment)
        if (taken.outcome === 'refused') refuse(taken.problem)
        found = await find()
      }
      const payment = found && (await tx.repos.payments.findByIdWithLock(found.id))
      if (!payment) throw new PaymentNotFound({ paymentId: providerPaymentId })
      if (!payment.paidAt) refuse('the payment was not paid')
      if (payment.currency !== report.currency) refuse(`it is in ${report.currency}`)
      const refund = await this.#match(tx, payment, report)
      if (refund.amount !== report.amount) refuse('it has another amount than was asked for')
      if (!movesRefund(refund.status, report.status)) return refund
      if (
        report.status === 'succeeded' &&
        isTooMuch(payment, refund, await tx.repos.refunds.listByPayment(payment.id))
      ) {
        refuse('it is more than was paid')
      }
      const now = tx.clock.now()
      const { status, providerRefundId, failureReason } = report
      const isSettled = status !== 'pending'
      const moved = await tx.repos.refunds.update(refund.id, {
        status,
        providerRefundId,
        failureReason: failureReason ?? null,
        nextCheckAt: isSettled ? null : nextCheck(refund, now),
        updatedAt: now,
      })
      if (status === 'succeeded') await this.#settle(tx, payment, moved)
      if (status === 'failed') await release(tx, payment, moved)
      return moved
    })
  }

  /** Ends a refund that will not be made; does nothing to one that is settled. */
  fail(refund: Refund, reason: string): Promise<Refund> {
    return this.#end(refund, 'failed', reason)
  }

  async #settle(tx: RefundsScope, payment: Payment, refund: Refund): Promise<void> {
    const now = tx.clock.now()
    const left = payment.amount - payment.refundedAmount
    // A dispute that was lost meanwhile has taken it too.
    const lost = refund.amount > left ? refund.amount - left : 0n
    const amount = refund.amount - lost
    const refundedAmount = payment.refundedAmount + amount
    await tx.repos.payments.update(payment.id, {
      refundedAmount,
      status: paidStatus({ ...payment, refundedAmount }, payment.status === 'disputed'),
      updatedAt: now,
    })
    if (amount > 0n) {
      await tx.balance.reverse(settlementReversal(payment, { id: refund.id, amount }))
      await tx
        .fulfilment(payment.product.kind)
        .reverse(payment, { refundId: refund.id, amount, refundedAmount })
    } else await release(tx, payment, refund)
    if (lost > 0n) await tx.balance.transfer(lossTransfer(payment, { id: refund.id, amount: lost }))
    await tx.receipts.open(payment, refund)
    await tx.repos.outbox.add(
      paymentRefunded.create({
        occurredAt: now,
        subjectId: payment.id,
        userId: payment.userId,
        payload: {
          paymentId: payment.id,
          productId: payment.productId,
          gateway: payment.gateway,
          amount: String(refund.amount),
          currency: payment.currency,
          refundId: refund.id,
          refundedAmount: String(refundedAmount),
        },
      }),
    )
    await tx.repos.audit.insert({
      actor: refund.actor,
      action: 'refund.succeeded',
      subject: `payment:${payment.id}`,
      facts: { refundId: refund.id, amount: String(refund.amount), currency: payment.currency },
      createdAt: now,
    })
  }

  /** Finds the refund that a report is about; one that nobody here asked for is written down. */
  async #match(tx: RefundsScope, payment: Payment, report: RefundReport): Promise<Refund> {
    const refunds = await tx.repos.refunds.listByPayment(payment.id)
    const found =
      refunds.find((refund) => refund.providerRefundId === report.providerRefundId) ??
      refunds.find(({ id, providerRefundId }) => id === report.refundId && !providerRefundId) ??
      // Stars name no refund: the one that is open and of this amount is meant.
      (report.providerRefundId === report.providerPaymentId
        ? refunds.find((refund) => isRefundOpen(refund.status) && refund.amount === report.amount)
        : undefined)
    if (found) return found
    const now = tx.clock.now()
    const inserted = await tx.repos.refunds.insert({
      id: newId(),
      paymentId: payment.id,
      amount: report.amount,
      status: 'requested',
      actor: 'provider',
      createdAt: now,
      updatedAt: now,
    })
    assert(inserted, 'A new id is free')
    return inserted
  }

  async #refundable(tx: RefundsScope, payment: Payment, wanted?: bigint): Promise<bigint> {
    const refunds = await tx.repos.refunds.listByPayment(payment.id)
    const underWay = refunds
      .filter((refund) => isRefundOpen(refund.status))
      .reduce((sum, refund) => sum + refund.amount, 0n)
    const isPaid = payment.status === 'succeeded' || payment.status === 'partially_refunded'
    const refundable = isPaid ? payment.amount - payment.refundedAmount - underWay : 0n
    const amount = wanted ?? refundable
    if (amount <= 0n || amount > refundable) {
      throw new NotRefundable({
        paymentId: payment.id,
        status: payment.status,
        refundable: String(refundable),
      })
    }
    const gateway = tx.gateways.get(payment.gateway)
    assert(gateway, `The gateway ${payment.gateway} is set up`)
    if (amount !== payment.amount && !gateway.capabilities.partialRefund) {
      throw new PartialRefundUnsupported({ gateway: gateway.name })
    }
    return amount
  }

  #replay(first: Refund, request: RequestRefund): Refund {
    const isSame =
      first.paymentId === request.paymentId &&
      (request.amount === undefined || request.amount === first.amount)
    if (!isSame) throw new PaymentConflict({ paymentId: request.paymentId })
    return first
  }

  async #end(refund: Refund, status: 'unknown' | 'failed', reason: string | null): Promise<Refund> {
    return this.#scope.transaction(async (tx) => {
      const payment = await tx.repos.payments.findByIdWithLock(refund.paymentId)
      const current = await tx.repos.refunds.findById(refund.id)
      if (!payment || !current || !movesRefund(current.status, status)) return current ?? refund
      if (status === 'failed') await release(tx, payment, current)
      const now = tx.clock.now()
      return tx.repos.refunds.update(refund.id, {
        status,
        failureReason: reason,
        nextCheckAt: status === 'unknown' ? nextCheck(refund, now) : null,
        updatedAt: now,
      })
    })
  }
}

/** Lets the buyer use again what a refund would have taken back. */
function release(tx: RefundsScope, payment: Payment, { id, amount }: Refund): Promise<void> {
  return tx.fulfilment(payment.product.kind).release(payment, { refundId: id, amount })
}
