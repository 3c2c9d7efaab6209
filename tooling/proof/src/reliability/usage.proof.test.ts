import { createPlatform } from '@gramkit/core'
import {
  AGGREGATIONS,
  type Aggregation,
  type TenantBilling,
  type UsageEventInput,
  type UsageReport,
} from '@gramkit/core/billing'
import { localDay, newId, VirtualClock } from '@gramkit/core/kernel'
import { aCustomer, aPlan, aTenant } from '@gramkit/core/testing'
import { testDatabase } from '@gramkit/services/testing'
import { expect } from 'vitest'
import type { Chance } from '../harness/chance.ts'
import { proof } from '../harness/proof.ts'
import { UsageOracle } from '../harness/usage-oracle.ts'

const SENDERS = 4
const CUSTOMERS = 10
const months = [1, 2, 3, 4, 5].map((month) => new Date(Date.UTC(2028, month - 1, 1)))
const [JANUARY, FEBRUARY, MARCH, APRIL] = months.slice(1).map((endsAt, index) => {
  const startsAt = months[index] ?? endsAt
  const [periodStartOn, periodEndOn] = [localDay(startsAt, 'UTC'), localDay(endsAt, 'UTC')]
  return { startsAt, endsAt, periodStartOn, periodEndOn }
})
const CLOSED = [JANUARY, FEBRUARY].filter((period) => period !== undefined)
/** Of which part of the events is heard after January and February were billed. */
const LATE_PERCENT = 3

interface ProofMeter {
  readonly code: string
  readonly aggregation: Aggregation
  readonly isStrict: boolean
}

const METERS: readonly ProofMeter[] = [
  ...AGGREGATIONS.map((aggregation) => ({ code: aggregation, aggregation, isStrict: false })),
  { code: 'strict', aggregation: 'sum', isStrict: true },
]

proof('usage, told again and in any order, is counted exactly and billed once', async (proof) => {
  const told = proof.isFull ? 1_000_000 : 50_000
  const clock = new VirtualClock(new Date('2028-04-01T00:00:00Z'))
  await using database = await testDatabase()
  await using platform = await createPlatform({
    ...{ databaseUrl: database.appUrl, poolSize: SENDERS, clock },
  })
  const billing = await aTenant(platform.services)
  for (const { code, aggregation, isStrict } of METERS) {
    await billing.meters.create({
      ...{ code, name: code, unit: 'unit', aggregation, acceptedDays: 100 },
      valueProperty: aggregation === 'count' ? null : 'value',
      late: isStrict ? 'refused' : 'next_invoice',
    })
  }
  const customers: string[] = []
  const { id: planId } = await aPlan(billing)
  await billing.plans.publish(planId)
  const subscriptions = new Map<string, string>()
  for (let n = 0; n < CUSTOMERS; n += 1) {
    const { id: customerId } = await aCustomer(billing)
    customers.push(customerId)
    const { id } = await billing.subscriptions.create({ customerId, planId })
    subscriptions.set(customerId, id)
  }
  const batchSize = proof.isFull ? 10_000 : 1_000
  const world = { billing, chance: proof.chance, customers, subscriptions, batchSize }
  const events = Array.from({ length: told * 0.8 }, () => anEvent(world))
  const [inTime, afterwards] = split(events, proof.chance)
  const oracle = new UsageOracle()
  const duplicates = told - events.length

  // A part is told again at once, the rest of it when January and February are billed.
  const early = Math.floor(duplicates / 2)
  const first = await tell(world, [...inTime, ...inTime.slice(0, early)])
  expect(first).toEqual({ accepted: inTime.length, duplicates: early, refused: 0 })
  for (const event of inTime) oracle.add(event)
  const billed = new Map<string, bigint>()
  for (const period of CLOSED) {
    for (const reading of await bill(world, period)) {
      expect(reading.late).toEqual([])
      const counted = oracle.total(reading, aggregationOf(reading.meter))
      expect(reading.quantity, `${reading.meter} ${period.endsAt.toISOString()}`).toBe(counted)
      billed.set(keyOf(reading), counted)
    }
  }

  const refusable = afterwards.filter(({ meter, at }) => meter === 'strict' && isClosed(at))
  const again = inTime.slice(inTime.length - (duplicates - early))
  const second = await tell(world, [...afterwards, ...again])
  expect(second).toEqual({
    ...{ accepted: afterwards.length - refusable.length, duplicates: again.length },
    refused: refusable.length,
  })
  const refused = new Set(refusable)
  for (const event of afterwards) if (!refused.has(event)) oracle.add(event)
  let late = 0
  for (const reading of await bill(world, MARCH)) {
    expect(reading.quantity).toBe(oracle.total(reading, aggregationOf(reading.meter)))
    const wanted = CLOSED.flatMap((period) => {
      const span = { ...reading, ...period }
      const quantity = oracle.total(span, aggregationOf(reading.meter))
      const before = billed.get(keyOf(span)) ?? 0n
      return quantity === before ? [] : [{ ...period, billed: before, quantity }]
    })
    expect(reading.late, reading.meter).toEqual(wanted)
    late += wanted.length
  }
  expect(late).toBeGreaterThan(0)
  for (const reading of await bill(world, APRIL)) expect(reading.late).toEqual([])
  proof.report({ told, counted: events.length - refused.size, refused: refused.size, late })
})

interface World {
  readonly billing: TenantBilling
  readonly chance: Chance
  readonly customers: readonly string[]
  /** Which subscription each customer has. */
  readonly subscriptions: ReadonlyMap<string, string>
  readonly batchSize: number
}

/** An event of January to March; one of twenty is at the instant where a month begins. */
function anEvent({ chance, customers }: World): UsageEventInput {
  const [from = new Date(0), , , until = from] = months
  const atBoundary = months[chance.whole(0, 2)] ?? from
  const at = new Date(chance.whole(from.getTime(), until.getTime() - 1))
  const value = `${chance.whole(0, 999)}.${chance.whole(0, 999)}`
  return {
    id: newId(),
    customerId: customers[chance.whole(0, customers.length - 1)] ?? '',
    meter: METERS[chance.whole(0, METERS.length - 1)]?.code ?? '',
    at: chance.whole(1, 20) === 1 ? atBoundary : at,
    properties: { value },
  }
}

function split(
  events: readonly UsageEventInput[],
  chance: Chance,
): [UsageEventInput[], UsageEventInput[]] {
  const inTime: UsageEventInput[] = []
  const afterwards: UsageEventInput[] = []
  for (const event of events) {
    const isHeard = isClosed(event.at) && chance.whole(1, 100) > LATE_PERCENT
    if (isHeard) inTime.push(event)
    else afterwards.push(event)
  }
  return [inTime, afterwards]
}

/** Tells events, shuffled, in batches by several senders at once. */
async function tell(world: World, events: readonly UsageEventInput[]) {
  const { billing, chance, batchSize } = world
  const shuffled = chance.shuffled(events)
  const reports: UsageReport[] = []
  let next = 0
  const send = async (): Promise<void> => {
    while (next < shuffled.length) {
      const batch = shuffled.slice(next, next + batchSize)
      next += batchSize
      reports.push(await billing.usage.recordBatch(batch))
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  return {
    accepted: reports.reduce((sum, { accepted }) => sum + accepted, 0),
    duplicates: reports.reduce((sum, { duplicates }) => sum + duplicates, 0),
    refused: reports.reduce((sum, { refused }) => sum + refused.length, 0),
  }
}

/** Bills a period of all customers. */
function bill({ billing, customers, subscriptions }: World, period: typeof JANUARY) {
  if (!period) throw new Error('A period has a start and an end')
  return billing.transaction(async (tx) => {
    const totals = await tx.usage.read(
      customers.flatMap((customerId) =>
        METERS.map(({ code }) => ({
          ...{ subscriptionId: subscriptions.get(customerId) ?? '', customerId, meter: code },
          ...period,
        })),
      ),
    )
    await tx.usage.bill(totals)
    return totals
  })
}

function isClosed(at: Date): boolean {
  return MARCH !== undefined && at < MARCH.startsAt
}

function aggregationOf(code: string): Aggregation {
  return METERS.find((meter) => meter.code === code)?.aggregation ?? 'sum'
}

function keyOf({ customerId, meter, endsAt }: { customerId: string; meter: string; endsAt: Date }) {
  return `${customerId} ${meter} ${endsAt.toISOString()}`
}
