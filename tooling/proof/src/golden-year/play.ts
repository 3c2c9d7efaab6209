import type { CoreServices } from '@gramkit/core'
import { billDueSubscriptions, type TenantBilling } from '@gramkit/core/billing'
import { newId, type VirtualClock } from '@gramkit/core/kernel'
import { aTenant } from '@gramkit/core/testing'
import type { NaiveBill, NaiveUsage } from '../naive-billing/bills.ts'
import type { NaiveBillLine } from '../naive-billing/taxes.ts'
import {
  ACCEPTED_DAYS,
  BUYERS,
  daysAfter,
  RATES,
  SELLERS,
  type Story,
  type StoryDeed,
  type StoryPlan,
  YEAR,
} from './story.ts'

/** A story on its way. */
export interface Played {
  readonly story: Story
  readonly billing: TenantBilling
  readonly customerId: string
  readonly subscriptionId: string
}

/** What the year is played on. */
export interface Stage {
  readonly services: CoreServices
  readonly clock: VirtualClock
}

/** Lives through the year day by day: bills what is due, tells usage, does what is done. */
export async function play(
  stage: Stage,
  stories: readonly Story[],
  atNoon: (day: string, played: readonly Played[]) => Promise<void>,
): Promise<Played[]> {
  const { services, clock } = stage
  const sellers = new Map<string, Seller>()
  for (const name of Object.keys(SELLERS) as (keyof typeof SELLERS)[]) {
    sellers.set(name, await open(services, name, stories))
  }
  const played: Played[] = []
  for (let day: string = YEAR.from; day <= YEAR.until; day = daysAfter(day, 1)) {
    clock.set(noon(day))
    await billDue(services)
    for (const story of stories.filter(({ startOn }) => startOn === day)) {
      const seller = sellers.get(story.seller)
      if (seller) played.push(await begin(seller, story))
    }
    let isDone = false
    for (const one of played) {
      const usage = one.story.usage?.filter(({ toldOn }) => toldOn === day) ?? []
      const deeds = one.story.deeds?.filter(({ on }) => on === day) ?? []
      if (usage.length > 0) await tell(one, usage)
      for (const deed of deeds) await act(one, sellers.get(one.story.seller), deed)
      isDone ||= deeds.length > 0 || one.story.startOn === day
    }
    if (isDone) await billDue(services)
    await atNoon(day, played)
  }
  return played
}

/** The bills of a story as its invoices say them. */
export async function billsOf({ billing, customerId }: Played): Promise<NaiveBill[]> {
  const bills: NaiveBill[] = []
  let cursor: string | undefined
  do {
    cursor = await billing.transaction(async (tx) => {
      const page = await tx.invoices.list({ customerId }, { limit: 100, cursor })
      const ids = page.items.map(({ id }) => id)
      const lines = Map.groupBy(await tx.repos.invoices.listLines(ids), (line) => line.invoiceId)
      for (const { id, issuedOn, total, subscriptionId } of page.items) {
        if (subscriptionId === null) continue
        const said = (lines.get(id) ?? []).map(
          ({ kind, chargeKey, fromOn, untilOn, discount, net, tax }): NaiveBillLine => {
            return { kind, chargeKey, fromOn, untilOn, discount, net, tax }
          },
        )
        bills.unshift({ on: issuedOn ?? '', lines: said, total })
      }
      return page.nextCursor ?? undefined
    })
  } while (cursor)
  return bills
}

/** Bills as texts that can be compared, their lines in an order of their own. */
export function texts(bills: readonly NaiveBill[]): string[][] {
  return bills.map(({ on, lines, total }) => [
    `${on} asks for ${total}`,
    ...lines
      .map(({ kind, chargeKey, fromOn, untilOn, discount, net, tax }) =>
        [kind, chargeKey ?? '', fromOn ?? '', untilOn ?? '', `-${discount}`, net, `+${tax}`].join(
          ' ',
        ),
      )
      .toSorted(),
  ])
}

interface Seller {
  readonly billing: TenantBilling
  readonly planIds: ReadonlyMap<StoryPlan, string>
}

async function open(
  services: CoreServices,
  name: keyof typeof SELLERS,
  stories: readonly Story[],
): Promise<Seller> {
  const billing = await aTenant(services, SELLERS[name])
  for (const rate of RATES) await billing.taxes.add(rate)
  const own = stories.filter(({ seller }) => seller === name)
  const plans = new Set(
    own.flatMap(({ plan, deeds = [] }) => [
      plan,
      ...deeds.flatMap((deed) => (deed.does === 'change' && deed.plan ? [deed.plan] : [])),
    ]),
  )
  const meters = new Set(
    [...plans].flatMap(({ charges }) =>
      charges.flatMap((charge) => ('meter' in charge && charge.meter ? [charge.meter] : [])),
    ),
  )
  for (const code of meters) {
    await billing.meters.create({
      ...{ code, name: code, unit: 'unit', aggregation: 'sum', valueProperty: 'value' },
      acceptedDays: ACCEPTED_DAYS,
    })
  }
  const planIds = new Map<StoryPlan, string>()
  for (const plan of plans) {
    const { id } = await billing.plans.create({ ...plan, name: plan.code })
    await billing.plans.publish(id)
    planIds.set(plan, id)
  }
  return { billing, planIds }
}

async function begin({ billing, planIds }: Seller, story: Story): Promise<Played> {
  const { code, timeZone, plan, startOn, trialDays, anchorOn, quantity, prices, coupon } = story
  const { country, taxId, exempt } = BUYERS[story.buyer]
  const customer = await billing.customers.create({
    ...{ code, name: code, country, taxId, timeZone, currency: plan.currency },
    taxExemption: exempt ? 'Exempt by a treaty' : null,
  })
  if (coupon) await billing.coupons.create(coupon)
  const subscription = await billing.subscriptions.create({
    ...{ customerId: customer.id, planId: planIds.get(plan) ?? '', startOn, trialDays, anchorOn },
    ...{ quantity, prices: prices && { ...prices }, coupon: coupon?.code },
  })
  return { story, billing, customerId: customer.id, subscriptionId: subscription.id }
}

async function act(one: Played, seller: Seller | undefined, deed: StoryDeed): Promise<void> {
  const { subscriptions } = one.billing
  const id = one.subscriptionId
  if (deed.does === 'change') {
    const planId = deed.plan && seller?.planIds.get(deed.plan)
    const proration = waysOf(deed.proration)
    await subscriptions.change(id, { planId, quantity: deed.quantity, proration })
  } else if (deed.does === 'resume') await subscriptions.resume(id)
  else await subscriptions[deed.does](id, deed.when === 'now' ? 'now' : 'period_end')
}

function waysOf(proration: string): 'time' | 'none' | 'next_period' {
  if (proration === 'none' || proration === 'next_period') return proration
  return 'time'
}

async function tell({ billing, customerId }: Played, usage: readonly NaiveUsage[]): Promise<void> {
  const report = await billing.usage.recordBatch(
    usage.map(({ meter, on, units }) => ({
      ...{ id: newId(), customerId, meter, at: noon(on), properties: { value: units } },
    })),
  )
  if (report.accepted !== usage.length) throw new Error(JSON.stringify(report))
}

async function billDue(services: CoreServices): Promise<void> {
  while ((await billDueSubscriptions.runDue(services)) > 0);
}

function noon(day: string): Date {
  return new Date(`${day}T12:00:00Z`)
}
