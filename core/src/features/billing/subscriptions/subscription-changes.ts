import { assert, InvalidValue, localDay, newId } from '../../../kernel/index.ts'
import { readFields } from '../fields.ts'
import { type Cycle, periodOf, type Schedule } from '../periods/billing-period.ts'
import type { PlanVersion } from '../plans/plan.ts'
import { isUsage } from '../pricing/charge.ts'
import { most } from '../pricing/order.ts'
import type { Proration } from '../pricing/segments.ts'
import { checkPrices, inForceOn, standing } from './revisions.ts'
import {
  type BilledStatus,
  type BilledStep,
  type BilledSubscription,
  billedAfter,
  changeFields,
  type StoredRevision,
  type SubscriptionChange,
} from './subscription.ts'
import { PlanNotForSale, SubscriptionRefuses } from './subscriptions.errors.ts'
import type { BilledSubscriptionsScope } from './subscriptions.scope.ts'

/** When an end or a pause takes effect. */
export type Ending = 'now' | 'period_end'

/** What a change does to a subscription, worked out and not written. */
export interface WorkedOut {
  /** The change, and what was ahead and still is, said again: a later revision takes it away. */
  readonly revisions: readonly Omit<StoredRevision, 'tenantId'>[]
  /** The plan version of each. */
  readonly versions: ReadonlyMap<string, PlanVersion>
  readonly kind: StoredRevision['kind']
  readonly fromOn: string
  readonly status: BilledStatus
}

/** Works out what a change does. */
export type WorkOut = (
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
) => Promise<WorkedOut>

type Terms = Pick<StoredRevision, 'planVersionId' | 'quantity' | 'prices'>
type Draft = Terms & Pick<StoredRevision, 'kind' | 'fromOn' | 'proration'>

/** Another plan, quantity or price. What is ahead stays so, with what is changed laid over it. */
export async function workOutChange(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
  input: SubscriptionChange,
): Promise<WorkedOut> {
  const { planId, quantity, prices, proration } = readFields(changeFields, input)
  const status = after(before, 'change')
  const { fromOn, inForce, ahead, cycle } = await timing(tx, before, proration)
  const base = ahead?.fromOn === fromOn ? ahead : inForce
  const version = planId ? await versionForSale(tx, planId) : await versionOf(tx, base)
  refuseOther({ ...before, cycle }, version, proration)
  if (planId) await refuseSharedMeters(tx, version, before)
  const own = prices ?? (planId ? {} : base.prices)
  checkPrices(own, version)
  const terms = { quantity: quantity ?? base.quantity, prices: own, planVersionId: version.id }
  const way = proration === 'none' ? ('none' as const) : ('time' as const)
  const drafts: Draft[] = [{ ...terms, kind: 'change', fromOn, proration: way }]
  if (ahead && (ahead.fromOn > fromOn || isStop(ahead))) {
    const isOther = ahead.planVersionId !== inForce.planVersionId && !isStop(ahead)
    const later = isOther ? { ...ahead, quantity: quantity ?? ahead.quantity } : terms
    drafts.push({ ...again(ahead), ...termsOf(later) })
  }
  return workedOut(tx, before, drafts, status)
}

/** A pause or an end: takes away what is ahead, but for the end that comes after a pause. */
export async function workOutStop(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
  kind: 'pause' | 'cancel',
  when: Ending,
): Promise<WorkedOut> {
  const status = after(before, kind)
  const isNow = when === 'now'
  const { fromOn, inForce, ahead } = await timing(tx, before, isNow ? 'time' : 'next_period')
  const terms = termsOf(ahead && !isNow ? ahead : inForce)
  const drafts: Draft[] = [{ ...terms, kind, fromOn, proration: 'time' }]
  if (kind === 'pause' && ahead?.kind === 'cancel') drafts.push(again(ahead))
  return workedOut(tx, before, drafts, isNow ? status : before.status)
}

/** From a pause on from today; otherwise takes back the end or the pause that is ahead. */
export async function workOutResume(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
): Promise<WorkedOut> {
  const { fromOn: today, inForce, ahead } = await timing(tx, before, 'time')
  const resumed = { kind: 'resume' as const, proration: 'time' as const }
  if (inForce.kind !== 'pause' && ahead && isStop(ahead)) {
    const draft = { ...resumed, ...termsOf(ahead), fromOn: ahead.fromOn }
    return workedOut(tx, before, [draft], before.status)
  }
  const status = after(before, 'resume')
  const drafts: Draft[] = [{ ...resumed, ...termsOf(inForce), fromOn: today }]
  if (ahead?.kind === 'cancel') drafts.push(again(ahead))
  return workedOut(tx, before, drafts, status)
}

/** The day on which something counts that is done now, what is in force, and what is to come. */
async function timing(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
  proration: Proration,
): Promise<{
  readonly fromOn: string
  readonly inForce: StoredRevision
  readonly ahead: StoredRevision | undefined
  readonly cycle: Cycle
}> {
  const { startOn, timeZone } = before
  const now = tx.clock.now()
  const today = most(localDay(now, timeZone), startOn)
  const revisions = await tx.repos.revisions.listOfSubscriptions([before.id])
  const counting = standing(revisions)
  const inForce = inForceOn(counting, today)
  assert(inForce, 'A subscription has a revision from its first day on')
  const begun = counting.filter((revision) => revision.fromOn <= today)
  const schedule = await scheduleOf(tx, before, begun)
  const last = revisions.at(-1)
  const ahead = last && last.fromOn > today ? last : undefined
  const next = periodOf(schedule, now)?.endOn ?? schedule.anchorOn
  const fromOn = proration === 'next_period' ? next : today
  return { fromOn, inForce, ahead, cycle: schedule.cycle }
}

/** The schedule by now: a cycle that has begun counts, though it may not be billed yet. */
async function scheduleOf(
  tx: BilledSubscriptionsScope,
  { anchorOn, cycle, timeZone }: BilledSubscription,
  begun: readonly StoredRevision[],
): Promise<Schedule> {
  const later = begun.filter(({ fromOn }) => fromOn >= anchorOn)
  const ids = [...new Set(later.map(({ planVersionId }) => planVersionId))]
  const found = await tx.repos.planVersions.getByIds(ids)
  const cycles = new Map(found.map((version) => [version.id, version.cycle]))
  let schedule: Schedule = { anchorOn, cycle, timeZone }
  for (const { planVersionId, fromOn } of later) {
    const other = cycles.get(planVersionId)
    if (other !== undefined && other !== schedule.cycle) {
      schedule = { anchorOn: fromOn, cycle: other, timeZone }
    }
  }
  return schedule
}

async function workedOut(
  tx: BilledSubscriptionsScope,
  before: BilledSubscription,
  drafts: readonly Draft[],
  status: BilledStatus,
): Promise<WorkedOut> {
  const stored = await tx.repos.revisions.listOfSubscriptions([before.id])
  const number = (stored.at(-1)?.number ?? 0) + 1
  const createdAt = tx.clock.now()
  const revisions = drafts.map((draft, index) => ({
    ...{ ...draft, id: newId(), subscriptionId: before.id, number: number + index, createdAt },
  }))
  const ids = [...new Set(revisions.map(({ planVersionId }) => planVersionId))]
  const found = await tx.repos.planVersions.getByIds(ids)
  const versions = new Map(found.map((version) => [version.id, version]))
  const [first] = revisions
  assert(first, 'A change has a revision')
  return { revisions, versions, kind: first.kind, fromOn: first.fromOn, status }
}

function isStop({ kind }: StoredRevision): boolean {
  return kind === 'pause' || kind === 'cancel'
}

function termsOf({ planVersionId, quantity, prices }: Terms): Terms {
  return { planVersionId, quantity, prices }
}

function again(ahead: StoredRevision): Draft {
  const { kind, fromOn, proration } = ahead
  return { ...termsOf(ahead), kind, fromOn, proration }
}

/**
 * The version in which a plan is begun.
 *
 * @throws {@link NotFound}
 * @throws {@link PlanNotForSale}
 */
export async function versionForSale(
  tx: BilledSubscriptionsScope,
  planId: string,
): Promise<PlanVersion> {
  const plan = await tx.repos.plans.getById(planId)
  const [version] = await tx.repos.planVersions.listCurrent([planId])
  if (plan.archivedAt || !version) throw new PlanNotForSale({ planId })
  return version
}

function versionOf(tx: BilledSubscriptionsScope, of: StoredRevision): Promise<PlanVersion> {
  return tx.repos.planVersions.getById(of.planVersionId)
}

/**
 * Refuses to bill the usage of a customer by a meter twice: what a meter counts of a customer belongs
 * to one subscription at a time.
 *
 * @throws {@link InvalidValue}
 */
export async function refuseSharedMeters(
  tx: BilledSubscriptionsScope,
  { charges }: PlanVersion,
  { id, customerId }: Pick<BilledSubscription, 'id' | 'customerId'>,
): Promise<void> {
  const meters = charges.flatMap((charge) => (isUsage(charge) ? charge.meter : []))
  if (meters.length === 0) return
  // Whoever else begins a subscription of the customer waits here.
  await tx.repos.customers.getByIdWithLock(customerId, { mode: 'no key update' })
  const others = await tx.repos.subscriptions.listBilling(customerId, id)
  const stored = await tx.repos.revisions.listOfSubscriptions(others.map((other) => other.id))
  const ids = [...new Set(stored.map(({ planVersionId }) => planVersionId))]
  const versions = new Map(
    (await tx.repos.planVersions.getByIds(ids)).map((version) => [version.id, version]),
  )
  for (const { id: otherId, timeZone } of others) {
    const today = localDay(tx.clock.now(), timeZone)
    const own = standing(stored.filter(({ subscriptionId }) => subscriptionId === otherId))
    const inForce = inForceOn(own, today)
    const counting = own.filter((each) => each === inForce || each.fromOn > today)
    const theirs = counting.flatMap((each) => versions.get(each.planVersionId)?.charges ?? [])
    const shared = theirs.find((charge) => isUsage(charge) && meters.includes(charge.meter))
    if (!shared || !isUsage(shared)) continue
    throw new InvalidValue({
      field: 'planId',
      problem: `charges for ${shared.meter}, which subscription ${otherId} of the customer bills`,
      remedy: 'change that subscription, or end it first',
    })
  }
}

function refuseOther(
  before: Pick<BilledSubscription, 'currency' | 'cycle'>,
  version: PlanVersion,
  proration: Proration,
): void {
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
