import { addMs, type Clock, isAppError } from '../../../kernel/index.ts'
import { assertNoTransaction, type Transactional } from '../../../platform/database/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import type { GatewayRegistry, PaymentGateway } from '../payment-gateway.ts'
import { ProviderRejected, ProviderUnavailable } from '../payments.errors.ts'
import type { PaymentsRepository } from '../payments.repository.ts'
import type { PaymentsService } from '../payments.service.ts'
import type { RefundsRepository } from '../refunds/refunds.repository.ts'
import type { RefundsService } from '../refunds/refunds.service.ts'
import type { ReconciliationRepository } from './reconciliation.repository.ts'
import type { BookEntry, ReconciledEntry, Reconciliation } from './reconciliation.ts'

/** All that the reconciliation may touch. */
export interface ReconciliationScope extends Transactional<ReconciliationScope> {
  readonly clock: Clock
  readonly repos: {
    readonly payments: PaymentsRepository
    readonly refunds: RefundsRepository
    readonly reconciliation: ReconciliationRepository
    readonly audit: AuditRepository
  }
  readonly gateways: GatewayRegistry
  readonly payments: PaymentsService
  readonly refunds: RefundsService
}

/** Younger lines are left alone: their webhook is on its way. */
const SETTLED_MS = 10 * 60_000

/** Time between two comparisons of a gateway. */
const EVERY_MS = 3_600_000

/** Pages of one run; the next run goes on from there. */
const PAGES_MAX = 1_000

/**
 * Compares the books of providers with ours, line after line, and takes in what never reached us:
 * a webhook that was given up, an update that was too old when we came back.
 */
export class ReconciliationService {
  readonly #scope: ReconciliationScope

  constructor(scope: ReconciliationScope) {
    this.#scope = scope
  }

  /**
   * Compares every gateway that shows its books, from where the last run ended. Calls providers, so
   * never inside a transaction; repeating it, or running it twice at once, is harmless.
   *
   * @throws {@link ProviderUnavailable} {@link ProviderRejected}
   */
  async reconcile(): Promise<Reconciliation[]> {
    assertNoTransaction('reconciliation.reconcile')
    const found: Reconciliation[] = []
    for (const gateway of this.#scope.gateways.values()) {
      if (gateway.readBooks) found.push(await this.#reconcile(gateway, gateway.readBooks))
    }
    return found
  }

  /**
   * Compares the gateways that were not compared for an hour. A provider that is away is left for
   * the next time.
   */
  async reconcileDue(): Promise<void> {
    for (const gateway of this.#scope.gateways.values()) {
      if (!gateway.readBooks) continue
      const last = await this.#scope.repos.reconciliation.find(gateway.name)
      if (last && addMs(last.updatedAt, EVERY_MS) > this.#scope.clock.now()) continue
      await this.#reconcile(gateway, gateway.readBooks).catch((error) => {
        if (!(error instanceof ProviderUnavailable || error instanceof ProviderRejected))
          throw error
      })
    }
  }

  async #reconcile(
    { name }: PaymentGateway,
    readBooks: NonNullable<PaymentGateway['readBooks']>,
  ): Promise<Reconciliation> {
    const { repos, clock } = this.#scope
    const until = addMs(clock.now(), -SETTLED_MS)
    const results: { entry: BookEntry; result: ReconciledEntry | undefined }[] = []
    let cursor = (await repos.reconciliation.find(name))?.cursor
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const page = await readBooks(cursor)
      const settled = page.entries.filter(({ at }) => at <= until)
      for (const entry of settled) results.push({ entry, result: await this.#settle(entry) })
      const isRest = settled.length < page.entries.length
      cursor = isRest ? (settled.at(-1)?.cursor ?? cursor) : page.cursor
      if (cursor !== undefined) await repos.reconciliation.upsert(name, cursor, clock.now())
      if (isRest || page.lines === 0) break
    }
    const news = results.flatMap(({ result }) => result ?? [])
    return {
      gateway: name,
      checked: results.length,
      repaired: news.filter(({ problem }) => problem === null),
      differences: news.filter(({ problem }) => problem !== null),
    }
  }

  /** Takes a line in; undefined when we had it. */
  async #settle(entry: BookEntry): Promise<ReconciledEntry | undefined> {
    const result = entry.payment
      ? await this.#settlePayment(entry.payment)
      : await this.#settleRefund(entry.refund)
    if (result) {
      await this.#scope.repos.audit.insert({
        actor: 'system',
        action: result.problem === null ? 'payment.reconciled' : 'payment.differs',
        subject: `payment:${result.paymentId ?? result.providerPaymentId}`,
        facts: {
          kind: result.kind,
          providerPaymentId: result.providerPaymentId,
          ...(result.problem === null ? {} : { problem: result.problem }),
        },
        createdAt: this.#scope.clock.now(),
      })
    }
    return result
  }

  async #settlePayment(
    payment: NonNullable<BookEntry['payment']>,
  ): Promise<ReconciledEntry | undefined> {
    const { gateway, providerPaymentId } = payment
    const known = await this.#scope.repos.payments.findByProviderId(gateway, providerPaymentId)
    if (known?.paidAt) return undefined
    const applied = await this.#scope.payments.apply(payment)
    if (applied.outcome === 'ignored') return undefined
    const about = { kind: 'payment' as const, providerPaymentId }
    return applied.outcome === 'refused'
      ? { ...about, paymentId: null, problem: applied.problem }
      : { ...about, paymentId: applied.payment.id, problem: null }
  }

  async #settleRefund(
    refund: NonNullable<BookEntry['refund']>,
  ): Promise<ReconciledEntry | undefined> {
    const { payments, refunds } = this.#scope.repos
    const { gateway, providerPaymentId } = refund
    const payment = await payments.findByProviderId(gateway, providerPaymentId)
    const about = { kind: 'refund' as const, providerPaymentId, paymentId: payment?.id ?? null }
    if (!payment) return { ...about, problem: 'there is no such payment' }
    const known = (await refunds.listByPayment(payment.id)).find(
      ({ providerRefundId, status }) =>
        providerRefundId === refund.providerRefundId && status === 'succeeded',
    )
    if (known) return undefined
    try {
      await this.#scope.refunds.apply(refund)
      return { ...about, problem: null }
    } catch (error) {
      if (!isAppError(error)) throw error
      return { ...about, problem: error.message }
    }
  }
}
