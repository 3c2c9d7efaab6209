import { assert, type Currency } from '../../../kernel/index.ts'
import type { RunningCoupon } from '../coupons/coupons.repository.ts'
import type { Customer } from '../customers/customer.ts'
import { makeDraft } from '../invoices/draft.ts'
import type { MadeInvoice } from '../invoices/invoices.repository.ts'
import type { TaxProvider } from '../invoices/tax-provider.ts'
import type { ChargedLine } from '../pricing/proration.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { MeteredPeriod, UsageReading } from '../usage/usage-reading.ts'
import { type Bill, planBill, reckonBill, usageAsked } from './bill.ts'
import type { BillDiscount, BillFacts } from './bill-lines.ts'
import { type ResolvedRevision, resolveRevisions, standing } from './revisions.ts'
import type { BilledSubscription } from './subscription.ts'
import type { BillsScope } from './subscriptions.scope.ts'

/** What the bills of some subscriptions are reckoned from, read in few statements. */
export interface BatchFacts {
  readonly tenant: Tenant
  readonly taxProvider: TaxProvider
  customerOf(subscription: BilledSubscription): Customer
  /** The usage that the next bill asks for. */
  usageOf(subscription: BilledSubscription): readonly UsageReading[]
  revisionsOf(subscription: BilledSubscription): readonly ResolvedRevision[]
  billFactsOf(subscription: BilledSubscription): BillFacts
}

/** A bill with the draft that asks for it; none where there is nothing to ask for. */
export interface MadeBill {
  readonly bill: Bill
  readonly made: MadeInvoice | undefined
}

/** Reads what the next bill of each subscription depends on: as many statements for one as for all. */
export async function readBatchFacts(
  tx: BillsScope,
  subscriptions: readonly BilledSubscription[],
  addedOf: (subscription: BilledSubscription) => readonly ResolvedRevision[] = () => [],
): Promise<BatchFacts> {
  const ids = subscriptions.map(({ id }) => id)
  const customerIds = [...new Set(subscriptions.map(({ customerId }) => customerId))]
  const tenant = await tx.repos.tenant.get()
  const stored = await tx.repos.revisions.listOfSubscriptions(ids)
  const versionIds = [...new Set(stored.map(({ planVersionId }) => planVersionId))]
  const versions = await byId(versionIds, (some) => tx.repos.planVersions.getByIds(some))
  const customers = await byId(customerIds, (some) => tx.repos.customers.getByIds(some))
  const coupons = Map.groupBy(
    await tx.repos.couponRedemptions.listRunning(customerIds),
    ({ customerId }) => customerId,
  )
  const charged = Map.groupBy(
    await tx.repos.subscriptions.listCharged(subscriptions),
    ({ subscriptionId }) => subscriptionId,
  )
  const storedOf = Map.groupBy(stored, ({ subscriptionId }) => subscriptionId)
  const revisionsOf = (of: BilledSubscription): readonly ResolvedRevision[] =>
    standing([...resolveRevisions(storedOf.get(of.id) ?? [], versions), ...addedOf(of)])
  const usage = await readUsage(tx, subscriptions, revisionsOf)
  const usageOf = Map.groupBy(usage.values(), ({ subscriptionId }) => subscriptionId)
  return {
    tenant,
    taxProvider: await tx.taxes.provider(),
    revisionsOf,
    customerOf(subscription) {
      const customer = customers.get(subscription.customerId)
      assert(customer, 'A subscription has a customer')
      return customer
    },
    usageOf: ({ id }) => usageOf.get(id) ?? [],
    billFactsOf: (subscription) => ({
      revisions: revisionsOf(subscription),
      charged: charged.get(subscription.id) ?? [],
      discounts: discountsOf(subscription.currency, coupons.get(subscription.customerId) ?? []),
      usageOf(asked) {
        const reading = usage.get(usageKey(asked))
        assert(reading, 'Usage is read before it is billed')
        return reading
      },
    }),
  }
}

/**
 * Reckons the next bill of a subscription and drafts the invoice that asks for it; undefined where
 * nothing is left to bill. It writes nothing.
 *
 * @throws {@link AppError} of pricing, plug-ins and taxes
 */
export function makeBill(
  tx: Pick<BillsScope, 'pricingPlugIns'>,
  subscription: BilledSubscription,
  facts: BatchFacts,
  now: Date,
): MadeBill | undefined {
  const billFacts = facts.billFactsOf(subscription)
  const planned = planBill(subscription, billFacts.revisions)
  if (!planned) return undefined
  const bill = reckonBill(subscription, planned, billFacts, tx.pricingPlugIns)
  const { lines, perLine, taken } = bill
  if (lines.length === 0) return { bill, made: undefined }
  const days = lines.flatMap(({ fromOn, untilOn }) =>
    fromOn && untilOn ? [[fromOn, untilOn]] : [],
  )
  const [starts, ends] = [days.map(([from]) => from).sort(), days.map(([, until]) => until).sort()]
  const billNumber = bill.next.billCount
  const made = makeDraft(
    {
      ...{ tenant: facts.tenant, customer: facts.customerOf(subscription), now, on: planned.on },
      currency: subscription.currency,
      lines: lines.map((line) => ({ ...line, subscriptionId: subscription.id, billNumber })),
      discounts: { perLine, taken },
      ...{ fromOn: starts[0] ?? null, untilOn: ends.at(-1) ?? null },
      ...{ subscriptionId: subscription.id, billNumber },
    },
    facts.taxProvider,
  )
  return { bill, made }
}

/** What the next bill gives back from: what this one charged in advance. */
export function chargedBy({ made }: MadeBill): ChargedLine[] {
  return (made?.lines ?? []).flatMap(({ kind, chargeKey, fromOn, untilOn, net, tax }) =>
    kind === 'advance' && chargeKey !== null && fromOn !== null && untilOn !== null
      ? [{ chargeKey, fromOn, untilOn, amount: made?.invoice.pricesIncludeTax ? net + tax : net }]
      : [],
  )
}

/**
 * Reads usage once for each meter and span. What came late for earlier periods belongs to the first
 * span of its meter, as a change may cut a period into several.
 */
async function readUsage(
  { usage }: BillsScope,
  subscriptions: readonly BilledSubscription[],
  revisionsOf: BatchFacts['revisionsOf'],
): Promise<ReadonlyMap<string, UsageReading>> {
  const asked = new Map<string, MeteredPeriod>()
  for (const subscription of subscriptions) {
    const revisions = revisionsOf(subscription)
    const planned = planBill(subscription, revisions)
    for (const period of planned ? usageAsked(subscription, planned, revisions) : []) {
      asked.set(usageKey(period), period)
    }
  }
  if (asked.size === 0) return new Map()
  const seen = new Set<string>()
  const readings = (await usage.read([...asked.values()])).map((reading) => {
    const meter = `${reading.subscriptionId} ${reading.meter}`
    const isFirst = !seen.has(meter)
    seen.add(meter)
    return isFirst ? reading : { ...reading, late: [] }
  })
  return new Map(readings.map((reading) => [usageKey(reading), reading]))
}

function usageKey({ subscriptionId, meter, startsAt, endsAt }: MeteredPeriod): string {
  return [subscriptionId, meter, startsAt.toISOString(), endsAt.toISOString()].join(' ')
}

/** What coupons of a customer take off a bill, in their order. */
export function discountsOf(currency: Currency, coupons: readonly RunningCoupon[]): BillDiscount[] {
  return coupons.flatMap(
    ({ redemptionId: id, coupon, planIds: only, invoicesLeft }): BillDiscount[] => {
      const { percent, amount, name: title } = coupon
      const of = { id, title, invoicesLeft, planIds: only.length > 0 ? only : undefined }
      if (percent !== null) return [{ ...of, terms: { percent } }]
      return amount !== null && coupon.currency === currency ? [{ ...of, terms: { amount } }] : []
    },
  )
}

async function byId<Row extends { readonly id: string }>(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<readonly Row[]>,
): Promise<ReadonlyMap<string, Row>> {
  return new Map((await read(ids)).map((row) => [row.id, row]))
}
