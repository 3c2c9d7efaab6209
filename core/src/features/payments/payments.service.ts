import {
  addMs,
  assert,
  type Currency,
  type Money,
  newId,
  type Page,
  type PageRequest,
} from '../../kernel/index.ts'
import { assertNoTransaction } from '../../platform/database/index.ts'
import {
  type ApplyOutcome,
  applyReport,
  closeOpen,
  FIRST_CHECK_MS,
  findMismatch,
  nextCheck,
} from './apply-report.ts'
import { askForCancel } from './ask-for-cancel.ts'
import { askForCapture } from './ask-for-capture.ts'
import { checkAccepted } from './check-accepted.ts'
import type { GivenConsent } from './consents/consent.ts'
import { keepConsent } from './consents/keep-consent.ts'
import { OPEN_MAX } from './open-max.ts'
import { isOpen, type Payment, type PaymentSnapshot, type Surface } from './payment.ts'
import { isKeyForgotten, type PaymentGateway } from './payment-gateway.ts'
import {
  CurrencyNotPriced,
  NotCapturable,
  PaymentClosed,
  PaymentConflict,
  PaymentNotFound,
  ProductRetired,
  ProviderRejected,
  ProviderUnavailable,
  TooManyOpen,
  UnknownGateway,
  UnknownProduct,
} from './payments.errors.ts'
import { paymentUpdated } from './payments.events.ts'
import type { PaymentsScope } from './payments.scope.ts'
import { type Product, type ProductSnapshot, priceIn } from './product.ts'
import { openQuoted } from './quotes/open-quoted.ts'
import type { StartQuoted } from './quotes/quote.ts'
import type { GivenContact } from './receipts/buyer-contact.ts'
import { ContactRequired } from './receipts/receipts.errors.ts'
import { checkReturnUrl } from './return-url.ts'

/** What a purchase is started with. */
export interface StartPayment {
  /** Idempotency key: the same id gives the first payment again. */
  readonly id: string
  readonly userId: string
  readonly productId: string
  readonly gateway: string
  readonly currency: Currency
  readonly surface: Surface
  readonly returnUrl?: string | undefined
  /** Where the buyer gets the receipt, where one is issued. [what they gave last time] */
  readonly contact?: GivenContact | undefined
  /** Given by the buyer with the purchase of a plan; without it no method is saved. */
  readonly autopaymentConsent?: GivenConsent | undefined
}

/** A charge of a saved method, for one period of a subscription. */
export interface RenewalCharge {
  readonly original: Payment
  readonly savedMethodId: string
  readonly subscriptionId: string
  /** What is sold this time, and for how much; the currency stays the original's. */
  readonly product: Product | ProductSnapshot
  readonly amount: bigint
}

/** Purchases: from the price to the money, and whatever providers report of them. */
export class PaymentsService {
  readonly #scope: PaymentsScope

  constructor(scope: PaymentsScope) {
    this.#scope = scope
  }

  /**
   * Starts a purchase and gives the payment, with the address where the buyer pays.
   *
   * Must not be called inside a transaction, as it calls the provider. Idempotent by `id`. Where
   * the provider's answer was lost the payment is `unknown` and has no address yet; the kit asks
   * again by itself.
   *
   * @throws {@link UnknownProduct} {@link ProductRetired} {@link CurrencyNotPriced}
   * {@link UnknownGateway} {@link CurrencyNotAccepted} {@link GoodsNotAllowed}
   * {@link ReturnUrlNotAllowed} {@link PaymentConflict} {@link TooManyOpen}
   * {@link ContactRequired} {@link ContactInvalid}
   * {@link ProviderRejected}
   * @example
   * const payment = await services.payments.start({
   *   id: newId(), userId, productId: 'credits-100', gateway: 'telegram-stars',
   *   currency: 'XTR', surface: 'telegram',
   * })
   */
  async start(request: StartPayment): Promise<Payment> {
    assertNoTransaction('payments.start')
    const gateway = this.gateway(request.gateway)
    const product = this.sellable(request.productId)
    const amount = this.#price(request, product, gateway)
    const returnUrl = checkReturnUrl(request.returnUrl, this.#scope.returnUrls)
    const payment = await this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const created = await tx.repos.payments.insert({
        id: request.id,
        userId: request.userId,
        gateway: gateway.name,
        surface: request.surface,
        productId: product.id,
        product,
        amount,
        currency: request.currency,
        returnUrl,
        createdAt: now,
        nextCheckAt: addMs(now, FIRST_CHECK_MS),
      })
      if (created) {
        await keepConsent(tx, created, request.autopaymentConsent)
        await tx.fulfilment(product.kind).checkSellable(created)
        const open = await tx.repos.payments.countOpenOf(request.userId)
        if (open > OPEN_MAX) throw new TooManyOpen({ limit: OPEN_MAX })
        await tx.receipts.keepContact(created, request.contact)
        return created
      }
      const first = await tx.repos.payments.findById(request.id)
      if (
        first?.userId !== request.userId ||
        first.productId !== product.id ||
        first.gateway !== gateway.name ||
        first.currency !== request.currency
      ) {
        throw new PaymentConflict({ paymentId: request.id })
      }
      return first
    })
    return payment.status === 'created' ? this.offer(payment) : payment
  }

  /**
   * Starts a payment whose product and price no catalog says: the fulfilment of its kind does, in the
   * transaction that writes the payment. It is offered to the payer, or charged by a saved method
   * where the quote names one.
   *
   * Must not be called inside a transaction, as it calls the provider. Idempotent by `id`.
   *
   * @throws {@link UnknownGateway} {@link CurrencyNotAccepted} {@link GoodsNotAllowed}
   * {@link ReturnUrlNotAllowed} {@link PaymentConflict} {@link TooManyOpen}
   * {@link ContactRequired} {@link ContactInvalid} {@link TaxProfileMissing}
   * {@link ProviderRejected}, or what the fulfilment throws
   * @example
   * const payment = await services.payments.startQuoted({
   *   id: newId(), kind: 'ticket', facts: { seat: '14C' }, gateway: 'yookassa', surface: 'web',
   * })
   */
  async startQuoted(request: StartQuoted): Promise<Payment> {
    assertNoTransaction('payments.startQuoted')
    const gateway = this.gateway(request.gateway)
    const returnUrl = checkReturnUrl(request.returnUrl, this.#scope.returnUrls)
    const { payment, isNew } = await this.#scope.transaction((tx) =>
      openQuoted(tx, request, { gateway, returnUrl }),
    )
    if (payment.status !== 'created') return payment
    if (!payment.savedMethodId) return this.offer(payment)
    // Whoever has written a charge makes it; after a crash the resolver does.
    return isNew ? this.chargeSavedMethod(payment) : payment
  }

  /**
   * Asks the provider where the buyer pays, and records it; repeats the question for a payment
   * whose first answer was lost. Leaves it to the resolver once the provider may have forgotten it.
   *
   * @throws {@link ProviderRejected}
   */
  async offer(payment: Payment): Promise<Payment> {
    const gateway = this.gateway(payment.gateway)
    if (isKeyForgotten(gateway, payment, this.#scope.clock.now())) return payment
    try {
      const started = await gateway.start({
        paymentId: payment.id,
        money: payment,
        product: payment.product,
        returnUrl: payment.returnUrl,
        savesMethod: (await this.#scope.repos.consents.findGiven(payment.id)) !== undefined,
        receipt: await this.#scope.receipts.draft(payment, payment.amount),
      })
      return await this.#record(payment.id, { status: 'pending', ...started })
    } catch (error) {
      if (error instanceof ProviderUnavailable)
        return this.#record(payment.id, { status: 'unknown' })
      if (error instanceof ProviderRejected) {
        await this.close(payment.id, 'failed', String(error.details['reason']))
      }
      throw error
    }
  }

  /**
   * Writes the payment of a subscription's next charge; {@link chargeSavedMethod} then makes it,
   * with the payment's id as the provider's idempotency key. The caller holds the lock of the
   * subscription and has seen that none of its payments is open.
   */
  async openRenewal(charge: RenewalCharge): Promise<Payment> {
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const payment = await tx.repos.payments.insert({
        ...charge.original,
        id: newId(),
        productId: charge.product.id,
        product: charge.product,
        amount: charge.amount,
        originalPaymentId: charge.original.originalPaymentId ?? charge.original.id,
        subscriptionId: charge.subscriptionId,
        savedMethodId: charge.savedMethodId,
        returnUrl: null,
        createdAt: now,
        nextCheckAt: addMs(now, FIRST_CHECK_MS),
      })
      assert(payment, 'A new id is free')
      return payment
    })
  }

  /**
   * Puts a charge of a saved method to the provider, for the first time or again with the same key. A lost
   * answer leaves the payment `unknown` for the resolver. Not made where its fulfilment does not want
   * it any more, such as for a subscription that has ended meanwhile, nor once the provider may have forgotten the key.
   */
  async chargeSavedMethod(payment: Payment): Promise<Payment> {
    assertNoTransaction('payments.chargeSavedMethod')
    if (!isOpen(payment.status) || payment.providerPaymentId) return payment
    const gateway = this.gateway(payment.gateway)
    assert(gateway.chargeSavedMethod && payment.savedMethodId, 'The gateway charges saved methods')
    if (isKeyForgotten(gateway, payment, this.#scope.clock.now())) return payment
    if (!(await this.#scope.fulfilment(payment.product.kind).wantsCharge(payment))) return payment
    try {
      const snapshot = await gateway.chargeSavedMethod({
        paymentId: payment.id,
        money: payment,
        product: payment.product,
        savedMethodId: payment.savedMethodId,
        receipt: await this.#scope.receipts.draft(payment, payment.amount),
      })
      const applied = await this.apply(snapshot)
      return applied.outcome === 'refused' ? payment : applied.payment
    } catch (error) {
      if (error instanceof ProviderUnavailable)
        return this.#record(payment.id, { status: 'unknown' })
      if (!(error instanceof ProviderRejected || error instanceof ContactRequired)) throw error
      // A no to the second try says nothing about the first, whose answer was lost.
      if (payment.status === 'unknown') return payment
      return this.close(payment.id, 'failed', String(error.details['reason'] ?? error.code))
    }
  }

  /**
   * Tells whether a payment may be paid right now by this person: the last word before money moves.
   *
   * @throws {@link PaymentNotFound} {@link PaymentClosed} {@link ForeignPayer}
   * {@link AmountMismatch} {@link ProductRetired}, or what the product's fulfilment throws
   */
  async checkPayable(request: {
    paymentId: string
    money: Money
    payerTelegramId: bigint
  }): Promise<void> {
    const { repos, products } = this.#scope
    const payment = await repos.payments.findById(request.paymentId)
    if (!payment) throw new PaymentNotFound({ paymentId: request.paymentId })
    const mismatch = await findMismatch(this.#scope, payment, request)
    if (mismatch) throw mismatch
    if (!isOpen(payment.status)) {
      throw new PaymentClosed({ paymentId: payment.id, status: payment.status })
    }
    const isQuoted = payment.product.facts !== undefined
    if (!isQuoted && products.find(payment.productId)?.status !== 'active') {
      throw new ProductRetired({ productId: payment.productId })
    }
    await this.#scope.fulfilment(payment.product.kind).checkSellable(payment)
  }

  /**
   * Takes in what a provider reports, whoever brought it: webhook, return page, poller.
   *
   * Locks the payment, moves it forward only, compares amount, currency and payer, gives what was
   * sold exactly once for each charge, and writes ledger and events in the same transaction. Money
   * for a payment that is closed or paid already becomes a linked payment and is given too.
   */
  async apply(snapshot: PaymentSnapshot): Promise<ApplyOutcome> {
    return this.#scope.transaction((tx) => applyReport(tx, snapshot))
  }

  /** Ends an open payment without money; does nothing to one that is closed or paid. */
  async close(
    paymentId: string,
    status: 'canceled' | 'expired' | 'failed',
    reason: string,
  ): Promise<Payment> {
    return this.#scope.transaction(async (tx) => {
      const payment = await tx.repos.payments.findByIdWithLock(paymentId)
      if (!payment) throw new PaymentNotFound({ paymentId })
      return isOpen(payment.status) ? closeOpen(tx, payment, status, reason) : payment
    })
  }

  /**
   * Takes the reserved money of a two-stage payment, all of it or a part; the rest goes back to the
   * buyer, and the payment's amount becomes what was taken. Calls the provider, so never inside a
   * transaction; capturing twice is harmless, and the first amount that was asked for stays. The
   * actor is whom the audit names.
   *
   * @throws {@link PaymentNotFound} {@link NotCapturable} {@link PaymentConflict}
   * {@link ProviderRejected} {@link ProviderUnavailable}
   */
  async capture(paymentId: string, amount?: bigint, actor = 'system'): Promise<Payment> {
    assertNoTransaction('payments.capture')
    const asked = { wanted: amount, actor }
    const payment = await this.#scope.transaction((tx) => askForCapture(tx, paymentId, asked))
    if (payment.paidAt) return payment
    const { providerPaymentId, currency, captureAmount } = payment
    const { capture } = this.gateway(payment.gateway)
    assert(providerPaymentId && captureAmount && capture, 'The capture was checked')
    const money = { amount: captureAmount, currency }
    // Of the whole the provider has the receipt.
    const receipt =
      captureAmount < payment.amount
        ? await this.#scope.receipts.draft(payment, captureAmount)
        : undefined
    const call = { paymentId, providerPaymentId, money, receipt }
    const applied = await this.apply(await capture(call))
    return applied.outcome === 'refused' ? payment : applied.payment
  }

  /**
   * Calls off a payment that waits for the buyer or for capture; does nothing to one that is
   * closed already. Calls the provider, so never inside a transaction. The actor is whom the audit
   * names.
   *
   * @throws {@link PaymentNotFound} {@link PaymentClosed} when it is paid {@link UnknownGateway}
   * {@link ProviderRejected} {@link ProviderUnavailable}
   */
  async cancel(paymentId: string, actor = 'system'): Promise<Payment> {
    assertNoTransaction('payments.cancel')
    const payment = await this.#scope.transaction((tx) => askForCancel(tx, paymentId, actor))
    if (!isOpen(payment.status)) return payment
    const { cancel } = this.gateway(payment.gateway)
    const { providerPaymentId } = payment
    assert(providerPaymentId && cancel, 'Reserved money can be given back')
    const applied = await this.apply(await cancel({ paymentId, providerPaymentId }))
    return applied.outcome === 'refused' ? payment : applied.payment
  }

  /**
   * Reads one of a user's payments.
   *
   * @throws {@link PaymentNotFound} also for a payment of somebody else
   */
  async get(userId: string, paymentId: string): Promise<Payment> {
    const payment = await this.#scope.repos.payments.findById(paymentId)
    if (payment?.userId !== userId) throw new PaymentNotFound({ paymentId })
    return payment
  }

  /**
   * Reads any payment, for work that is not done on somebody's behalf.
   *
   * @throws {@link PaymentNotFound}
   */
  async getById(paymentId: string): Promise<Payment> {
    const payment = await this.#scope.repos.payments.findById(paymentId)
    if (!payment) throw new PaymentNotFound({ paymentId })
    return payment
  }

  /**
   * The payments, of anybody, with the short reference that a buyer quotes: one as a rule, but look
   * at whose it is before you give money back.
   */
  findByReference(reference: string): Promise<Payment[]> {
    return this.#scope.repos.payments.findByReference(reference)
  }

  /** A user's payments, newest first. */
  list(userId: string, request: PageRequest = {}): Promise<Page<Payment>> {
    return this.#scope.repos.payments.listByUser(userId, request)
  }

  /**
   * Finds a product that is on sale.
   *
   * @throws {@link UnknownProduct} {@link ProductRetired}
   */
  sellable(productId: string): Product {
    const product = this.#scope.products.find(productId)
    if (!product) throw new UnknownProduct({ productId })
    if (product.status !== 'active') throw new ProductRetired({ productId })
    return product
  }

  /**
   * Finds a gateway by its name.
   *
   * @throws {@link UnknownGateway}
   */
  gateway(name: string): PaymentGateway {
    const gateway = this.#scope.gateways.get(name)
    if (!gateway) throw new UnknownGateway({ gateway: name })
    return gateway
  }

  #price(request: StartPayment, product: Product, gateway: PaymentGateway): bigint {
    const { currency, surface } = request
    checkAccepted(gateway, { goods: product.goods, surface, currency })
    const amount = priceIn(product, currency)
    if (amount === undefined) throw new CurrencyNotPriced({ productId: product.id, currency })
    return amount
  }

  async #record(
    paymentId: string,
    answer:
      | { status: 'unknown' }
      | { status: 'pending'; providerPaymentId: string | null; confirmationUrl: string },
  ): Promise<Payment> {
    return this.#scope.transaction(async (tx) => {
      const payment = await tx.repos.payments.findByIdWithLock(paymentId)
      assert(payment, 'A payment that was offered is there')
      // A webhook may have been faster than the provider's answer; never move backwards.
      if (payment.status !== 'created' && payment.status !== 'unknown') return payment
      const now = tx.clock.now()
      const recorded = await tx.repos.payments.update(paymentId, {
        ...answer,
        updatedAt: now,
        nextCheckAt: nextCheck(payment, now),
      })
      await tx.repos.outbox.add(
        paymentUpdated.create({
          occurredAt: now,
          subjectId: paymentId,
          userId: payment.userId,
          payload: { paymentId, status: answer.status },
        }),
      )
      return recorded
    })
  }
}
