import { assert, type Page, type PageRequest } from '../../kernel/index.ts'
import type { Payment } from '../payments/index.ts'
import { announce, tellProvider } from './announcement.ts'
import type { ChangePreview } from './changes/change.ts'
import { type ChangeRequest, changePlan, previewChange } from './changes/change-plan.ts'
import {
  activeCourse,
  canceledCourse,
  NOT_CANCELED,
  pausedCourse,
  type Span,
  unfrozen,
} from './course.ts'
import { extendBy } from './extension.ts'
import { type GiftRequest, give } from './grants/gift.ts'
import { type GiftReturn, takeBackGift } from './grants/take-back-gift.ts'
import { startTrial } from './grants/trial.ts'
import { hearDecline, type NextCharge, nextCharge, renewedBy } from './renewals/renewals.ts'
import { paidUntil, type Subscription, transition } from './subscription.ts'
import {
  AlreadySubscribed,
  SubscriptionNotFound,
  SubscriptionStateConflict,
} from './subscriptions.errors.ts'
import {
  subscriptionCanceled,
  subscriptionPaused,
  subscriptionResumed,
} from './subscriptions.events.ts'
import type { SubscriptionsScope } from './subscriptions.scope.ts'
import { takeBack } from './take-back.ts'

/** Why somebody cancels, in their words. */
export interface Cancellation {
  readonly reason?: string | undefined
  readonly feedback?: string | undefined
}

/** Access over time: tried, bought, changed, paused, canceled, given. */
export class SubscriptionsService {
  readonly #scope: SubscriptionsScope

  constructor(scope: SubscriptionsScope) {
    this.#scope = scope
  }

  /**
   * Tells whether a user has access to a feature now: whether a plan that names it in `features`
   * gives them access at this instant, whatever jobs have run. One indexed read.
   *
   * @example
   * if (!(await services.subscriptions.hasAccess(userId, 'export'))) throw new NotOnThisPlan()
   */
  async hasAccess(userId: string, feature: string): Promise<boolean> {
    const { products, repos, clock } = this.#scope
    const plans = products.list().filter(({ plan }) => plan?.features.includes(feature))
    const ids = plans.map(({ id }) => id)
    return repos.subscriptions.hasAccess(userId, ids, clock.now())
  }

  /** A user's subscriptions, newest first. */
  list(userId: string, request: PageRequest = {}): Promise<Page<Subscription>> {
    return this.#scope.repos.subscriptions.listByUser(userId, request)
  }

  /** The next charge of a subscription as things are; null when nobody will charge for it. */
  nextCharge(subscription: Subscription): NextCharge | null {
    return nextCharge(this.#scope.gateways, subscription)
  }

  /**
   * Begins the trial of a plan, without money: once for each user and plan group, ever. Starting
   * the same trial again while it runs gives it again.
   *
   * @throws {@link NoTrial} {@link TrialUsed} {@link AlreadySubscribed}, and what
   * `payments.sellable` throws
   */
  startTrial(userId: string, productId: string): Promise<Subscription> {
    return this.#scope.transaction((tx) => startTrial(tx, userId, productId))
  }

  /**
   * Gives a period of a plan for nothing, or several: begins a subscription, or puts the period on top of the
   * one that runs, whose billing date stays. Audited; the same id gives once.
   *
   * @throws {@link NotGivable} {@link GiftConflict} {@link NotFound}, and what
   * `payments.sellable` throws
   */
  gift(request: GiftRequest): Promise<Subscription> {
    return this.#scope.transaction((tx) => give(tx, request))
  }

  /**
   * Takes back what is left of a gift, once: time that was used, or that somebody has paid for, stays.
   * Audited.
   *
   * @throws {@link NotFound}
   */
  takeBackGift(request: GiftReturn): Promise<void> {
    return this.#scope.transaction((tx) => takeBackGift(tx, request))
  }

  /**
   * Begins or extends the subscription that a payment has paid for. Called once for each charge,
   * in the transaction that settles it.
   */
  extend(payment: Payment): Promise<Subscription> {
    return this.#scope.transaction((tx) => extendBy(tx, payment))
  }

  /**
   * Refuses a second purchase while a subscription of the same group goes on by itself, which
   * Telegram would happily charge side by side.
   *
   * @throws {@link AlreadySubscribed}
   */
  async checkSellable(payment: Payment): Promise<void> {
    const { plan } = payment.product
    assert(plan, 'A payment for a subscription has a plan')
    const live = await this.#scope.repos.subscriptions.findLive(payment.userId, plan.group)
    if (!live || (await this.#isOpenToPurchase(live, payment))) return
    throw new AlreadySubscribed({ subscriptionId: live.id, planGroup: plan.group })
  }

  /**
   * Stops renewals; access stays until the end of the paid time. Canceling twice is harmless.
   *
   * @throws {@link SubscriptionNotFound} {@link SubscriptionStateConflict}
   */
  async cancel(
    userId: string,
    subscriptionId: string,
    { reason, feedback }: Cancellation = {},
  ): Promise<Subscription> {
    return this.#scope.transaction(async (tx) => {
      const subscription = await this.#lockOwn(tx, userId, subscriptionId)
      if (transition(subscription.status, 'cancel') === 'refuse') {
        throw conflict(subscription, 'canceled')
      }
      if (subscription.status === 'canceled' && subscription.canceledAt) return subscription
      const canceled = await this.#cancel(tx, subscription, {
        cancelReason: reason ?? null,
        cancelFeedback: feedback ?? null,
      })
      await tellProvider(tx, subscriptionId, 'stop')
      return canceled
    })
  }

  /**
   * Takes back the consent to be charged again: stops renewals, those of the provider too, and
   * forgets the saved method. Repeating it is harmless.
   *
   * @throws {@link SubscriptionNotFound} {@link SubscriptionStateConflict}
   */
  async withdrawConsent(userId: string, subscriptionId: string): Promise<Subscription> {
    return this.#scope.transaction(async (tx) => {
      const subscription = await this.#lockOwn(tx, userId, subscriptionId)
      const { firstPaymentId, status, canceledAt } = subscription
      const now = tx.clock.now()
      if (!firstPaymentId) throw conflict(subscription, 'without consent')
      await tx.repos.consents.withdraw(firstPaymentId, now)
      await tx.repos.payments.forgetMethod(firstPaymentId, now)
      const forgetful = await tx.repos.subscriptions.update(subscriptionId, {
        savedMethodId: null,
        // A charge may still be on its way, and must not begin renewals anew.
        ...(status === 'expired' ? { canceledAt: canceledAt ?? now } : {}),
        updatedAt: now,
      })
      if (status === 'expired' || (status === 'canceled' && canceledAt)) return forgetful
      const canceled = await this.#cancel(tx, forgetful, { cancelReason: 'consent_withdrawn' })
      await tellProvider(tx, subscriptionId, 'stop')
      return canceled
    })
  }

  /**
   * Stops all renewals of somebody who goes for good and forgets their saved methods; gives the
   * subscriptions whose provider is still to be told.
   */
  async endRenewals(userId: string): Promise<string[]> {
    const live = await this.#scope.repos.subscriptions.listLive(userId)
    const paid = live.filter(({ firstPaymentId }) => firstPaymentId !== null).map(({ id }) => id)
    for (const id of paid) await this.withdrawConsent(userId, id)
    return paid
  }

  /**
   * Stops time: no access, no charge, and what was left stays left.
   *
   * @throws {@link SubscriptionNotFound} {@link SubscriptionStateConflict}
   */
  async pause(userId: string, subscriptionId: string): Promise<Subscription> {
    return this.#scope.transaction(async (tx) => {
      const subscription = await this.#lockOwn(tx, userId, subscriptionId)
      const to = transition(subscription.status, 'pause')
      if (to === 'refuse') throw conflict(subscription, 'paused')
      if (to === 'ignore') return subscription
      const now = tx.clock.now()
      const paused = await tx.repos.subscriptions.update(subscription.id, {
        ...pausedCourse(subscription, now),
        updatedAt: now,
      })
      await tellProvider(tx, subscriptionId, 'stop')
      await announce(tx, subscriptionPaused, paused, {})
      return paused
    })
  }

  /**
   * Takes a cancellation back while time is left, or lets a paused subscription run again. Where
   * the provider renews (Stars), only its user can take it up again, in Telegram: it stays
   * `canceled`, with `canceledAt` null, until they do. Resuming twice is harmless.
   *
   * @throws {@link SubscriptionNotFound} {@link SubscriptionStateConflict}
   */
  async resume(userId: string, subscriptionId: string): Promise<Subscription> {
    return this.#scope.transaction(async (tx) => {
      const subscription = await this.#lockOwn(tx, userId, subscriptionId)
      const by = renewedBy(tx.gateways, subscription)
      const to = transition(subscription.status, by === 'provider' ? 'permit' : 'resume')
      if (to === 'ignore') return subscription
      const now = tx.clock.now()
      const { status, currentPeriodEnd } = subscription
      const isOver = status === 'canceled' && (by === 'nobody' || paidUntil(subscription) <= now)
      const isGone = status === 'canceled' && by === 'provider' && currentPeriodEnd <= now
      if (to === 'refuse' || isOver || isGone) throw conflict(subscription, 'resumed')
      const span = runningSpan(unfrozen(subscription, now, by), now, by)
      if (by !== 'provider') return this.#resume(tx, subscription, span)
      const permitted = await tx.repos.subscriptions.update(subscription.id, {
        ...canceledCourse(span),
        // Telegram has forgotten it once its own period is over.
        ...(currentPeriodEnd > now ? NOT_CANCELED : { canceledAt: now }),
        nextProductId: null,
        nextAmount: null,
        updatedAt: now,
      })
      await tellProvider(tx, subscriptionId, 'permit')
      return permitted
    })
  }

  /**
   * Takes in what its user did with a subscription at the provider, or that the provider could not
   * charge for it. What is older than what was heard before changes nothing.
   */
  async hear(word: {
    readonly firstPaymentId: string
    readonly payerTelegramId: bigint
    readonly state: 'active' | 'canceled' | 'failed'
    readonly heardAt: Date
  }): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const found = await tx.repos.subscriptions.findByFirstPayment(word.firstPaymentId)
      const user = found && (await tx.repos.users.findById(found.userId))
      if (!found || user?.telegramId !== word.payerTelegramId) return
      const subscription = await tx.repos.subscriptions.getByIdWithLock(found.id)
      if (subscription.heardAt && subscription.heardAt > word.heardAt) return
      const { id, status } = subscription
      await tx.repos.subscriptions.update(id, { heardAt: word.heardAt })
      if (word.state === 'failed') {
        return hearDecline(tx, subscription, { reason: 'failed_in_telegram', isFinal: true })
      }
      if (word.state === 'canceled') {
        if (status !== 'active' && status !== 'past_due') return
        await this.#cancel(tx, subscription, { cancelReason: 'canceled_in_telegram' })
        return
      }
      // Paused here means stopped there: whoever was faster, it stays paused.
      if (status === 'paused') return tellProvider(tx, id, 'stop')
      if (status === 'canceled') await this.#resume(tx, subscription, subscription)
    })
  }

  /**
   * Tells what a change of plan would do: what is charged, when, and until when it lasts.
   *
   * @throws {@link SubscriptionNotFound} {@link SubscriptionStateConflict} {@link ChangeRefused}
   */
  async previewChange(
    userId: string,
    subscriptionId: string,
    request: ChangeRequest,
  ): Promise<ChangePreview> {
    const subscription = await this.#scope.repos.subscriptions.findById(subscriptionId)
    if (subscription?.userId !== userId) throw new SubscriptionNotFound({ subscriptionId })
    return previewChange(this.#scope, subscription, request)
  }

  /**
   * Changes the plan; see {@link Proration} for the ways. Changing to the plan one has takes a
   * change back that was to come. May charge the saved method, so never inside a transaction.
   *
   * @throws {@link SubscriptionNotFound} {@link SubscriptionStateConflict} {@link ChangeRefused}
   */
  async change(
    userId: string,
    subscriptionId: string,
    request: ChangeRequest,
  ): Promise<Subscription> {
    const payment = await this.#scope.transaction(async (tx) =>
      changePlan(tx, await this.#lockOwn(tx, userId, subscriptionId), request),
    )
    if (payment) await this.#scope.payments.chargeSavedMethod(payment)
    return this.#scope.repos.subscriptions.getById(subscriptionId)
  }

  /**
   * Takes back the period that a payment has paid for, because it was refunded in full: ends the
   * subscription at once, or leaves what there is beside that period. One that is over stays.
   */
  takeBack(payment: Payment): Promise<void> {
    return this.#scope.transaction((tx) => takeBack(tx, payment))
  }

  async #cancel(
    tx: SubscriptionsScope,
    subscription: Subscription,
    why: { readonly cancelReason: string | null; readonly cancelFeedback?: string | null },
  ): Promise<Subscription> {
    const now = tx.clock.now()
    const span = unfrozen(subscription, now, renewedBy(tx.gateways, subscription))
    const canceled = await tx.repos.subscriptions.update(subscription.id, {
      ...canceledCourse(span),
      canceledAt: now,
      ...why,
      nextProductId: null,
      nextAmount: null,
      updatedAt: now,
    })
    await announce(tx, subscriptionCanceled, canceled, {})
    return canceled
  }

  async #resume(
    tx: SubscriptionsScope,
    subscription: Subscription,
    span: Span,
  ): Promise<Subscription> {
    const resumed = await tx.repos.subscriptions.update(subscription.id, {
      ...activeCourse(span, renewedBy(tx.gateways, subscription)),
      ...NOT_CANCELED,
      updatedAt: tx.clock.now(),
    })
    await announce(tx, subscriptionResumed, resumed, {})
    return resumed
  }

  /** Tells whether somebody may pay for a subscription that runs: nobody will do it for them. */
  async #isOpenToPurchase(live: Subscription, payment: Payment): Promise<boolean> {
    const { repos, gateways, clock } = this.#scope
    const { status, productId, currentPeriodEnd, expiresAt, savedMethodId } = live
    const now = clock.now()
    if (status === 'trialing') return true
    const by = renewedBy(gateways, live)
    // Its time is over, and only the job that says so has not come yet.
    if (expiresAt && expiresAt <= now && live.nextChargeAt === null) return true
    if (status === 'past_due') return by === 'kit' && !(await repos.payments.hasOpenOf(live.id))
    if (productId !== payment.productId) return false
    if (status === 'active') return by === 'nobody'
    if (status !== 'canceled') return false
    return by === 'provider' ? currentPeriodEnd <= now : savedMethodId === null
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
}

/** Once the billing date is over, the time on top becomes the period: the next charge is its end. */
function runningSpan(span: Span, now: Date, by: ReturnType<typeof renewedBy>): Span {
  if (by === 'provider' || span.currentPeriodEnd > now || span.extraMs === 0) return span
  const end = paidUntil(span)
  return { ...span, currentPeriodEnd: end, extraMs: 0, anchorDay: end.getUTCDate() }
}

function conflict(subscription: Subscription, wanted: string): SubscriptionStateConflict {
  return new SubscriptionStateConflict({
    subscriptionId: subscription.id,
    status: subscription.status,
    wanted,
  })
}
