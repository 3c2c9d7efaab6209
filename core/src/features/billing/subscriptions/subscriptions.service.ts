import {
  assert,
  InvalidValue,
  localDay,
  newId,
  type Page,
  type PageRequest,
} from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import { periodOf } from '../periods/billing-period.ts'
import { trialFrom } from '../periods/days.ts'
import type { PlanVersion } from '../plans/plan.ts'
import { most } from '../pricing/order.ts'
import type { Proration } from '../pricing/segments.ts'
import { type Bill, planBill } from './bill.ts'
import { makeBill, readBatchFacts } from './bill-facts.ts'
import { checkPrices, resolved } from './revisions.ts'
import {
  type BilledStatus,
  type BilledStep,
  type BilledSubscription,
  billedAfter,
  changeFields,
  type StoredRevision,
  type SubscriptionChange,
  type SubscriptionInput,
  subscriptionFields,
} from './subscription.ts'
import { PlanNotForSale, SubscriptionRefuses } from './subscriptions.errors.ts'
import type { SubscriptionFilter } from './subscriptions.repository.ts'
import type { BilledSubscriptionsScope } from './subscriptions.scope.ts'
import { movedEvents, revisedEvent } from './tell-subscriptions.ts'

/** When an end or a pause takes effect. */
export type Ending = 'now' | 'period_end'

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

type Draft = Pick<
  StoredRevision,
  'kind' | 'fromOn' | 'proration' | 'planVersionId' | 'quantity' | 'prices'
>

/** A change of a subscription, worked out and not written. */
interface WorkedOut {
  readonly revision: Omit<StoredRevision, 'tenantId'>
  readonly version: PlanVersion
  readonly status: BilledStatus
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
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue}
   * @throws {@link PlanNotForSale}
   * @throws {@link CouponNotRedeemable}
   * @example
   * await billing.subscriptions.create({ customerId, planId, quantity: '3', coupon: 'SPRING' })
   */
  async create(input: SubscriptionInput): Promise<SubscriptionView> {
    const { customerId, planId, coupon, ...fields } = readFields(subscriptionFields, input)
    return this.#scope.transaction(async (tx) => {
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
      const id = newId()
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
    return this.#commit(id, (tx, before) => workOutStep(tx, before, 'pause', when))
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
    return this.#commit(id, (tx, before) => workOutStep(tx, before, 'cancel', when))
  }

  /**
   * Says what the last bill would be, and writes nothing.
   *
   * @throws {@link NotFound}
   * @throws {@link SubscriptionRefuses}
   */
  previewCancel(id: string, when: Ending = 'period_end'): Promise<ChangePreview> {
    return this.#preview(id, (tx, before) => workOutStep(tx, before, 'cancel', when))
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

  /** One page of subscriptions, oldest first: of a customer, or those that could not be billed. */
  list(
    filter: SubscriptionFilter = {},
    request: PageRequest = {},
  ): Promise<Page<BilledSubscription>> {
    return this.#scope.transaction((tx) => tx.repos.subscriptions.listFiltered(filter, request))
  }

  #commit(id: string, workOut: WorkOut): Promise<SubscriptionView> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.subscriptions.getByIdWithLock(id)
      const { revision, version, status } = await workOut(tx, before)
      await tx.repos.revisions.insert(revision)
      const facts = await readBatchFacts(tx, [before])
      const at = planBill(before, facts.revisionsOf(before))?.at ?? null
      const updatedAt = tx.clock.now()
      await tx.repos.subscriptions.update(id, { status, nextBillingAt: at, dueAt: at, updatedAt })
      assert(version.currency === before.currency, 'A subscription keeps its currency')
      const changed = await record(tx, `subscription.${ACTIONS[revision.kind]}`, id, before)
      const told = revisedEvent(changed, revision, updatedAt)
      const isOver = status === 'canceled' && status !== before.status
      await tx.tell(isOver ? [told, ...movedEvents(before.status, changed, updatedAt)] : [told])
      return changed
    })
  }

  #preview(id: string, workOut: WorkOut): Promise<ChangePreview> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.subscriptions.getById(id)
      const { revision, version, status } = await workOut(tx, before)
      const changed = { ...before, status }
      const facts = await readBatchFacts(tx, [changed], () => [resolved(revision, version)])
      const made = makeBill(tx, changed, facts, tx.clock.now())
      return { fromOn: revision.fromOn, nextBill: made?.bill }
    })
  }
}

type WorkOut = (tx: BilledSubscriptionsScope, before: BilledSubscription) => Promise<WorkedOut>

const ACTIONS = {
  ...{ start: 'created', change: 'changed', pause: 'paused', resume: 'resumed' },
  cancel: 'canceled',
} as const

async function workOutChange(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
  input: SubscriptionChange,
): Promise<WorkedOut> {
  const { planId, quantity, prices, proration } = readFields(changeFields, input)
  const status = after(before, 'change')
  const { fromOn, latest } = await timing(tx, before, proration)
  const version = planId ? await versionForSale(tx, planId) : await versionOf(tx, latest)
  refuseOther(before, version, proration)
  const own = prices ?? (planId ? {} : latest.prices)
  checkPrices(own, version)
  const changed = { quantity: quantity ?? latest.quantity, prices: own, planVersionId: version.id }
  const way = proration === 'none' ? 'none' : 'time'
  return workedOut(
    tx,
    before,
    { ...changed, kind: 'change', fromOn, proration: way },
    version,
    status,
  )
}

async function workOutStep(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
  kind: 'pause' | 'cancel',
  when: Ending,
): Promise<WorkedOut> {
  const status = after(before, kind)
  const isNow = when === 'now'
  const { fromOn, latest } = await timing(tx, before, isNow ? 'time' : 'next_period')
  const version = await versionOf(tx, latest)
  const { planVersionId, quantity, prices } = latest
  const draft = { kind, fromOn, proration: 'time' as const, planVersionId, quantity, prices }
  return workedOut(tx, before, draft, version, isNow ? status : before.status)
}

async function workOutResume(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
): Promise<WorkedOut> {
  const { fromOn: today, latest } = await timing(tx, before, 'time')
  const isAhead = (latest.kind === 'pause' || latest.kind === 'cancel') && latest.fromOn > today
  const status = isAhead ? before.status : after(before, 'resume')
  if (isAhead && before.nextBillingAt === null) after(before, 'resume')
  const version = await versionOf(tx, latest)
  const { planVersionId, quantity, prices } = latest
  const fromOn = isAhead ? latest.fromOn : today
  const draft = { kind: 'resume' as const, fromOn, proration: 'time' as const }
  return workedOut(tx, before, { ...draft, planVersionId, quantity, prices }, version, status)
}

/** The day on which something counts that is done now, and what it changes. */
async function timing(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
  proration: Proration,
): Promise<{ readonly fromOn: string; readonly latest: StoredRevision }> {
  const { startOn, anchorOn, timeZone } = before
  const now = tx.clock.now()
  const revisions = await tx.repos.revisions.listOfSubscriptions([before.id])
  const latest = revisions.at(-1)
  assert(latest, 'A subscription has a revision')
  const today = localDay(now, timeZone)
  const period = periodOf(before, now)
  if (proration === 'next_period') return { fromOn: period?.endOn ?? anchorOn, latest }
  return { fromOn: most(today, startOn), latest }
}

async function workedOut(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
  draft: Draft,
  version: PlanVersion,
  status: BilledStatus,
): Promise<WorkedOut> {
  const revisions = await tx.repos.revisions.listOfSubscriptions([before.id])
  const number = (revisions.at(-1)?.number ?? 0) + 1
  const made = { id: newId(), subscriptionId: before.id, number, createdAt: tx.clock.now() }
  return { revision: { ...made, ...draft }, version, status }
}

async function versionForSale(tx: BilledSubscriptionsScope, planId: string): Promise<PlanVersion> {
  const plan = await tx.repos.plans.getById(planId)
  const [version] = await tx.repos.planVersions.listCurrent([planId])
  if (plan.archivedAt || !version) throw new PlanNotForSale({ planId })
  return version
}

function versionOf(tx: BilledSubscriptionsScope, of: StoredRevision): Promise<PlanVersion> {
  return tx.repos.planVersions.getById(of.planVersionId)
}

function refuseOther(before: BilledSubscription, version: PlanVersion, proration: Proration): void {
  const field = 'planId'
  if (version.currency !== before.currency) {
    const problem = `costs ${version.currency}, and the subscription ${before.currency}`
    throw new InvalidValue({ field, problem })
  }
  if (version.cycle === before.cycle) return
  if (version.cycle === 'one_time') throw new InvalidValue({ field, problem: 'is billed once' })
  if (proration === 'next_period') return
  const remedy = 'let it begin with the next period'
  throw new InvalidValue({ field, problem: 'has another cycle', remedy })
}

function after({ id, status }: BilledSubscription, step: BilledStep): BilledStatus {
  const aim = billedAfter(status, step)
  if (!aim) throw new SubscriptionRefuses({ subscriptionId: id, status, step })
  return aim
}

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
