import { assert, type Decimal, decimalOf, decimalText, ZERO } from '../../../kernel/index.ts'
import { type BillingEvent, quotaReached } from '../billing.events.ts'
import type { CustomersRepository } from '../customers/customers.repository.ts'
import { periodAt, periodOf } from '../periods/billing-period.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { MetersRepository } from './meters.repository.ts'
import type { Quota, QuotaState } from './quota.ts'
import type { QuotasRepository, ReservationsRepository } from './quotas.repository.ts'
import type { UsageEventsRepository } from './usage-events.repository.ts'

/** Quotas that are looked at in one transaction: their usage is summed. */
const LOOKS_MAX = 50

/** What states of quotas are reckoned from. */
export interface QuotaStateScope extends Pick<TenantScope<unknown>, 'clock' | 'tell'> {
  readonly repos: {
    readonly customers: Pick<CustomersRepository, 'getByIds'>
    readonly meters: Pick<MetersRepository, 'getByIds'>
    readonly quotas: Pick<QuotasRepository, 'keepLooks' | 'listDue' | 'update'>
    readonly reservations: Pick<ReservationsRepository, 'sumHeld'>
    readonly usageEvents: Pick<UsageEventsRepository, 'total'>
  }
}

/** A quota, and how far it is used. */
export interface UsedQuota {
  readonly quota: Quota
  readonly state: QuotaState
}

/**
 * Looks at quotas of which usage was told, tells of those of which nothing remains, and gives their
 * number. Usage is summed without a lock, so nobody who tells of usage waits for it.
 */
export async function lookAtDue(tx: QuotaStateScope): Promise<number> {
  const now = tx.clock.now()
  const quotas = await tx.repos.quotas.listDue(now, LOOKS_MAX)
  if (quotas.length === 0) return 0
  const looks = (await readStates(tx, quotas)).map((used) => ({
    ...used,
    reachedUntil: isReached(used) ? used.state.endsAt : null,
  }))
  const kept = await tx.repos.quotas.keepLooks(looks, now)
  await tell(
    tx,
    looks.filter(({ quota, reachedUntil }) => reachedUntil !== null && kept.has(quota.id)),
  )
  return quotas.length
}

/** Tells of a locked quota when nothing remains of it, unless it was told in the period already. */
export async function tellReached(tx: QuotaStateScope, used: UsedQuota): Promise<void> {
  if (!isReached(used)) return
  await tx.repos.quotas.update(used.quota.id, { reachedUntil: used.state.endsAt })
  await tell(tx, [used])
}

function isReached({ quota: { reachedUntil }, state: { remaining, endsAt } }: UsedQuota): boolean {
  return remaining === 0n && reachedUntil?.getTime() !== endsAt.getTime()
}

async function tell(tx: QuotaStateScope, reached: readonly UsedQuota[]): Promise<void> {
  if (reached.length === 0) return
  const ids = [...new Set(reached.map(({ quota }) => quota.meterId))]
  const codes = new Map((await tx.repos.meters.getByIds(ids)).map(({ id, code }) => [id, code]))
  const occurredAt = tx.clock.now()
  await tx.tell(
    reached.map(
      ({ quota: { tenantId, id: quotaId, customerId, meterId }, state }): BillingEvent => {
        const facts = { quantity: decimalText(state.quantity), endsAt: state.endsAt.toISOString() }
        const payload = { tenantId, quotaId, customerId, meter: codes.get(meterId) ?? '', ...facts }
        return quotaReached.create({ occurredAt, subjectId: quotaId, payload })
      },
    ),
  )
}

/** How far some quotas are used in their current periods. */
export async function readStates(
  { clock, repos }: QuotaStateScope,
  quotas: readonly Quota[],
): Promise<UsedQuota[]> {
  const now = clock.now()
  const ids = [...new Set(quotas.map(({ customerId }) => customerId))]
  const customers = new Map((await repos.customers.getByIds(ids)).map((one) => [one.id, one]))
  const spans = quotas.map(({ customerId, meterId, cycle, anchorOn }) => {
    const customer = customers.get(customerId)
    assert(customer, 'A quota has a customer')
    const schedule = { anchorOn, cycle, timeZone: customer.timeZone }
    // Whoever moves to a zone where the first day has not begun is in the first period.
    const { startsAt, endsAt } = periodOf(schedule, now) ?? periodAt(schedule, 0)
    return { customerId, meterId, aggregation: 'sum' as const, startsAt, endsAt }
  })
  const quotaIds = quotas.map(({ id }) => id)
  const reserved = await repos.reservations.sumHeld(quotaIds, now)
  const totals = await repos.usageEvents.total(spans)
  return spans.flatMap(({ endsAt }, index): UsedQuota[] => {
    const quota = quotas[index]
    if (!quota) return []
    const [used, held] = [totals[index] ?? ZERO, reserved.get(quota.id) ?? ZERO]
    const { quantity } = quota
    return [
      { quota, state: { quantity, used, held, remaining: leftOf(quota, used, held), endsAt } },
    ]
  })
}

/** What of a quota is neither used nor held. */
export function leftOf(
  { quantity }: Pick<Quota, 'quantity'>,
  used: Decimal,
  held: Decimal,
): Decimal {
  const rest = quantity - used - held
  return rest > 0n ? decimalOf(rest) : ZERO
}
