import { addMs, assert, DAY_MS, deriveId } from '../../../kernel/index.ts'
import type { Payment } from '../../payments/index.ts'
import { announce } from '../announcement.ts'
import { canceledCourse, later, noticeOfEnd } from '../course.ts'
import type { Subscription } from '../subscription.ts'
import { DuplicateKept } from '../subscriptions.errors.ts'
import {
  subscriptionCanceled,
  subscriptionChangeDeclined,
  subscriptionEnding,
  subscriptionRenewalUpcoming,
  subscriptionTrialEnding,
} from '../subscriptions.events.ts'
import type { SubscriptionsScope } from '../subscriptions.scope.ts'
import { expire, hearDecline, nextCharge } from './renewals.ts'

/** While a renewal's charge is open at the provider, the next look at it comes this much later. */
const OPEN_CHARGE_WAIT_MS = DAY_MS

const BATCH = 20

/** What time does to subscriptions: notices, charges, declines, the end. */
export class RenewalsService {
  readonly #scope: SubscriptionsScope

  constructor(scope: SubscriptionsScope) {
    this.#scope = scope
  }

  /**
   * Charges saved methods for subscriptions whose period is over, up to 20, and gives their number.
   *
   * A charge is written down, under the subscription's lock and only if none is open, before the
   * provider hears of it: two workers make one, and after a crash the resolver puts the same one
   * to the provider again, under the same key.
   */
  async renewDue(): Promise<number> {
    const charges = await this.#scope.transaction(async (tx) => {
      const due = await tx.repos.subscriptions.lockDue('nextChargeAt', tx.clock.now(), BATCH)
      const opened: (Payment | undefined)[] = []
      for (const subscription of due) opened.push(await this.#openCharge(tx, subscription))
      return opened
    })
    for (const payment of charges) {
      if (payment) await this.#scope.payments.chargeSavedMethod(payment)
    }
    return charges.length
  }

  /** Ends subscriptions whose time is over, up to 20, and gives their number. */
  async expireDue(): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      const due = await tx.repos.subscriptions.lockDue('expiresAt', tx.clock.now(), BATCH)
      for (const subscription of due) await expire(tx, subscription)
      return due.length
    })
  }

  /** Announces charges and ends of access that come soon, each once, up to 20. */
  async noticeDue(): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      const due = await tx.repos.subscriptions.lockDue('noticeAt', tx.clock.now(), BATCH)
      for (const subscription of due) await this.#notice(tx, subscription)
      return due.length
    })
  }

  /**
   * Hears that a charge was declined: tries again on a later day, or, after the last try and after
   * a reason for which the gateway never takes the method again, lets access end a day later.
   */
  async decline(payment: Payment): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      assert(payment.subscriptionId, 'A renewal belongs to a subscription')
      const subscription = await tx.repos.subscriptions.getByIdWithLock(payment.subscriptionId)
      const now = tx.clock.now()
      if (subscription.changePaymentId === payment.id) {
        const same = await tx.repos.subscriptions.update(subscription.id, {
          changePaymentId: null,
          updatedAt: now,
        })
        const reason = payment.failureReason
        return announce(tx, subscriptionChangeDeclined, same, { reason })
      }
      // Something else may have paid for the period meanwhile.
      if (subscription.currentPeriodEnd > now) return
      await hearDecline(tx, subscription, {
        reason: payment.failureReason,
        isFinal: isFinalDecline(tx, payment),
      })
    })
  }

  /** Tells whether the charge of a renewal or of a change should still be made. */
  async wantsCharge(payment: Payment): Promise<boolean> {
    if (!payment.subscriptionId) return false
    const { status } = await this.#scope.repos.subscriptions.getById(payment.subscriptionId)
    return status === 'active' || status === 'past_due'
  }

  /**
   * Stops the renewals that a provider makes by itself, or permits its user to take them up again.
   * Calls the provider, so never inside a transaction; repeating it is harmless.
   */
  async switchRenewal(subscriptionId: string, isCanceled: boolean): Promise<void> {
    const { repos, gateways } = this.#scope
    const subscription = await repos.subscriptions.getById(subscriptionId)
    const gateway = gateways.get(subscription.gateway ?? '')
    const { firstPaymentId } = subscription
    if (!gateway?.switchRenewal || !firstPaymentId) return
    const user = await repos.users.findById(subscription.userId)
    // Whoever was erased had their renewals stopped before that.
    if (user?.departedAt) return
    const first = await repos.payments.findFirstPaidOf(firstPaymentId)
    assert(user?.telegramId && first?.providerPaymentId, 'The provider knows the subscription')
    await gateway.switchRenewal({
      payerTelegramId: user.telegramId,
      providerPaymentId: first.providerPaymentId,
      isCanceled,
    })
  }

  /**
   * Refunds a charge that bought nothing, and ends the second subscription that the provider began
   * for it. Calls the provider, so never inside a transaction; repeating it is harmless.
   *
   * @throws {@link DuplicateKept} when the provider refused, for the job to try again
   */
  async returnDuplicate(paymentId: string): Promise<void> {
    const { repos, gateways, refunds } = this.#scope
    const payment = await repos.payments.findById(paymentId)
    assert(payment?.providerPaymentId, 'A duplicate was paid')
    const user = await repos.users.findById(payment.userId)
    const gateway = gateways.get(payment.gateway)
    const { providerPaymentId, status } = payment
    const stop = async (): Promise<void> => {
      if (!gateway?.switchRenewal || !user?.telegramId) return
      const { telegramId: payerTelegramId } = user
      await gateway.switchRenewal({ payerTelegramId, providerPaymentId, isCanceled: true })
    }
    const giveBack = async (): Promise<void> => {
      if (status !== 'succeeded') return
      // A refund that was refused has failed for good: each further try asks for another, one a try.
      const earlier = await repos.refunds.listByPayment(paymentId)
      const failed = new Set(earlier.filter((one) => one.status === 'failed').map(({ id }) => id))
      const idOf = (number: number): string => deriveId(paymentId, `duplicate:${number}`)
      let number = 0
      while (failed.has(idOf(number))) number += 1
      const refund = await refunds.request({ id: idOf(number), paymentId, actor: 'system' })
      if (refund.status === 'failed') {
        throw new DuplicateKept({ paymentId, refundId: refund.id, reason: refund.failureReason })
      }
    }
    // A provider that will not stop does not keep the money from going back.
    const failures: unknown[] = []
    await stop().catch((error: unknown) => failures.push(error))
    await giveBack()
    if (failures.length > 0) throw failures[0]
  }

  /** Writes the payment of the next attempt; undefined while an earlier one is still open. */
  async #openCharge(
    tx: SubscriptionsScope,
    subscription: Subscription,
  ): Promise<Payment | undefined> {
    const now = tx.clock.now()
    const { id, firstPaymentId, savedMethodId, expiresAt } = subscription
    const isCharging = await tx.repos.payments.hasOpenOf(id)
    const terms = isCharging ? undefined : await this.#terms(tx, subscription)
    if (!isCharging && !terms) return this.#endWithPeriod(tx, subscription)
    await tx.repos.subscriptions.update(id, {
      nextChargeAt: addMs(now, OPEN_CHARGE_WAIT_MS),
      chargeAttempts: subscription.chargeAttempts + (isCharging ? 0 : 1),
      // The charge itself takes time, also after an outage that has used the grace up.
      ...(isCharging ? {} : { expiresAt: later(expiresAt ?? now, addMs(now, DAY_MS)) }),
      updatedAt: now,
    })
    if (!terms) return undefined
    const original = await tx.repos.payments.findById(firstPaymentId ?? '')
    assert(original && savedMethodId, 'The kit renews by the method of a payment')
    return tx.payments.openRenewal({ original, savedMethodId, subscriptionId: id, ...terms })
  }

  /** What the next period is of and costs; undefined when the catalog has forgotten the plan. */
  async #terms(tx: SubscriptionsScope, subscription: Subscription) {
    const { firstPaymentId, nextProductId, productId, nextAmount, amount } = subscription
    const original = await tx.repos.payments.findById(firstPaymentId ?? '')
    const wanted = nextProductId ?? productId
    const sold = original?.product
    const product = sold?.id === wanted ? sold : tx.products.find(wanted)
    const price = nextAmount ?? amount
    return product && price !== null ? { product, amount: price } : undefined
  }

  async #endWithPeriod(tx: SubscriptionsScope, subscription: Subscription): Promise<undefined> {
    const now = tx.clock.now()
    const ended = await tx.repos.subscriptions.update(subscription.id, {
      ...canceledCourse(subscription),
      canceledAt: now,
      cancelReason: 'plan_gone',
      updatedAt: now,
    })
    await announce(tx, subscriptionCanceled, ended, {})
    return undefined
  }

  async #notice(tx: SubscriptionsScope, subscription: Subscription): Promise<void> {
    const now = tx.clock.now()
    const { id, currentPeriodEnd, noticedEnd } = subscription
    const charge = nextCharge(tx.gateways, subscription)
    if (!charge) return this.#noticeEnd(tx, subscription)
    const noticed = { noticeAt: null, noticedEnd: currentPeriodEnd, updatedAt: now }
    await tx.repos.subscriptions.update(id, noticed)
    const isSaid = noticedEnd?.getTime() === currentPeriodEnd.getTime()
    if (isSaid || currentPeriodEnd <= now) return
    await announce(tx, subscriptionRenewalUpcoming, subscription, {
      chargeAt: charge.at.toISOString(),
      amount: String(charge.amount),
      currency: charge.currency,
    })
  }

  async #noticeEnd(tx: SubscriptionsScope, subscription: Subscription): Promise<void> {
    const now = tx.clock.now()
    const { id, status, expiresAt, noticedExpiry, nextProductId, canceledAt } = subscription
    const noticed = { noticeAt: null, noticedExpiry: expiresAt, updatedAt: now }
    await tx.repos.subscriptions.update(id, noticed)
    const isSaid = noticedExpiry?.getTime() === expiresAt?.getTime()
    if (isSaid || !expiresAt || expiresAt <= now) return
    // Who has just canceled knows, and who changes plans gets the next one's link at the end.
    if (nextProductId || (canceledAt && canceledAt > noticeOfEnd(subscription))) return
    const event = status === 'trialing' ? subscriptionTrialEnding : subscriptionEnding
    await announce(tx, event, subscription, { accessUntil: expiresAt.toISOString() })
  }
}

/** Tells whether the gateway never takes the method again. */
function isFinalDecline({ gateways }: SubscriptionsScope, payment: Payment): boolean {
  const finalDeclines = gateways.get(payment.gateway)?.capabilities.finalDeclines ?? []
  return finalDeclines.includes(payment.failureReason ?? '')
}
