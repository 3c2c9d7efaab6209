import { type Invoice, remainingOf, type TenantBilling } from '@gramkit/core/billing'
import { assert, type VirtualClock } from '@gramkit/core/kernel'
import { CUSTOMERS, type DemoCustomer, type Habit, METER, PLANS } from './demo-catalogue.ts'

/** Months that the demo lies back. */
const MONTHS = 7
/** At what time of a day something happens, in UTC. */
const AT = 'T06:00:00.000Z'

/** A customer of the demo with what they have. */
interface Begun extends DemoCustomer {
  readonly id: string
  readonly subscriptionId: string
  readonly place: number
}

/** The firsts and fifteenths of the months before an instant, oldest first. */
export function halfMonths(now: Date): Date[] {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  return Array.from({ length: 2 * (MONTHS + 1) }, (_, half) => {
    const first = new Date(Date.UTC(year, month - MONTHS + Math.floor(half / 2), half % 2 ? 15 : 1))
    return new Date(`${first.toISOString().slice(0, 10)}${AT}`)
  }).filter((instant) => instant < now)
}

/** Lives through the months of the demo: people come, use, pay or do not, grow and leave. */
export async function liveThrough(
  billing: TenantBilling,
  { clock, now }: { readonly clock: VirtualClock; readonly now: Date },
): Promise<void> {
  const planIds = await sell(billing)
  const begun: Begun[] = []
  for (const [half, instant] of halfMonths(now).entries()) {
    const before = clock.now()
    clock.set(instant)
    await use(billing, begun, { from: before, until: instant })
    await receive(billing, begun)
    for (const [place, one] of CUSTOMERS.entries()) {
      if (one.since === half) begun.push(await begin(billing, planIds, { ...one, place }))
    }
    for (const one of begun) await change(billing, one, half)
    await bill(billing)
  }
  const last = clock.now()
  clock.set(now)
  await use(billing, begun, { from: last, until: now })
  await receive(billing, begun)
  await bill(billing)
}

async function sell(billing: TenantBilling): Promise<ReadonlyMap<string, string>> {
  await billing.taxes.add({ country: 'DE', name: 'USt', rate: '19', fromOn: '2021-01-01' })
  await billing.meters.create(METER)
  await billing.coupons.create({
    ...{ code: 'WELCOME', name: 'Welcome', percent: '20', duration: 'repeating', invoices: 3 },
  })
  const ids = new Map<string, string>()
  for (const [name, plan] of Object.entries(PLANS)) {
    const { id } = await billing.plans.create(plan)
    await billing.plans.publish(id)
    ids.set(name, id)
  }
  return ids
}

async function begin(
  billing: TenantBilling,
  planIds: ReadonlyMap<string, string>,
  one: DemoCustomer & { readonly place: number },
): Promise<Begun> {
  const { place, plan, quantity, coupon, since, pays, calls, grows, leaves, ...input } = one
  const code = `C${String(place + 1).padStart(3, '0')}`
  const address = `customer-${place + 1}@example.com`
  const { id } = await billing.customers.create({ ...input, code, email: address })
  const planId = planIds.get(plan)
  assert(planId, 'The demo sells what its customers buy')
  const { id: subscriptionId } = await billing.subscriptions.create({
    ...{ customerId: id, planId },
    ...(quantity === undefined ? {} : { quantity }),
    ...(coupon === undefined ? {} : { coupon }),
  })
  if (calls !== undefined) {
    await billing.quotas.set({
      ...{ customerId: id, meter: METER.code, quantity: String(calls * 3), kind: 'allowance' },
      ...{ cycle: 'monthly', anchorOn: billing.clock.now().toISOString().slice(0, 10) },
    })
  }
  return { ...one, id, subscriptionId }
}

/** A few events a day, more on some days than on others. */
async function use(
  billing: TenantBilling,
  begun: readonly Begun[],
  { from, until }: { readonly from: Date; readonly until: Date },
): Promise<void> {
  const days = Math.ceil((until.getTime() - from.getTime()) / 86_400_000)
  const events = begun.flatMap(({ id, calls = 0, leaves, place }) =>
    Array.from({ length: calls > 0 && leaves === undefined ? days : 0 }, (_, day) => {
      const at = new Date(from.getTime() + day * 86_400_000)
      const share = Math.round((calls / 15) * (0.6 + ((day * 37 + place * 11) % 9) / 10))
      const name = `${at.toISOString().slice(0, 10)}-${place}`
      return { id: name, customerId: id, meter: METER.code, at, properties: { calls: share } }
    }),
  )
  if (events.length > 0) await billing.usage.recordBatch(events)
}

async function change(billing: TenantBilling, one: Begun, half: number): Promise<void> {
  const { subscriptions } = billing
  if (one.grows === half) {
    const quantity = String(Number(one.quantity ?? '1') + 4)
    await subscriptions.change(one.subscriptionId, { quantity })
  }
  if (one.leaves === half) await subscriptions.cancel(one.subscriptionId, 'now')
}

async function bill(billing: TenantBilling): Promise<void> {
  while ((await billing.runs.workDue()) > 0);
  while ((await billing.invoices.fallOverdue()) > 0);
  while ((await billing.revenue.recogniseDue()) > 0);
}

/** What is asked for and was not paid in full. */
const OPEN = ['finalized', 'partially_paid', 'overdue'] as const

/** Takes what customers pay by bank for what was asked before, as each is used to. */
async function receive(billing: TenantBilling, begun: readonly Begun[]): Promise<void> {
  const habits = new Map(begun.map(({ id, pays }) => [id, pays]))
  for (const state of OPEN) {
    const { items } = await billing.invoices.list({ state }, { limit: 100 })
    for (const invoice of items.reverse()) {
      const amount = paidNow(habits.get(invoice.customerId) ?? 'never', invoice)
      if (amount === 0n) continue
      await billing.transaction(async (tx) => {
        const { taken, left } = await tx.invoices.receive(invoice.id, amount)
        const paymentId = `bank:${invoice.number}:${invoice.paid}`
        await tx.journal.bookReceived({ invoice, paymentId, taken, left })
      })
    }
  }
}

function paidNow(pays: Habit, invoice: Invoice): bigint {
  switch (pays) {
    case 'in_time':
      return remainingOf(invoice)
    case 'late':
      return invoice.state === 'overdue' ? remainingOf(invoice) : 0n
    case 'in_parts':
      return invoice.paid === 0n ? invoice.total / 2n : 0n
    case 'never':
      return 0n
  }
}
