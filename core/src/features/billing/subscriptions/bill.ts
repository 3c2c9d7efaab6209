import { assert, formatDecimal, readDecimal } from '../../../kernel/index.ts'
import type { InvoiceDiscount } from '../invoices/invoice.ts'
import {
  type BillingPeriod,
  boundaryAt,
  periodAt,
  type Schedule,
} from '../periods/billing-period.ts'
import { localMidnight } from '../periods/local-midnight.ts'
import { applyDiscounts } from '../pricing/discount.ts'
import type { PricingPlugIns } from '../pricing/pricing-plug-in.ts'
import { segmentsOf } from '../pricing/segments.ts'
import type { MeteredPeriod } from '../usage/usage-reading.ts'
import {
  advanceOf,
  arrearsOf,
  askedBy,
  type BillFacts,
  type BillingState,
  type BillLine,
  changesOf,
  sum,
} from './bill-lines.ts'
import { inForceOn, type ResolvedRevision } from './revisions.ts'
import { type BilledSubscription, billedAfter } from './subscription.ts'

/** When a subscription is billed next, and for which periods. */
export interface PlannedBill {
  readonly at: Date
  readonly on: string
  /** Paid in arrears; none at the first boundary. */
  readonly ended: BillingPeriod | undefined
  /** Paid in advance; none where it ends. */
  readonly begins: BillingPeriod | undefined
  readonly schedule: Schedule
  readonly inForce: ResolvedRevision
}

/** A bill, and what the subscription is after it. */
export interface Bill {
  readonly planned: PlannedBill
  /** None where there is nothing to ask for. */
  readonly lines: readonly BillLine[]
  readonly perLine: readonly bigint[]
  readonly taken: readonly InvoiceDiscount[]
  readonly next: BillingState & Pick<BilledSubscription, 'nextBillingAt'>
}

const ONE = readDecimal('1')
const NO_LINE = { fromOn: null, untilOn: null, steps: [], unitPrice: null, quantity: ONE }

/** When a subscription is billed next: at its next boundary, or at once where it has ended. */
export function planBill(
  subscription: BillingState,
  revisions: readonly ResolvedRevision[],
): PlannedBill | undefined {
  const { anchorOn, cycle, timeZone, periodIndex } = subscription
  if (cycle === 'one_time' && periodIndex > 0) return undefined
  const schedule = { anchorOn, cycle, timeZone }
  const { at, on, ended, begins } = boundaryAt(schedule, periodIndex)
  const inForce = inForceOn(revisions, on)
  assert(inForce, 'A subscription has a revision from its first day on')
  if (inForce.kind === 'cancel') {
    const endsAt = localMidnight(inForce.fromOn, timeZone)
    return { at: endsAt, on: inForce.fromOn, ended, begins: undefined, schedule, inForce }
  }
  const { cycle: nextCycle } = inForce.version
  if (nextCycle === cycle) return { at, on, ended, begins, schedule, inForce }
  const changed = { anchorOn: on, cycle: nextCycle, timeZone }
  return { at, on, ended, begins: periodAt(changed, 0), schedule: changed, inForce }
}

/** The usage that has to be known before a bill can be reckoned. */
export function usageAsked(
  subscription: BillingState,
  { ended }: PlannedBill,
  revisions: readonly ResolvedRevision[],
): MeteredPeriod[] {
  if (!ended) return []
  return segmentsOf(ended, revisions, 'arrears').flatMap((segment) => {
    const asked = askedBy(segment, ended, subscription)
    return asked ? [asked] : []
  })
}

/**
 * Reckons one bill: what is paid in arrears for the period that ended, what its changes give back
 * and charge, and what is paid in advance for the period that begins. The same function previews.
 *
 * @throws {@link AppError} of pricing and of plug-ins
 */
export function reckonBill(
  subscription: BillingState,
  planned: PlannedBill,
  facts: BillFacts,
  plugIns: PricingPlugIns,
): Bill {
  const { ended, begins, inForce } = planned
  const { currency, billCount } = subscription
  const priced = [
    ...(ended ? changesOf(subscription, ended, facts, plugIns) : []),
    ...(ended ? arrearsOf(subscription, ended, facts, plugIns) : []),
    ...(begins ? advanceOf(subscription, begins, inForce, plugIns) : []),
  ]
  const { setupFee } = inForce.version
  if (begins && billCount === 0 && setupFee > 0n && inForce.charges.length > 0) {
    const fee = { chargeKey: 'setup_fee', revision: inForce.number, amount: setupFee }
    const unitPrice = readDecimal(formatDecimal({ amount: setupFee, currency }))
    priced.push({ ...NO_LINE, ...fee, kind: 'setup_fee', title: 'Set-up fee', unitPrice })
  }
  return carried(subscription, planned, priced, facts)
}

/** Takes discounts off, and carries what is given back beyond what is asked for to the next bill. */
function carried(
  subscription: BillingState,
  planned: PlannedBill,
  priced: readonly BillLine[],
  { discounts, revisions }: BillFacts,
): Bill {
  const planOf = new Map(revisions.map(({ number, version }) => [number, version.planId]))
  const discountable = priced.map(({ revision, amount }) => {
    const planId = planOf.get(revision ?? 0)
    assert(planId, 'What is priced belongs to a revision')
    return { planId, amount }
  })
  const { perLine, taken } = applyDiscounts(discountable, discounts)
  const lines = [...priced]
  const { carried: before } = subscription
  if (lines.length > 0 && before > 0n) {
    const title = 'Credit of the invoice before'
    lines.push({
      ...NO_LINE,
      kind: 'carried',
      title,
      chargeKey: null,
      revision: null,
      amount: -before,
    })
  }
  const total = sum(lines.map(({ amount }) => amount)) - sum(perLine)
  if (total < 0n) {
    const title = 'Credit for the next invoice'
    lines.push({
      ...NO_LINE,
      kind: 'carry',
      title,
      chargeKey: null,
      revision: null,
      amount: -total,
    })
  }
  const after = lines.length === 0 ? before : total < 0n ? -total : 0n
  const next = stateAfter(subscription, planned, after)
  const nextBillingAt = planned.begins ? (planBill(next, revisions)?.at ?? null) : null
  return {
    ...{ planned, lines, perLine },
    taken: taken.flatMap(({ id, amount }, index) =>
      amount > 0n ? [{ redemptionId: id, title: discounts[index]?.title ?? '', amount }] : [],
    ),
    next: { ...next, nextBillingAt },
  }
}

function stateAfter(
  subscription: BillingState,
  { begins, schedule, inForce }: PlannedBill,
  carriedAfter: bigint,
): BillingState {
  const { status, billCount } = subscription
  const billed = { ...subscription, billCount: billCount + 1, carried: carriedAfter }
  if (!begins) return { ...billed, status: billedAfter(status, 'cancel') ?? status }
  const step =
    schedule.cycle === 'one_time'
      ? 'expire'
      : inForce.kind === 'pause'
        ? 'pause'
        : status === 'paused'
          ? 'resume'
          : 'begin'
  return {
    ...billed,
    ...{ anchorOn: schedule.anchorOn, cycle: schedule.cycle, periodIndex: begins.index + 1 },
    ...{ status: billedAfter(status, step) ?? status, chargedRevision: inForce.number },
  }
}
