import {
  assert,
  InvalidValue,
  localDay,
  newId,
  type Page,
  type PageRequest,
} from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import { trialFrom } from '../periods/days.ts'
import { type Bill, planBill } from './bill.ts'
import { makeBill, readBatchFacts } from './bill-facts.ts'
import { checkPrices, resolved, resolveRevisions } from './revisions.ts'
import {
  type BilledSubscription,
  type StoredRevision,
  type SubscriptionChange,
  type SubscriptionInput,
  subscriptionFields,
} from './subscription.ts'
import {
  type Ending,
  refuseSharedMeters,
  versionForSale,
  type WorkOut,
  workOutChange,
  workOutResume,
  workOutStop,
} from './subscription-changes.ts'
import type { SubscriptionFilter } from './subscriptions.repository.ts'
import type { BilledSubscriptionsScope } from './subscriptions.scope.ts'
import { movedEvents, revisedEvent } from './tell-subscriptions.ts'

/** A subscription with all that it cost. */
export interface SubscriptionView extends BilledSubscription {
  readonly revisions: readonly StoredRevision[]
}

/** What a change would do. */
export interface ChangePreview {
  /** The day from which it counts. */
  readonly fromOn: string
  /** The next bill with the change in it; none where nothing is left to bill. */
  readonly nextBill: Pick<Bill, 'lines' | 'perLine' | 'taken' | 'planned'> | undefined
}

/**
 * What customers are billed for again and again. What a subscription costs is a history of
 * revisions that never change; bills are reckoned from it, previews by the same functions.
 */
export class BilledSubscriptionsService {
  readonly #scope: BilledSubscriptionsScope

  constructor(scope: BilledSubscriptionsScope) {
    this.#scope = scope
  }

  /**
   * Begins a plan in its current version. A trial is not billed; the first bill comes after it.
   * Asked again with an id, it gives the one that it began.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue}
   * @throws {@link PlanNotForSale}
   * @throws {@link CouponNotRedeemable}
   * @example
   * await billing.subscriptions.create({ customerId, planId, quantity: '3', coupon: 'SPRING' })
   */
  async create(input: SubscriptionInput, id: string = newId()): Promise<SubscriptionView> {
    const { customerId, planId, coupon, ...fields } = readFields(subscriptionFields, input)
    return this.#scope.transaction(async (tx) => {
      if (await tx.repos.subscriptions.findById(id)) return view(tx, id)
      const customer = await tx.repos.customers.getById(customerId)
      const version = await versionForSale(tx, planId)
      const { currency, timeZone } = customer
      if (version.currency !== currency) {
        const problem = `costs ${version.currency}, and the customer pays ${currency}`
        throw new InvalidValue({ field: 'planId', problem })
      }
      checkPrices(fields.prices, version)
      const now = tx.clock.now()
      const startOn = fields.startOn ?? localDay(now, timeZone)
      const { untilOn } = trialFrom(startOn, fields.trialDays ?? version.trialDays, timeZone)
      const anchorOn = fields.anchorOn ?? untilOn
      if (anchorOn < untilOn) {
        throw new InvalidValue({ field: 'anchorOn', problem: `is before ${untilOn}` })
      }
      const { quantity, prices } = fields
      await refuseSharedMeters(tx, version, { id, customerId })
      const revision = {
        ...{ id: newId(), subscriptionId: id, number: 1, kind: 'start' as const, fromOn: startOn },
        ...{ proration: 'time' as const, planVersionId: version.id, quantity, prices },
        createdAt: now,
      }
      const begun = {
        ...{ id, customerId, currency, startOn, anchorOn, cycle: version.cycle, timeZone },
        ...{ status: anchorOn > startOn ? ('trial' as const) : ('active' as const) },
        ...{ periodIndex: 0, billCount: 0, chargedRevision: null, carried: 0n },
      }
      const at = planBill(begun, [resolved(revision, version)])?.at ?? null
      await tx.repos.subscriptions.insert({
        ...{ ...begun, nextBillingAt: at, dueAt: at, parkedAt: null, parkedReason: null },
        ...{ createdAt: now, updatedAt: now },
      })
      await tx.repos.revisions.insert(revision)
      if (coupon !== undefined) await tx.coupons.redeem(coupon, customerId)
      const made = await record(tx, 'subscription.created', id)
      await tx.tell([revisedEvent(made, revision, now)])
      return made
    })
  }

  /**
   * Changes the plan, the quantity or the prices, from today on or with the next period. A plan of
   * another cycle begins with the next period.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue}
   * @throws {@link PlanNotForSale}
   * @throws {@link SubscriptionRefuses}
   */
  change(id: string, change: SubscriptionChange): Promise<SubscriptionView> {
    return this.#commit(id, (tx, before) => workOutChange(tx, before, change))
  }

  /**
   * Says what a change would do, by the functions that bill, and writes nothing.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue}
   * @throws {@link PlanNotForSale}
   * @throws {@link SubscriptionRefuses}
   */
  preview(id: string, change: SubscriptionChange): Promise<ChangePreview> {
    return this.#preview(id, (tx, before) => workOutChange(tx, before, change))
  }

  /**
   * Charges for nothing until it is resumed; days that were paid already are given back.
   *
   * @throws {@link NotFound}
   * @throws {@link SubscriptionRefuses}
   */
  pause(id: string, when: Ending = 'now'): Promise<SubscriptionView> {
    return this.#commit(id, (tx, before) => workOutStop(tx, before, 'pause', when))
  }

  /**
   * Charges again from today on, or takes an end or a pause back that has not come.
   *
   * @throws {@link NotFound}
   * @throws {@link SubscriptionRefuses}
   */
  resume(id: string): Promise<SubscriptionView> {
    return this.#commit(id, (tx, before) => workOutResume(tx, before))
  }

  /**
   * Ends it, now with a last bill for what is open, or with the running period.
   *
   * @throws {@link NotFound}
   * @throws {@link SubscriptionRefuses}
   */
  cancel(id: string, when: Ending = 'period_end'): Promise<SubscriptionView> {
    return this.#commit(id, (tx, before) => workOutStop(tx, before, 'cancel', when))
  }

  /**
   * Says what the last bill would be, and writes nothing.
   *
   * @throws {@link NotFound}
   * @throws {@link SubscriptionRefuses}
   */
  previewCancel(id: string, when: Ending = 'period_end'): Promise<ChangePreview> {
    return this.#preview(id, (tx, before) => workOutStop(tx, before, 'cancel', when))
  }

  /**
   * Lets the next run take up a subscription that could not be billed.
   *
   * @throws {@link NotFound}
   */
  retry(id: string): Promise<SubscriptionView> {
    return this.#scope.transaction(async (tx) => {
      const { nextBillingAt } = await tx.repos.subscriptions.getByIdWithLock(id)
      const updatedAt = tx.clock.now()
      const free = { dueAt: nextBillingAt, parkedAt: null, parkedReason: null, updatedAt }
      await tx.repos.subscriptions.update(id, free)
      return record(tx, 'subscription.retried', id)
    })
  }

  /**
   * Reads a subscription with its revisions.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<SubscriptionView> {
    return this.#scope.transaction((tx) => view(tx, id))
  }

  /** One page of subscriptions that fit, oldest first. */
  list(
    filter: SubscriptionFilter = {},
    request: PageRequest = {},
  ): Promise<Page<BilledSubscription>> {
    return this.#scope.transaction((tx) => tx.repos.subscriptions.listFiltered(filter, request))
  }

  #commit(id: string, workOut: WorkOut): Promise<SubscriptionView> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.subscriptions.getByIdWithLock(id)
      const { revisions, versions, kind, status } = await workOut(tx, before)
      for (const revision of revisions) await tx.repos.revisions.insert(revision)
      for (const { currency } of versions.values()) {
        assert(currency === before.currency, 'A subscription keeps its currency')
      }
      const facts = await readBatchFacts(tx, [before])
      const at = planBill(before, facts.revisionsOf(before))?.at ?? null
      const updatedAt = tx.clock.now()
      await tx.repos.subscriptions.update(id, { status, nextBillingAt: at, dueAt: at, updatedAt })
      const changed = await record(tx, `subscription.${ACTIONS[kind]}`, id, before)
      const [revision] = revisions
      assert(revision, 'A change has a revision')
      const told = revisedEvent(changed, revision, updatedAt)
      const isOver = status === 'canceled' && status !== before.status
      await tx.tell(isOver ? [told, ...movedEvents(before.status, changed, updatedAt)] : [told])
      return changed
    })
  }

  #preview(id: string, workOut: WorkOut): Promise<ChangePreview> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.subscriptions.getById(id)
      const { revisions, versions, fromOn, status } = await workOut(tx, before)
      const changed = { ...before, status }
      const facts = await readBatchFacts(tx, [changed], () => resolveRevisions(revisions, versions))
      const made = makeBill(tx, changed, facts, tx.clock.now())
      return { fromOn, nextBill: made?.bill }
    })
  }
}

const ACTIONS = {
  ...{ start: 'created', change: 'changed', pause: 'paused', resume: 'resumed' },
  cancel: 'canceled',
} as const

async function view(tx: BilledSubscriptionsScope, id: string): Promise<SubscriptionView> {
  const subscription = await tx.repos.subscriptions.getById(id)
  return { ...subscription, revisions: await tx.repos.revisions.listOfSubscriptions([id]) }
}

async function record(
  tx: BilledSubscriptionsScope,
  action: string,
  id: string,
  before?: BilledSubscription,
): Promise<SubscriptionView> {
  const now = await view(tx, id)
  await tx.record({
    action,
    subject: `subscription:${id}`,
    ...(before ? { before } : {}),
    after: now,
  })
  return now
}
