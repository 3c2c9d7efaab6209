import {
  addMs,
  assert,
  type Clock,
  DAY_MS,
  deriveId,
  newId,
  type Page,
  type PageRequest,
} from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { JobsRepository } from '../../platform/jobs/index.ts'
import type { EventDefinition, OutboxRepository } from '../../platform/outbox/index.ts'
import type {
  GatewayRegistry,
  Payment,
  PaymentsRepository,
  PaymentsService,
  RefundsService,
} from '../payments/index.ts'
import type { UsersRepository } from '../users/index.ts'
import {
  activeUntil,
  canceledUntil,
  courseAfterDecline,
  paidPeriod,
  type RenewedBy,
  type Subscription,
} from './subscription.ts'
import {
  AlreadySubscribed,
  SubscriptionNotFound,
  SubscriptionStateConflict,
} from './subscriptions.errors.ts'
import {
  subscriptionCanceled,
  subscriptionExpired,
  subscriptionPastDue,
  subscriptionRenewed,
  subscriptionResumed,
  subscriptionStarted,
} from './subscriptions.events.ts'
import { returnDuplicate, switchRenewal } from './subscriptions.jobs.ts'
import type { SubscriptionsRepository } from './subscriptions.repository.ts'

/** All that the subscriptions service may touch. */
export interface SubscriptionsScope extends Transactional<SubscriptionsScope> {
  readonly clock: Clock
  readonly repos: {
    readonly subscriptions: SubscriptionsRepository
    readonly payments: PaymentsRepository
    readonly users: Pick<UsersRepository, 'findById'>
    readonly outbox: OutboxRepository
    readonly jobs: JobsRepository
  }
  readonly payments: PaymentsService
  readonly refunds: Pick<RefundsService, 'request'>
  readonly gateways: GatewayRegistry
}

/** While a renewal's charge is open at the provider, the next look at it comes this much later. */
const OPEN_CHARGE_WAIT_MS = 3_600_000

const BATCH = 20

/** Access over time: bought, renewed, canceled, resumed, expired. */
export class SubscriptionsService {
  readonly #scope: SubscriptionsScope

  constructor(scope: SubscriptionsScope) {
    this.#scope = scope
  }

  /**
   * Begins or extends the subscription that a payment has paid for. Called once for each charge,
   * in the transaction that settles it.
   */
  async extend(payment: Payment): Promise<Subscription> {
    const { plan } = payment.product
    assert(plan, 'A payment for a subscription has a plan')
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const live = await tx.repos.subscriptions.findLiveWithLock(payment.userId, plan.group)
      if (live && (await this.#isDuplicate(tx, live, payment))) {
        await tx.repos.payments.update(payment.id, { subscriptionId: null, updatedAt: now })
        await tx.repos.jobs.enqueue(returnDuplicate, { paymentId: payment.id })
        return live
      }
      // A renewal that comes after the end goes on with the subscription that it belongs to.
      const { subscriptionId } = payment
      const current =
        live ??
        (subscriptionId ? await tx.repos.subscriptions.getByIdWithLock(subscriptionId) : undefined)
      const paid = paidPeriod({
        current,
        now,
        period: plan.period,
        providerPeriodEnd: payment.providerPeriodEnd,
      })
      // A canceled subscription's renewal that was on its way extends it, but leaves it canceled.
      const isStillCanceled = Boolean(current?.canceledAt) && payment.originalPaymentId !== null
      const next = {
        currentPeriodStart: paid.start,
        ...(isStillCanceled
          ? canceledUntil(paid.end)
          : activeUntil(paid.end, this.#renewedBy(payment))),
      }
      const saved = current
        ? await tx.repos.subscriptions.update(current.id, {
            ...next,
            anchorDay: paid.anchorDay,
            ...(isStillCanceled ? {} : { canceledAt: null, cancelReason: null }),
            ...(payment.savedMethodId ? { savedMethodId: payment.savedMethodId } : {}),
            updatedAt: now,
          })
        : await tx.repos.subscriptions.insert({
            id: newId(),
            userId: payment.userId,
            productId: payment.productId,
            title: payment.product.title,
            planGroup: plan.group,
            gateway: payment.gateway,
            period: plan.period,
            anchorDay: paid.anchorDay,
            firstPaymentId: payment.originalPaymentId ?? payment.id,
            savedMethodId: payment.savedMethodId,
            createdAt: now,
            updatedAt: now,
            ...next,
          })
      await tx.repos.payments.update(payment.id, { subscriptionId: saved.id, updatedAt: now })
      if (isStillCanceled) await this.#switchLater(tx, saved.id)
      await this.#tell(tx, current ? subscriptionRenewed : subscriptionStarted, saved)
      return saved
    })
  }

  /**
   * Refuses a second purchase while a subscription of the same group is live, which Telegram would
   * happily charge side by side.
   *
   * @throws {@link AlreadySubscribed}
   */
  async checkSellable(payment: Payment): Promise<void> {
    const { plan } = payment.product
    assert(plan, 'A payment for a subscription has a plan')
    const live = await this.#scope.repos.subscriptions.findLive(payment.userId, plan.group)
    if (live) throw new AlreadySubscribed({ subscriptionId: live.id, planGroup: plan.group })
  }

  /**
   * Stops renewals; access stays until the end of the paid period. Canceling twice is harmless.
   *
   * @throws {@link SubscriptionNotFound} {@link SubscriptionStateConflict}
   */
  async cancel(userId: string, subscriptionId: string, reason?: string): Promise<Subscription> {
    return this.#scope.transaction(async (tx) => {
      const subscription = await this.#lockOwn(tx, userId, subscriptionId)
      if (subscription.status === 'canceled') return subscription
      if (subscription.status === 'expired') throw conflict(subscription, 'canceled')
      const now = tx.clock.now()
      const canceled = await tx.repos.subscriptions.update(subscription.id, {
        ...canceledUntil(subscription.currentPeriodEnd),
        canceledAt: now,
        cancelReason: reason ?? null,
        updatedAt: now,
      })
      await this.#switchLater(tx, subscriptionId)
      await this.#tell(tx, subscriptionCanceled, canceled)
      return canceled
    })
  }

  /**
   * Takes a cancellation back while the paid period lasts. Resuming twice is harmless.
   *
   * @throws {@link SubscriptionNotFound} {@link SubscriptionStateConflict}
   */
  async resume(userId: string, subscriptionId: string): Promise<Subscription> {
    return this.#scope.transaction(async (tx) => {
      const subscription = await this.#lockOwn(tx, userId, subscriptionId)
      const now = tx.clock.now()
      if (subscription.status === 'active') return subscription
      if (subscription.status !== 'canceled' || subscription.currentPeriodEnd <= now) {
        throw conflict(subscription, 'resumed')
      }
      const resumed = await tx.repos.subscriptions.update(subscription.id, {
        ...activeUntil(subscription.currentPeriodEnd, this.#renewedBy(subscription)),
        canceledAt: null,
        cancelReason: null,
        updatedAt: now,
      })
      await this.#switchLater(tx, subscriptionId)
      await this.#tell(tx, subscriptionResumed, resumed)
      return resumed
    })
  }

  /**
   * Takes the latest period back, because it was refunded in full: ends the subscription at once,
   * or, when that period has not begun yet, at the end of the one before.
   */
  async end(payment: Payment): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      if (!payment.subscriptionId) return
      const subscription = await tx.repos.subscriptions.getByIdWithLock(payment.subscriptionId)
      const last = await tx.repos.payments.findLastPaidOf(subscription.id)
      // A refund of an older period leaves the current one as it is.
      if (subscription.status === 'expired' || last?.id !== payment.id) return
      const now = tx.clock.now()
      if (subscription.currentPeriodStart > now) {
        const end = subscription.currentPeriodStart
        const isCanceled = subscription.status === 'canceled'
        await tx.repos.subscriptions.update(subscription.id, {
          ...(isCanceled ? canceledUntil(end) : activeUntil(end, this.#renewedBy(subscription))),
          currentPeriodStart: now,
          updatedAt: now,
        })
        return
      }
      await this.#expire(tx, {
        ...subscription,
        canceledAt: subscription.canceledAt ?? now,
        cancelReason: subscription.cancelReason ?? 'refunded',
      })
      await this.#switchLater(tx, subscription.id)
    })
  }

  /** Hears that a renewal was declined: tries again on a later day, or lets access end. */
  async decline(payment: Payment): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      assert(payment.subscriptionId, 'A renewal belongs to a subscription')
      const subscription = await tx.repos.subscriptions.getByIdWithLock(payment.subscriptionId)
      if (subscription.status !== 'active' && subscription.status !== 'past_due') return
      const now = tx.clock.now()
      const declined = await tx.repos.subscriptions.update(subscription.id, {
        ...courseAfterDecline(subscription, now),
        updatedAt: now,
      })
      await this.#tell(tx, subscriptionPastDue, declined)
    })
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
      const due = await tx.repos.subscriptions.lockChargeDue(tx.clock.now(), BATCH)
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
      const due = await tx.repos.subscriptions.lockExpiryDue(tx.clock.now(), BATCH)
      for (const subscription of due) await this.#expire(tx, subscription)
      return due.length
    })
  }

  /**
   * Brings the provider's renewals in line with ours, where the provider renews by itself. Calls
   * the provider, so never inside a transaction; repeating it is harmless.
   */
  async switchRenewal(subscriptionId: string): Promise<void> {
    const { repos, gateways } = this.#scope
    const subscription = await repos.subscriptions.getById(subscriptionId)
    const gateway = gateways.get(subscription.gateway)
    if (!gateway?.switchRenewal) return
    const user = await repos.users.findById(subscription.userId)
    const first = await repos.payments.findFirstPaidOf(subscriptionId)
    assert(user?.telegramId && first?.providerPaymentId, 'The provider knows the subscription')
    await gateway.switchRenewal({
      payerTelegramId: user.telegramId,
      providerPaymentId: first.providerPaymentId,
      isCanceled: subscription.status === 'canceled' || subscription.status === 'expired',
    })
  }

  /**
   * Refunds a charge that bought nothing, and ends the second subscription that the provider began
   * for it. Calls the provider, so never inside a transaction; repeating it is harmless.
   */
  async returnDuplicate(paymentId: string): Promise<void> {
    const { repos, gateways, refunds } = this.#scope
    const payment = await repos.payments.findById(paymentId)
    assert(payment?.providerPaymentId, 'A duplicate was paid')
    const user = await repos.users.findById(payment.userId)
    const gateway = gateways.get(payment.gateway)
    if (gateway?.switchRenewal && user?.telegramId) {
      await gateway.switchRenewal({
        payerTelegramId: user.telegramId,
        providerPaymentId: payment.providerPaymentId,
        isCanceled: true,
      })
    }
    if (payment.status !== 'succeeded') return
    await refunds.request({ id: deriveId(paymentId, 'duplicate'), paymentId, actor: 'system' })
  }

  /** Tells whether the charge of a renewal should still be made. */
  async wantsCharge(payment: Payment): Promise<boolean> {
    if (!payment.subscriptionId) return false
    const { status } = await this.#scope.repos.subscriptions.getById(payment.subscriptionId)
    return status === 'active' || status === 'past_due'
  }

  /** A user's subscriptions, newest first. */
  list(userId: string, request: PageRequest = {}): Promise<Page<Subscription>> {
    return this.#scope.repos.subscriptions.listByUser(userId, request)
  }

  /** Writes the payment of the next attempt; undefined while an earlier one is still open. */
  async #openCharge(
    tx: SubscriptionsScope,
    subscription: Subscription,
  ): Promise<Payment | undefined> {
    const now = tx.clock.now()
    const isCharging = await tx.repos.payments.hasOpenOf(subscription.id)
    await tx.repos.subscriptions.update(subscription.id, {
      nextChargeAt: addMs(now, OPEN_CHARGE_WAIT_MS),
      chargeAttempts: subscription.chargeAttempts + (isCharging ? 0 : 1),
      updatedAt: now,
    })
    if (isCharging) return undefined
    const original = await tx.repos.payments.findById(subscription.firstPaymentId)
    assert(original && subscription.savedMethodId, 'The kit renews by the method of a payment')
    return tx.payments.openRenewal({
      original,
      savedMethodId: subscription.savedMethodId,
      subscriptionId: subscription.id,
      product: original.product,
      amount: original.amount,
    })
  }

  /**
   * Tells whether a provider has charged twice for one period: it states the same end for both, as
   * when two links were paid at the same moment, and runs two subscriptions from then on.
   */
  async #isDuplicate(
    tx: SubscriptionsScope,
    live: Subscription,
    payment: Payment,
  ): Promise<boolean> {
    if (!payment.providerPeriodEnd || live.gateway !== payment.gateway) return false
    return tx.repos.payments.hasPaidUntil(live.id, {
      end: payment.providerPeriodEnd,
      toleranceMs: DAY_MS,
      except: payment.id,
    })
  }

  /** Has the provider told; one after the other, so that the last word is the last to arrive. */
  #switchLater(tx: SubscriptionsScope, subscriptionId: string): Promise<void> {
    const orderKey = `${switchRenewal.name}:${subscriptionId}`
    return tx.repos.jobs.enqueue(switchRenewal, { subscriptionId }, { orderKey })
  }

  #renewedBy(of: { gateway: string; savedMethodId: string | null }): RenewedBy {
    const renewals = this.#scope.gateways.get(of.gateway)?.capabilities.renewals
    if (renewals === 'provider') return 'provider'
    return of.savedMethodId === null ? 'nobody' : 'kit'
  }

  async #expire(tx: SubscriptionsScope, subscription: Subscription): Promise<void> {
    const now = tx.clock.now()
    const { canceledAt, cancelReason } = subscription
    const expired = await tx.repos.subscriptions.update(subscription.id, {
      status: 'expired',
      nextChargeAt: null,
      expiresAt: null,
      canceledAt,
      cancelReason,
      updatedAt: now,
    })
    await this.#tell(tx, subscriptionExpired, expired)
  }

  async #lockOwn(
    tx: SubscriptionsScope,
    userId: string,
    subscriptionId: string,
  ): Promise<Subscription> {
    const [subscription] = await tx.repos.subscriptions.getByIdsWithLock([subscriptionId])
    if (subscription?.userId !== userId) throw new SubscriptionNotFound({ subscriptionId })
    return subscription
  }

  async #tell(
    tx: SubscriptionsScope,
    event: EventDefinition<{
      subscriptionId: string
      productId: string
      status: Subscription['status']
      currentPeriodEnd: string
    }>,
    subscription: Subscription,
  ): Promise<void> {
    await tx.repos.outbox.add(
      event.create({
        occurredAt: tx.clock.now(),
        subjectId: subscription.id,
        userId: subscription.userId,
        payload: {
          subscriptionId: subscription.id,
          productId: subscription.productId,
          status: subscription.status,
          currentPeriodEnd: subscription.currentPeriodEnd.toISOString(),
        },
      }),
    )
  }
}

function conflict(subscription: Subscription, wanted: string): SubscriptionStateConflict {
  return new SubscriptionStateConflict({
    subscriptionId: subscription.id,
    status: subscription.status,
    wanted,
  })
}
