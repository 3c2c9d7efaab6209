import {
  addMs,
  assert,
  type Clock,
  newId,
  type Page,
  type PageRequest,
} from '../../../kernel/index.ts'
import { assertNoTransaction, type Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import type { Payment } from '../payment.ts'
import type { GatewayRegistry } from '../payment-gateway.ts'
import { PaymentNotFound, ProviderRejected, ProviderUnavailable } from '../payments.errors.ts'
import type { PaymentsRepository } from '../payments.repository.ts'
import { isRefundOpen, type Refund } from '../refunds/refund.ts'
import type { RefundsRepository } from '../refunds/refunds.repository.ts'
import { type GivenContact, readContact } from './buyer-contact.ts'
import type { ContactsRepository } from './contacts.repository.ts'
import {
  FIRST_LOOK_MS,
  OVERDUE_MS,
  type Receipt,
  type ReceiptDraft,
  type ReceiptReport,
  type ReceiptStatus,
  receiptTransition,
} from './receipt.ts'
import { ContactRequired, NotSettleable } from './receipts.errors.ts'
import { receiptOverdue, receiptRejected } from './receipts.events.ts'
import type { ReceiptsRepository } from './receipts.repository.ts'

/** All that the receipts service may touch. */
export interface ReceiptsScope extends Transactional<ReceiptsScope> {
  readonly clock: Clock
  readonly repos: {
    readonly contacts: ContactsRepository
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly outbox: OutboxRepository
    readonly payments: Pick<PaymentsRepository, 'findById' | 'findByIdWithLock'>
    readonly receipts: ReceiptsRepository
    readonly refunds: Pick<RefundsRepository, 'listByPayment'>
  }
  readonly gateways: GatewayRegistry
}

/** Fiscal receipts (54-FZ): what goes to the provider with the money, and what became of it. */
export class ReceiptsService {
  readonly #scope: ReceiptsScope

  constructor(scope: ReceiptsScope) {
    this.#scope = scope
  }

  /**
   * Keeps where the buyer of a new payment gets the receipt, in the transaction that writes the
   * payment: what they gave, or else what they gave last time. Keeps nothing where the gateway
   * issues no receipts.
   *
   * @throws {@link ContactRequired} {@link ContactInvalid}
   */
  async keepContact(payment: Payment, given: GivenContact | undefined): Promise<void> {
    const kinds = contactKinds(this.#scope, payment)
    if (!kinds) return
    const { contacts } = this.#scope.repos
    const contact =
      readContact(given, kinds) ?? readContact(await contacts.findLatestOf(payment.userId), kinds)
    if (!contact) throw new ContactRequired({ field: fieldOf(kinds) })
    const { id, userId, createdAt } = payment
    await contacts.insert({ paymentId: id, userId, createdAt }, contact)
  }

  /**
   * Makes what a gateway sends along when this much of a payment moves; undefined where no receipt
   * is issued.
   *
   * @throws {@link ContactRequired} when the buyer's contact is not known, or not any more
   */
  async draft(payment: Payment, amount: bigint): Promise<ReceiptDraft | undefined> {
    const kinds = contactKinds(this.#scope, payment)
    const { tax } = payment.product
    if (!kinds || !tax) return undefined
    const { contacts } = this.#scope.repos
    const contact = await contacts.findByPayment(payment.originalPaymentId ?? payment.id)
    if (!contact) throw new ContactRequired({ field: fieldOf(kinds) })
    return { contact, money: { amount, currency: payment.currency }, tax }
  }

  /**
   * Makes what goes along with a refund. Of a whole refund the provider makes the receipt by itself,
   * out of the sale's; once a prepayment is settled that one would say the wrong thing.
   *
   * @throws {@link ContactRequired}
   */
  async draftRefund(payment: Payment, amount: bigint): Promise<ReceiptDraft | undefined> {
    const isSettled = await this.#scope.repos.receipts.findSettlement(payment.id)
    if (amount === payment.amount && !isSettled) return undefined
    const draft = await this.draft(payment, amount)
    return isSettled ? handedOver(draft) : draft
  }

  /** Begins to watch over the receipt of money that moved, in the transaction that books it. */
  async open(payment: Payment, refund?: Pick<Refund, 'id' | 'amount'>): Promise<void> {
    if (!contactKinds(this.#scope, payment) || !payment.product.tax) return
    await insert(this.#scope, payment, {
      kind: refund ? 'refund' : 'sale',
      refundId: refund?.id ?? null,
      amount: refund?.amount ?? payment.amount,
    })
  }

  /**
   * Issues the receipt that settles a prepayment, once the goods were handed over. Idempotent: a
   * settlement that stands is given again. A lost answer leaves it pending for the resolver; one
   * that the provider refuses is `rejected`, and may be asked for anew. The actor is whom the audit
   * names.
   *
   * Must not be called inside a transaction, as it calls the provider.
   *
   * @throws {@link PaymentNotFound} {@link NotSettleable} {@link ContactRequired}
   * @example
   * const { status } = await services.receipts.settle(order.paymentId)
   */
  async settle(paymentId: string, actor = 'system'): Promise<Receipt> {
    assertNoTransaction('receipts.settle')
    const { receipt, isNew } = await this.#scope.transaction(async (tx) => {
      const payment = await tx.repos.payments.findByIdWithLock(paymentId)
      if (!payment) throw new PaymentNotFound({ paymentId })
      const standing = await tx.repos.receipts.findSettlement(paymentId)
      if (standing) return { receipt: standing, isNew: false }
      const amount = await settleable(tx, payment)
      const settlement = { kind: 'settlement', refundId: null, amount } as const
      await tx.repos.audit.insert({
        actor,
        action: 'settlement.requested',
        subject: `payment:${paymentId}`,
        facts: { amount: String(amount), currency: payment.currency },
        createdAt: tx.clock.now(),
      })
      return { receipt: await insert(tx, payment, settlement), isNew: true }
    })
    if (!isNew) return receipt
    try {
      return await this.send(receipt, { isFirst: true })
    } catch (error) {
      if (error instanceof ProviderUnavailable) return receipt
      throw error
    }
  }

  /**
   * Puts a settlement to the provider, for the first time or again with the same key.
   *
   * @throws {@link ProviderUnavailable} {@link ContactRequired}
   */
  async send(receipt: Receipt, { isFirst }: { readonly isFirst: boolean }): Promise<Receipt> {
    const payment = await this.#scope.repos.payments.findById(receipt.paymentId)
    const desk = payment && this.#scope.gateways.get(payment.gateway)?.receipts
    const draft = payment && handedOver(await this.draft(payment, receipt.amount))
    assert(desk && draft && payment.providerPaymentId, 'A settlement has a payment that was paid')
    try {
      const { providerPaymentId } = payment
      return await this.apply(
        receipt.id,
        await desk.settle({ receiptId: receipt.id, providerPaymentId, draft }),
      )
    } catch (error) {
      if (!(error instanceof ProviderRejected)) throw error
      // A no to the second try says nothing about the first, whose answer was lost.
      if (!isFirst) return receipt
      const rejection = String(error.details['reason'])
      return this.apply(receipt.id, { status: 'rejected', rejection })
    }
  }

  /**
   * Takes in what the provider says of a receipt, whoever asked. Locks the receipt; a registration
   * ends once.
   */
  async apply(receiptId: string, report: ReceiptReport): Promise<Receipt> {
    return this.#scope.transaction(async (tx) => {
      const receipt = await tx.repos.receipts.getByIdWithLock(receiptId)
      const isEnd = receiptTransition(receipt.status, report.status) === 'apply'
      const isNews = report.found !== undefined && receipt.providerReceiptId === null
      if (!isEnd && !isNews) return receipt
      const status = isEnd ? report.status : receipt.status
      const { kind: _, amount: __, status: ___, ...found } = report.found ?? {}
      const rejection = status === 'rejected' ? (report.rejection ?? 'not registered') : null
      // Fiscal numbers are in the receipt itself: where only its end is known, one more look is due.
      const isKnown = report.found !== undefined || receipt.providerReceiptId !== null
      const isOver = status === 'rejected' || (status === 'registered' && isKnown)
      const moved = await tx.repos.receipts.update(receiptId, {
        ...found,
        status,
        rejection,
        nextCheckAt: isOver ? null : receipt.nextCheckAt,
        updatedAt: tx.clock.now(),
      })
      if (isEnd && rejection !== null) await tell(tx, moved, rejection)
      return moved
    })
  }

  /**
   * Takes in how the registration stands as the payment or refund itself shows it. Where a part may
   * have been captured it says nothing: it may mean the receipt of the whole, which was replaced.
   */
  async note(
    of: { readonly paymentId: string; readonly refundId?: string },
    status: ReceiptStatus | undefined,
  ): Promise<void> {
    if (!status || status === 'pending') return
    const { receipts, payments } = this.#scope.repos
    const receipt = (await receipts.listByPayment(of.paymentId)).find(({ kind, refundId }) =>
      of.refundId ? refundId === of.refundId : kind === 'sale',
    )
    const payment = await payments.findById(of.paymentId)
    const isReplaced = receipt?.kind === 'sale' && payment?.product.capture === 'manual'
    if (receipt && !isReplaced) await this.apply(receipt.id, { status })
  }

  /** Tells once that a registration takes longer than one does. */
  async noteOverdue(receiptId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const receipt = await tx.repos.receipts.getByIdWithLock(receiptId)
      const isOverdue = receipt.status === 'pending' && addMs(receipt.createdAt, OVERDUE_MS) <= now
      if (!isOverdue || receipt.overdueAt) return
      await tx.repos.receipts.update(receiptId, { overdueAt: now, updatedAt: now })
      await tell(tx, receipt)
    })
  }

  /** Receipts of a payment and of its refunds, oldest first. */
  listByPayment(paymentId: string): Promise<Receipt[]> {
    return this.#scope.repos.receipts.listByPayment(paymentId)
  }

  /** Receipts that a person has to see to: rejected ones, and those pending for days. */
  listInTrouble(request: PageRequest = {}): Promise<Page<Receipt>> {
    return this.#scope.repos.receipts.listInTrouble(request)
  }

  /** Forgets contacts that no receipt can need any more, and gives how many. */
  forgetContacts(): Promise<number> {
    return this.#scope.repos.contacts.removeOld(this.#scope.clock.now())
  }
}

/** What of a payment is to be settled. */
async function settleable(tx: ReceiptsScope, payment: Payment): Promise<bigint> {
  const { id: paymentId, status, product } = payment
  const isPaid = status === 'succeeded' || status === 'partially_refunded'
  if (!isPaid || product.tax?.mode !== 'full_prepayment' || !contactKinds(tx, payment)) {
    throw new NotSettleable({ paymentId, status })
  }
  const refunds = await tx.repos.refunds.listByPayment(paymentId)
  // Whether its money is part of the settlement is not known until the refund has ended.
  if (refunds.some((refund) => isRefundOpen(refund.status))) {
    throw new NotSettleable({ paymentId, status: 'being refunded' })
  }
  return payment.amount - payment.refundedAmount
}

function contactKinds(scope: ReceiptsScope, payment: Payment) {
  return scope.gateways.get(payment.gateway)?.capabilities.receipts?.contact
}

function fieldOf(kinds: 'email' | 'email_or_phone'): 'contact.email' | 'contact' {
  return kinds === 'email' ? 'contact.email' : 'contact'
}

/** What was prepaid is paid for, once it is handed over. */
function handedOver(draft: ReceiptDraft | undefined): ReceiptDraft | undefined {
  return draft && { ...draft, tax: { ...draft.tax, mode: 'full_payment' } }
}

async function insert(
  tx: ReceiptsScope,
  payment: Payment,
  values: Pick<Receipt, 'kind' | 'refundId' | 'amount'>,
): Promise<Receipt> {
  const now = tx.clock.now()
  return tx.repos.receipts.insert({
    ...values,
    id: newId(),
    paymentId: payment.id,
    currency: payment.currency,
    status: 'pending',
    nextCheckAt: addMs(now, FIRST_LOOK_MS),
    createdAt: now,
    updatedAt: now,
  })
}

/** Calls a person: the receipt was rejected, or is overdue. */
async function tell(tx: ReceiptsScope, receipt: Receipt, rejection?: string): Promise<void> {
  const { id: receiptId, kind, paymentId, refundId } = receipt
  const facts = { receiptId, kind, paymentId, refundId }
  const about = { occurredAt: tx.clock.now(), subjectId: paymentId }
  await tx.repos.outbox.add(
    rejection === undefined
      ? receiptOverdue.create({ ...about, payload: facts })
      : receiptRejected.create({ ...about, payload: { ...facts, rejection } }),
  )
}
