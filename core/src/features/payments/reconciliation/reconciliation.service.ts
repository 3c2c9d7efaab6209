import { addMs, type Clock, isAppError } from '../../../kernel/index.ts'
import { assertNoTransaction, type Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import type { PaymentSnapshot } from '../payment.ts'
import type { GatewayRegistry, PaymentGateway } from '../payment-gateway.ts'
import { ProviderUnavailable } from '../payments.errors.ts'
import { paymentDiffers } from '../payments.events.ts'
import type { PaymentsRepository } from '../payments.repository.ts'
import type { PaymentsService } from '../payments.service.ts'
import type { RefundReport } from '../refunds/refund.ts'
import type { RefundsRepository } from '../refunds/refunds.repository.ts'
import type { RefundsService } from '../refunds/refunds.service.ts'
import type { InBooks } from './in-books.ts'
import type { Finding, ReconciliationRepository } from './reconciliation.repository.ts'
import type { BookEntry, ReconciledEntry, Reconciliation } from './reconciliation.ts'

/** All that the reconciliation may touch. */
export interface ReconciliationScope extends Transactional<ReconciliationScope> {
  readonly clock: Clock
  readonly repos: {
    readonly payments: PaymentsRepository
    readonly refunds: RefundsRepository
    readonly reconciliation: ReconciliationRepository
    readonly outbox: OutboxRepository
    readonly audit: AuditRepository
  }
  readonly gateways: GatewayRegistry
  readonly payments: PaymentsService
  readonly refunds: RefundsService
}

/** Younger lines are left alone: their webhook is on its way. */
const SETTLED_MS = 10 * 60_000

/** How far two clocks may differ before a payment of ours counts as missing in the books. */
const SKEW_MS = 10 * 60_000

/** Time between two comparisons of a gateway. */
const EVERY_MS = 3_600_000

/** Pages of one run; the next run goes on from there. */
const PAGES_MAX = 1_000

/**
 * Compares the books of providers with ours, in both directions: takes in what never reached us (a
 * webhook that was given up, an update that was too old when we came back), and names what we have
 * and the provider does not, or has with another amount.
 */
export class ReconciliationService {
  readonly #scope: ReconciliationScope

  constructor(scope: ReconciliationScope) {
    this.#scope = scope
  }

  /**
   * Compares every gateway that shows its books, or one, from where the last run ended. Calls providers, so
   * never inside a transaction; repeating it, or running it twice at once, is harmless. The actor is
   * whom the audit names.
   *
   * @throws {@link ProviderUnavailable} {@link ProviderRejected}
   */
  async reconcile(only?: string, actor = 'system'): Promise<Reconciliation[]> {
    assertNoTransaction('reconciliation.reconcile')
    const found: Reconciliation[] = []
    for (const gateway of this.#scope.gateways.values()) {
      if (!gateway.readBooks || (only !== undefined && only !== gateway.name)) continue
      await this.#scope.repos.audit.insert({
        actor,
        action: 'reconciliation.requested',
        subject: `gateway:${gateway.name}`,
        facts: {},
        createdAt: this.#scope.clock.now(),
      })
      found.push(await this.#reconcile(gateway.name, gateway.readBooks))
    }
    return found
  }

  /**
   * Compares the gateways that were not compared for an hour. A provider that is away is left for
   * the next time; what else goes wrong with one is thrown after all others had their turn.
   */
  async reconcileDue(): Promise<void> {
    const failures: unknown[] = []
    for (const gateway of this.#scope.gateways.values()) {
      if (!gateway.readBooks) continue
      const last = await this.#scope.repos.reconciliation.find(gateway.name)
      if (last && addMs(last.updatedAt, EVERY_MS) > this.#scope.clock.now()) continue
      await this.#reconcile(gateway.name, gateway.readBooks).catch((error) => {
        if (!(error instanceof ProviderUnavailable)) failures.push(error)
      })
    }
    if (failures.length > 0) throw failures[0]
  }

  async #reconcile(
    gateway: string,
    readBooks: NonNullable<PaymentGateway['readBooks']>,
  ): Promise<Reconciliation> {
    const { repos, clock } = this.#scope
    const until = addMs(clock.now(), -SETTLED_MS)
    const since = (await repos.payments.findFirstCreatedAt(gateway)) ?? until
    let cursor = (await repos.reconciliation.find(gateway))?.cursor
    let checked = 0
    const news: ReconciledEntry[] = []
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const page = await readBooks({ cursor, since, until })
      for (const entry of page.entries) {
        checked += 1
        const result = await this.#compare(entry)
        if (result) news.push(result)
      }
      cursor = page.cursor
      await repos.reconciliation.upsert(gateway, cursor, clock.now())
      if (!page.isLast) continue
      await this.#announceMissing(gateway, addMs(until, -SKEW_MS))
      break
    }
    const strangers = news.filter(({ problem, paymentId }) => problem !== null && !paymentId)
    return {
      gateway,
      checked,
      repaired: news.filter(({ problem }) => problem === null),
      differences: [...(await this.#listDifferences(gateway)), ...strangers],
    }
  }

  /** Takes a line in; undefined when we had it. */
  async #compare(entry: BookEntry): Promise<ReconciledEntry | undefined> {
    if (entry.kind === 'payment') return this.#comparePayment(entry.report)
    if (entry.kind === 'refund') return this.#compareRefund(entry.report)
    const { of: kind, providerPaymentId, problem } = entry
    return this.#record({ kind, providerPaymentId, paymentId: null, problem })
  }

  async #comparePayment(line: PaymentSnapshot): Promise<ReconciledEntry | undefined> {
    const { payments } = this.#scope.repos
    const { gateway, providerPaymentId, money } = line
    const known = await payments.findByProviderId(gateway, providerPaymentId)
    const about = { kind: 'payment' as const, providerPaymentId }
    if (known?.paidAt) {
      const isSame = known.amount === money.amount && known.currency === money.currency
      if (known.inBooks === 'same' && isSame) return undefined
      const inBooks = isSame ? 'same' : 'different'
      await this.#markPayment(known.id, inBooks)
      if (isSame) return undefined
      return this.#record({ ...about, paymentId: known.id, problem: OTHER_AMOUNT })
    }
    const applied = await this.#scope.payments.apply(line)
    if (applied.outcome === 'ignored') return undefined
    if (applied.outcome === 'refused') {
      return this.#record({ ...about, paymentId: null, problem: applied.problem })
    }
    await this.#markPayment(applied.payment.id, 'same')
    return this.#record({ ...about, paymentId: applied.payment.id, problem: null })
  }

  async #compareRefund(line: RefundReport): Promise<ReconciledEntry | undefined> {
    const { payments, refunds } = this.#scope.repos
    const { gateway, providerPaymentId, providerRefundId } = line
    const payment = await payments.findByProviderId(gateway, providerPaymentId)
    // Payments come before their refunds: one that is not known here was refused, or is not ours.
    if (!payment) return undefined
    const about = { kind: 'refund' as const, providerPaymentId, paymentId: payment.id }
    const known = (await refunds.listByPayment(payment.id)).find(
      (refund) => refund.providerRefundId === providerRefundId && refund.status === 'succeeded',
    )
    if (known) {
      const isSame = known.amount === line.amount
      if (known.inBooks === 'same' && isSame) return undefined
      await this.#markRefund(known.id, isSame ? 'same' : 'different')
      return isSame ? undefined : this.#record({ ...about, problem: OTHER_AMOUNT })
    }
    try {
      const applied = await this.#scope.refunds.apply(line)
      if (applied.status === 'succeeded') await this.#markRefund(applied.id, 'same')
      return this.#record({ ...about, problem: null })
    } catch (error) {
      if (!isAppError(error)) throw error
      return this.#record({ ...about, paymentId: null, problem: error.message })
    }
  }

  /** Names what we took for paid or refunded and the books, read beyond that time, do not have. */
  async #announceMissing(gateway: string, before: Date): Promise<void> {
    const missing = await this.#scope.transaction((tx) =>
      tx.repos.reconciliation.markMissing(gateway, before),
    )
    for (const finding of missing) await this.#record(describe(finding))
  }

  async #listDifferences(gateway: string): Promise<ReconciledEntry[]> {
    return (await this.#scope.repos.reconciliation.listDifferences(gateway)).map(describe)
  }

  #markPayment(id: string, inBooks: InBooks): Promise<void> {
    return this.#scope.repos.payments.markInBooks(id, inBooks)
  }

  #markRefund(id: string, inBooks: InBooks): Promise<void> {
    return this.#scope.repos.refunds.markInBooks(id, inBooks)
  }

  /** Keeps what was found, and calls a person where it does not fit. */
  async #record(entry: ReconciledEntry): Promise<ReconciledEntry> {
    return this.#scope.transaction(async (tx) => {
      const { kind, providerPaymentId, paymentId, problem } = entry
      const now = tx.clock.now()
      await tx.repos.audit.insert({
        actor: 'system',
        action: problem === null ? 'payment.reconciled' : 'payment.differs',
        subject: `payment:${paymentId ?? providerPaymentId}`,
        facts: { kind, providerPaymentId, ...(problem === null ? {} : { problem }) },
        createdAt: now,
      })
      if (problem !== null) {
        const subjectId = paymentId ?? providerPaymentId
        await tx.repos.outbox.add(
          paymentDiffers.create({ occurredAt: now, subjectId, payload: { ...entry, problem } }),
        )
      }
      return entry
    })
  }
}

const OTHER_AMOUNT = 'the provider’s books have another amount'
const MISSING = 'the provider’s books do not have it'

function describe({ inBooks, ...about }: Finding): ReconciledEntry {
  return { ...about, problem: inBooks === 'missing' ? MISSING : OTHER_AMOUNT }
}
